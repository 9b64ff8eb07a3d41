"""Durable intake over HTTP, against Python's `sqlite3.executemany` writing the same rows.

Batches of 500 leads with four engagements each, as gzipped JSON, from four connections to a service of its own process,
whose relays tell the other four. Each lead is scored, and its ledger and events are written, before the answer.

The figure counts leads and engagement alone, on both sides: the ledgers, qualifications and events that the service
writes besides are its own trouble. A second figure has `executemany` write those too.
"""

import datetime
import gzip
import http.client
import json
import pathlib
import queue
import random
import sqlite3
import threading
import time
import urllib.parse
import urllib.request
from typing import NamedTuple

import processes
from report import Report

BATCHES, LEADS, ENGAGEMENTS, CONNECTIONS = 40, 500, 4, 4
# Of all batches together.
SECONDS_MAX = 300
AGREEMENT = pathlib.Path("Services/Accord/Suite/Resources/demo-agreement.yaml")
KINDS = ["page_view", "email_clicked", "content_downloaded", "pricing_page_viewed", "webinar_registered"]


def batch(number: int, chance: random.Random, now: datetime.datetime) -> bytes:
    leads, engagements = [], []
    for index in range(number * LEADS, (number + 1) * LEADS):
        created = now - datetime.timedelta(minutes=chance.randrange(60, 60 * 24 * 60))
        country = chance.choice(["US", "DE", "FR", "SE", "JP"])
        leads.append({
            "leadId": f"lead-{index}",
            "person": {
                "name": f"Ana Example {index}", "email": f"ana.{index}@company{index % 997}.example",
                "title": chance.choice(["Director data", "VP finance", "Analyst"]), "language": "en",
                "seniority": chance.choice(["director", "vp", "manager", "individual"]), "country": country,
                "department": chance.choice(["data", "finance", "marketing"]),
            },
            "company": {
                "name": f"Company {index % 997}", "domain": f"company{index % 997}.example",
                "industry": chance.choice(["software", "retail", "education"]),
                "employees": str(chance.randrange(10, 4000)), "country": country,
                "annualRevenue": {"minorUnits": str(chance.randrange(10**8, 10**10)), "currency": "USD"},
                "technologies": ["snowflake"] if chance.random() < 0.3 else ["excel"],
            },
            "source": chance.choice(["organic_search", "webinar", "referral"]), "channel": "web",
            "campaign": "spring", "segment": "mid_market", "createdAt": stamp(created),
        })
        for place in range(ENGAGEMENTS):
            engagements.append({
                "engagementId": f"eng-{index}-{place}", "leadId": f"lead-{index}", "kind": chance.choice(KINDS),
                "channel": "web", "campaign": "spring",
                "occurredAt": stamp(created + datetime.timedelta(minutes=place * 11)),
            })
    text = json.dumps({"leads": leads, "engagements": engagements}, separators=(",", ":"))
    return gzip.compress(text.encode(), 6)


def stamp(moment: datetime.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def call(address: str, method: str, message: dict) -> dict:
    request = urllib.request.Request(
        f"{address}/{method}", json.dumps(message).encode(), {"Content-Type": "application/json"}
    )
    return json.load(urllib.request.urlopen(request, timeout=30))


def sign_agreement(icp: str) -> None:
    service = "accord.icp.v1.IcpService"
    proposal = {"document": AGREEMENT.read_text(), "proposedBy": "revops@example.com"}
    version = call(icp, f"{service}/ProposeAgreement", proposal)["version"]
    for side, signer in [("SIDE_MARKETING", "marketing@example.com"), ("SIDE_SALES", "sales@example.com")]:
        signature = {"version": version["version"], "side": side, "signer": signer, "digest": version["digest"]}
        call(icp, f"{service}/SignAgreement", signature)


def send(scoring: str, bodies: list[bytes]) -> float:
    """Seconds until the last batch is acknowledged."""
    waiting: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    for body in bodies:
        waiting.put(body)
    failures: list[str] = []
    host = urllib.parse.urlsplit(scoring).netloc

    def work() -> None:
        connection = http.client.HTTPConnection(host, timeout=60)
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip", "Accept-Encoding": "gzip"}
        while True:
            try:
                body = waiting.get_nowait()
            except queue.Empty:
                return
            connection.request("POST", "/accord.scoring.v1.ScoringService/UpsertLeads", body, headers)
            response = connection.getresponse()
            answer = response.read()
            if response.headers.get("Content-Encoding") == "gzip":
                answer = gzip.decompress(answer)
            if response.status != 200 or b"ITEM_STATUS_FAILED" in answer:
                failures.append(answer[:300].decode())
                return

    def work_or_fail() -> None:
        try:
            work()
        except (OSError, http.client.HTTPException) as error:
            failures.append(repr(error))

    threads = [threading.Thread(target=work_or_fail, daemon=True) for _ in range(CONNECTIONS)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0, begin + SECONDS_MAX - time.perf_counter()))
    seconds = time.perf_counter() - begin
    if failures:
        raise SystemExit(f"intake failed: {failures[0]}")
    if any(thread.is_alive() for thread in threads):
        raise SystemExit(f"intake did not finish within {SECONDS_MAX} s")
    return seconds


