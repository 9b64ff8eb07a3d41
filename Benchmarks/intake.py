"""Durable intake over HTTP, against Python's `sqlite3.executemany` writing the same rows.

Batches of 500 leads with four engagements each, as gzipped JSON, from two connections to a service of its own process,
whose relays tell the other four. Each lead is scored, and its ledger and events are written, before the answer.
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

import processes
from report import Report

BATCHES, LEADS, ENGAGEMENTS, CONNECTIONS = 40, 500, 4, 2
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

    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - begin
    if failures:
        raise SystemExit(f"intake failed: {failures[0]}")
    return seconds


def executemany(store: pathlib.Path, copy: pathlib.Path) -> tuple[int, float]:
    """Writes the rows of leads and engagement of a store once more: the same tables, the same pragmas."""
    source = sqlite3.connect(store)
    tables = {}
    for table in ("lead", "engagement"):
        definitions = source.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC", (table,)
        ).fetchall()
        # In the order in which they came: ids are numbered.
        rows = source.execute(f"SELECT * FROM {table}").fetchall()
        ids = [column[1] for column in source.execute(f"PRAGMA table_info({table})")]
        key = ids.index("lead_id" if table == "lead" else "engagement_id")
        rows.sort(key=lambda row: [int(part) for part in row[key].split("-")[1:]])
        tables[table] = ([each for (each,) in definitions], rows)
    target = sqlite3.connect(copy, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -16384"):
        target.execute(f"PRAGMA {pragma}")
    for definitions, _ in tables.values():
        for definition in definitions:
            target.execute(definition)
    begin = time.perf_counter()
    for number in range(BATCHES):
        target.execute("BEGIN IMMEDIATE")
        for table, size in (("lead", LEADS), ("engagement", LEADS * ENGAGEMENTS)):
            rows = tables[table][1][number * size : (number + 1) * size]
            marks = ", ".join("?" * len(rows[0]))
            target.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        target.execute("COMMIT")
    seconds = time.perf_counter() - begin
    return sum(len(rows) for _, rows in tables.values()), seconds


def measure(report: Report, programs: pathlib.Path, tools: pathlib.Path, folder: pathlib.Path) -> None:
    report.section(f"Durable intake: gzipped JSON batches of {LEADS} leads with {ENGAGEMENTS} engagements each")
    chance, now = random.Random(2026), datetime.datetime.now(datetime.UTC)
    bodies = [batch(number, chance, now) for number in range(BATCHES)]
    with processes.five_services(programs, folder) as addresses:
        sign_agreement(addresses["icp"])
        seconds = send(addresses["scoring"], bodies)
    rows, peer_seconds = executemany(folder / "data" / "scoring.sqlite", folder / "copy.sqlite")
    expected = BATCHES * LEADS * (1 + ENGAGEMENTS)
    if rows != expected:
        raise SystemExit(f"the store has {rows} rows where {expected} were acknowledged")
    report.note(f"rows a second: accord {rows / seconds:,.0f}, executemany {rows / peer_seconds:,.0f}")
    report.figure("of sqlite3.executemany (Python), in rows a second", peer_seconds / seconds, "x", at_least=0.25)
