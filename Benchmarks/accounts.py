"""1,000 accounts against an ideal customer profile of 50 criteria, over RPC to a service of its own process."""

import http.client
import json
import pathlib
import random
import statistics
import time
import urllib.parse

import processes
from report import Report

ACCOUNTS, CRITERIA, CALLS = 1_000, 50, 31
SERVICE = "/accord.icp.v1.IcpService/"
INDUSTRIES = ["software", "retail", "finance", "energy", "media", "logistics", "education", "health care"]
COUNTRIES = ["US", "DE", "FR", "SE", "JP", "BR", "GB", "IN"]
TECHNOLOGIES = ["snowflake", "dbt", "looker", "sap", "excel", "kafka", "salesforce", "hubspot"]


def condition(number: int, chance: random.Random) -> dict:
    forms = [
        {"field": "company.employees", "op": "gte", "value": chance.randrange(10, 4_000)},
        {"field": "company.industry", "op": "in", "value": chance.sample(INDUSTRIES, 3)},
        {"field": "company.technologies", "op": "contains_any", "value": chance.sample(TECHNOLOGIES, 2)},
        {"field": "company.country", "op": "not_in", "value": chance.sample(COUNTRIES, 3)},
        {"field": "company.annual_revenue", "op": "between", "value": [1_000_000, chance.randrange(2, 90) * 1_000_000]},
    ]
    form = forms[number % len(forms)]
    return {"any": [form, {"field": "company.name", "op": "starts_with", "value": f"company {number}"}]} if number % 3 == 0 else form


def agreement(chance: random.Random) -> str:
    criteria = [
        {"id": f"c{number}", "weight": chance.randrange(1, 10), "when": condition(number, chance)}
        for number in range(CRITERIA)
    ]
    tiers = [{"name": name, "at_least": least} for name, least in (("A", 60), ("B", 45), ("C", 30))]
    return json.dumps({"name": "Bench", "icp": {"tiers": tiers, "criteria": criteria}})


def accounts(chance: random.Random) -> list[dict]:
    return [
        {
            "accountId": f"account-{number}", "name": f"Company {number} GmbH", "domains": [f"company{number}.example"],
            "industry": chance.choice(INDUSTRIES), "employees": str(chance.randrange(10, 5_000)),
            "country": chance.choice(COUNTRIES), "city": "Springfield",
            "annualRevenue": {"minorUnits": str(chance.randrange(10**8, 10**10)), "currency": "USD"},
            "technologies": chance.sample(TECHNOLOGIES, 2), "signals": ["hiring"],
        }
        for number in range(ACCOUNTS)
    ]


class Caller:
    def __init__(self, address: str) -> None:
        self.connection = http.client.HTTPConnection(urllib.parse.urlsplit(address).netloc, timeout=60)

    def call(self, method: str, message: dict) -> dict:
        return json.loads(self.raw(method, json.dumps(message, separators=(",", ":")).encode()))

    def raw(self, method: str, body: bytes) -> bytes:
        self.connection.request("POST", SERVICE + method, body, {"Content-Type": "application/json"})
        response = self.connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise SystemExit(f"{method} failed: {answer[:300].decode()}")
        return answer


def milliseconds(caller: Caller, message: dict) -> tuple[float, int]:
    """Of one call, from the first byte sent to the last received: the median; and the size of the answer."""
    body = json.dumps(message, separators=(",", ":")).encode()
    caller.raw("MatchAccounts", body)
    times = []
    for _ in range(CALLS):
        begin = time.perf_counter()
        answer = caller.raw("MatchAccounts", body)
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times), len(answer)


def measure(report: Report, programs: pathlib.Path, tools: pathlib.Path, folder: pathlib.Path) -> None:
    report.section(f"Accounts: MatchAccounts of {ACCOUNTS:,} accounts against {CRITERIA} criteria, JSON, median of {CALLS}")
    chance = random.Random(2026)
    given = accounts(chance)
    ids = [account["accountId"] for account in given]
    with processes.service(programs, "icp", folder) as (_, address):
        caller = Caller(address)
        proposal = {"document": agreement(chance), "proposedBy": "revops@example.com"}
        version = caller.call("ProposeAgreement", proposal)["version"]["version"]
        for side, signer in (("SIDE_MARKETING", "marketing@example.com"), ("SIDE_SALES", "sales@example.com")):
            caller.call("SignAgreement", {"version": version, "side": side, "signer": signer})
        begin = time.perf_counter()
        caller.call("UpsertAccounts", {"accounts": given})
        report.note(f"to store them: {(time.perf_counter() - begin) * 1000:.0f} ms")
        for name, subject in (("given", {"accounts": given}), ("stored", {"accountIds": ids})):
            tier, _ = milliseconds(caller, {**subject, "detail": "MATCH_DETAIL_TIER"})
            every, size = milliseconds(caller, {**subject, "detail": "MATCH_DETAIL_CRITERIA"})
            reasons, large = milliseconds(caller, subject)
            report.note(f"{name}, with every reason: {reasons:.0f} ms ({large / 2**20:.1f} MiB)")
            report.figure(f"{name}: tier and score", tier, "ms", at_most=20)
            report.figure(f"{name}: and every criterion ({size / 2**10:,.0f} KiB)", every, "ms", at_most=20)