class Written(NamedTuple):
    rows: int
    seconds: float
    processor_seconds: float


# What a lead brings, and what the service makes of it; with how to number their rows in the order in which they came.
BROUGHT = {"lead": "lead_id", "engagement": "engagement_id"}
MADE = {"score_change": "lead_id", "qualification": "lead_id", "outbox": "key"}


def executemany(store: pathlib.Path, copy: pathlib.Path, tables: dict[str, str]) -> Written:
    """Writes the rows of some tables of a store once more, batch by batch: the same tables, the same pragmas."""
    source = sqlite3.connect(store)
    batches: list[list[tuple[str, list[tuple]]]] = [[] for _ in range(BATCHES)]
    definitions = []
    for table, key in tables.items():
        definitions += source.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC", (table,)
        ).fetchall()
        rows = source.execute(f"SELECT * FROM {table}").fetchall()
        place = [column[1] for column in source.execute(f"PRAGMA table_info({table})")].index(key)
        numbered = sorted(([int(part) for part in row[place].split("-")[1:]], row) for row in rows)
        for number, batch in enumerate(batches):
            chosen = [row for key, row in numbered if key[0] // LEADS == number]
            if chosen:
                batch.append((f"INSERT INTO {table} VALUES ({', '.join('?' * len(chosen[0]))})", chosen))
    target = sqlite3.connect(copy, isolation_level=None)
    for pragma in (
        "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -16384",
        "temp_store = MEMORY", "wal_autocheckpoint = 4000",
    ):  # fmt: skip
        target.execute(f"PRAGMA {pragma}")
    for (definition,) in definitions:
        target.execute(definition)
    begin, processor = time.perf_counter(), time.process_time()
    for batch in batches:
        target.execute("BEGIN IMMEDIATE")
        for statement, rows in batch:
            target.executemany(statement, rows)
        target.execute("COMMIT")
    written = sum(len(rows) for batch in batches for _, rows in batch)
    return Written(written, time.perf_counter() - begin, time.process_time() - processor)


def measure(report: Report, programs: pathlib.Path, tools: pathlib.Path, folder: pathlib.Path) -> None:
    report.section(f"Durable intake: gzipped JSON batches of {LEADS} leads with {ENGAGEMENTS} engagements each")
    chance, now = random.Random(2026), datetime.datetime.now(datetime.UTC)
    bodies = [batch(number, chance, now) for number in range(BATCHES)]
    with processes.five_services(programs, folder) as services:
        sign_agreement(services["icp"].address)
        before = {name: service.processor_seconds() for name, service in services.items()}
        machine, own = processes.busy_seconds(), time.process_time()
        seconds = send(services["scoring"].address, bodies)
        machine, own = processes.busy_seconds() - machine, time.process_time() - own
        processor = {name: service.processor_seconds() - before[name] for name, service in services.items()}
    strangers = max(0.0, machine - own - sum(processor.values())) / seconds
    store = folder / "data" / "scoring.sqlite"
    peer = executemany(store, folder / "copy.sqlite", BROUGHT)
    whole = executemany(store, folder / "whole.sqlite", BROUGHT | MADE)
    expected = BATCHES * LEADS * (1 + ENGAGEMENTS)
    if peer.rows != expected:
        raise SystemExit(f"the store has {peer.rows} rows where {expected} were acknowledged")
    report.note(f"rows a second: accord {peer.rows / seconds:,.0f}, executemany {peer.rows / peer.seconds:,.0f}")
    report.note(f"other programs took {strangers:.2f} cores from accord meanwhile")
    each = ", ".join(f"{name} {spent / peer.rows * 1e6:.1f}" for name, spent in processor.items())
    report.note(
        f"processor time a row, in microseconds: executemany {peer.processor_seconds / peer.rows * 1e6:.1f}, {each}"
    )
    report.note(
        f"with ledgers, qualifications and events: {whole.rows / peer.rows:.2f} times the rows, "
        f"{whole.seconds / seconds:.2f} of executemany's rows a second"
    )
    report.figure("of sqlite3.executemany (Python), in rows a second", peer.seconds / seconds, "x", at_least=0.25)
