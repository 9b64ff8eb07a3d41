"""One lead against 1,000 compiled rules, against PyPI's zen-engine on rules that mean the same.

Ours are compiled into one set, as its decision table is; what each rule costs on its own is noted.

A rule has three conditions that must all hold, as a routing rule has. zen-engine gets them in each of the ways it has: a
decision table of 1,000 rows, 1,000 compiled expressions, and one compiled expression that lists them all. That each of
them finds the rules that we find is checked before anything is counted.
"""

import json
import pathlib
import random
import statistics
import subprocess
import time

import zen

from report import Report

RULES, LEADS, ROUNDS = 1_000, 50, 21
INDUSTRIES = ["software", "retail", "finance", "energy", "media", "logistics", "education", "health care"]
COUNTRIES = ["US", "DE", "FR", "SE", "JP", "BR", "GB", "IN"]
TITLES = ["director", "manager", "analyst", "engineer", "vp"]


def rules(chance: random.Random) -> list[dict]:
    return [
        {
            "employees": chance.randrange(10, 2_000),
            "industries": chance.sample(INDUSTRIES, 3),
            "country": chance.choice(COUNTRIES),
            "title": chance.choice(TITLES),
            "by_title": chance.random() < 0.5,
        }
        for _ in range(RULES)
    ]


def leads(chance: random.Random) -> list[dict]:
    return [
        {
            "company": {
                "employees": chance.randrange(10, 4_000), "industry": chance.choice(INDUSTRIES),
                "country": chance.choice(COUNTRIES), "name": f"Company {number}",
            },
            "person": {"title": f"senior {chance.choice(TITLES)} of things", "email": f"ana.{number}@example.com"},
            "lead": {"source": chance.choice(["webinar", "search"]), "channel": "web"},
        }
        for number in range(LEADS)
    ]


def criteria(rule: dict) -> dict:
    third = (
        {"field": "person.title", "op": "contains", "value": rule["title"]}
        if rule["by_title"]
        else {"field": "company.country", "op": "eq", "value": rule["country"]}
    )
    return {
        "all": [
            {"field": "company.employees", "op": "gte", "value": rule["employees"]},
            {"field": "company.industry", "op": "in", "value": rule["industries"]},
            third,
        ]
    }


def expression(rule: dict) -> str:
    listed = ", ".join(f"'{industry}'" for industry in rule["industries"])
    third = (
        f"contains(person.title, '{rule['title']}')" if rule["by_title"] else f"company.country == '{rule['country']}'"
    )
    return f"company.employees >= {rule['employees']} and company.industry in [{listed}] and {third}"


def decision_table(all_rules: list[dict]) -> str:
    inputs = [("e", "company.employees"), ("i", "company.industry"), ("c", "company.country"), ("t", "person.title")]
    rows = [
        {
            "_id": str(number), "e": f">= {rule['employees']}",
            "i": ", ".join(f"'{industry}'" for industry in rule["industries"]),
            "c": "" if rule["by_title"] else f"'{rule['country']}'",
            "t": f"contains($, '{rule['title']}')" if rule["by_title"] else "", "o": str(number),
        }
        for number, rule in enumerate(all_rules)
    ]
    table = {
        "hitPolicy": "collect", "rules": rows, "outputs": [{"id": "o", "name": "rule", "field": "rule"}],
        "inputs": [{"id": key, "name": key, "field": field} for key, field in inputs],
    }
    place = {"x": 0, "y": 0}
    return json.dumps({
        "contentType": "application/vnd.gorules.decision",
        "nodes": [
            {"id": "in", "type": "inputNode", "name": "in", "position": place},
            {"id": "table", "type": "decisionTableNode", "name": "table", "position": place, "content": table},
            {"id": "out", "type": "outputNode", "name": "out", "position": place},
        ],
        "edges": [
            {"id": "1", "sourceId": "in", "targetId": "table", "type": "edge"},
            {"id": "2", "sourceId": "table", "targetId": "out", "type": "edge"},
        ],
    })


def ours(programs: pathlib.Path, folder: pathlib.Path, all_rules: list[dict], all_leads: list[dict]) -> dict:
    flat = [
        {f"{part}.{name}": value for part, values in lead.items() for name, value in values.items()} for lead in all_leads
    ]
    path = folder / "rules.json"
    path.write_text(json.dumps({
        "criteria": [{"id": str(number), "when": criteria(rule)} for number, rule in enumerate(all_rules)],
        "records": [{"fields": fields} for fields in flat], "at": "2026-11-23T00:00:00Z",
    }))
    output = subprocess.run([programs / "RuleSpeed", path, str(ROUNDS)], check=True, capture_output=True, timeout=300)
    return json.loads(output.stdout)


def theirs(all_rules: list[dict], all_leads: list[dict], found: list[list[int]]) -> dict[str, float]:
    """Microseconds a lead, in each way: the median of some rounds."""
    decision = zen.ZenEngine().create_decision(decision_table(all_rules))
    compiled = [zen.compile_expression(expression(rule)) for rule in all_rules]
    listed = zen.compile_expression("[" + ", ".join(expression(rule) for rule in all_rules) + "]")
    ways = {
        "decision table": lambda lead: [row["rule"] for row in decision.evaluate(lead)["result"]],
        "compiled expressions": lambda lead: [n for n, rule in enumerate(compiled) if rule.evaluate(lead)],
        "one expression of all": lambda lead: [n for n, holds in enumerate(listed.evaluate(lead)) if holds],
    }
    times = {}
    for name, way in ways.items():
        if [way(lead) for lead in all_leads] != found:
            raise SystemExit(f"zen-engine's {name} finds other rules")
        rounds = []
        for _ in range(3):
            begin = time.perf_counter()
            for lead in all_leads:
                way(lead)
            rounds.append((time.perf_counter() - begin) / len(all_leads) * 1e6)
        times[name] = statistics.median(rounds)
    return times


def measure(report: Report, programs: pathlib.Path, tools: pathlib.Path, folder: pathlib.Path) -> None:
    report.section(f"Rules: one lead against {RULES:,} compiled rules of three conditions, each way finding the same")
    chance = random.Random(2026)
    all_rules, all_leads = rules(chance), leads(chance)
    result = ours(programs, folder, all_rules, all_leads)
    microseconds = statistics.median(result["together"])
    report.note(f"rules that hold for a lead, mean: {statistics.mean(len(each) for each in result['matches']):.1f}")
    report.figure("one lead", microseconds, "us", at_most=100)
    report.note(f"with each rule evaluated on its own: {statistics.median(result['apart']):.1f} us a lead")
    others = theirs(all_rules, all_leads, result["matches"])
    for name, time_a_lead in others.items():
        report.note(f"zen-engine, {name}: {time_a_lead:,.0f} us a lead, {time_a_lead / microseconds:.1f} times ours")
    fastest = min(others["decision table"], others["compiled expressions"])
    report.figure("of zen-engine's faster way to hold rules, per rule", fastest / microseconds, "x", at_least=20)
