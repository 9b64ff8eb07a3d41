"""Evaluates criteria on the Fortune 1000 in the plainest way there is, and compares with the verdicts given.

    evaluate.py FORTUNE.csv TREES.json

TREES.json: {"accounts": [company, ...], "trees": [{"when": TREE, "verdicts": "tfu..."}]}, a letter for each account.
Prints each disagreement, then how many verdicts of each kind agree; ends with 1 where any disagrees.
"""

import csv
import json
import re
import sys
import urllib.parse

TEXT = {
    "company.name": "company", "company.industry": "sector", "company.region": "state", "company.city": "city",
    "custom.newcomer": "newcomer", "custom.ceo": "CEO", "custom.ticker": "Ticker",
}
NUMBER = {
    "company.employees": "num. of employees", "custom.profit": "profit", "custom.rank_change": "rank_change",
    "custom.prev_rank": "prev_rank", "custom.market_cap": "Market Cap",
}
# What shells leave of a number, such as "-", is no number: the field is not known.
NUMERIC = re.compile(r"[+-]?\d+(\.\d+)?")


def record(row):
    values = {name: row[column].strip() or None for name, column in TEXT.items()}
    for name, column in NUMBER.items():
        text = row[column].strip()
        values[name] = float(text) if NUMERIC.fullmatch(text) else None
    values["company.annual_revenue"] = round(float(row["revenue"]) * 100_000_000) / 100
    values["custom.ceo_woman"] = {"yes": True, "no": False}.get(row["ceo_woman"])
    values["company.country"] = "US"
    host = urllib.parse.urlsplit(row["Website"]).hostname.lower()
    values["company.domain"] = host.removeprefix("www.")
    values["account.id"] = row["company"]
    return values


def fold(value):
    return value.lower() if isinstance(value, str) else value


def glob(pattern, text):
    parts = {"*": ".*", "?": "."}
    return re.fullmatch("".join(parts.get(c, re.escape(c)) for c in pattern), text, re.DOTALL) is not None


def leaf(tree, values):
    found, op = values.get(tree["field"]), tree["op"]
    if op == "exists":
        return found is not None
    if op == "missing":
        return found is None
    if found is None:
        return None
    found = fold(found)
    wanted = tree["value"]
    wanted = [fold(each) for each in wanted] if isinstance(wanted, list) else fold(wanted)
    tests = {
        "eq": lambda: found == wanted,
        "ne": lambda: found != wanted,
        "in": lambda: found in wanted,
        "not_in": lambda: found not in wanted,
        "lt": lambda: found < wanted,
        "lte": lambda: found <= wanted,
        "gt": lambda: found > wanted,
        "gte": lambda: found >= wanted,
        "between": lambda: wanted[0] <= found <= wanted[1],
        "contains": lambda: wanted in found,
        "contains_any": lambda: any(each in found for each in wanted),
        "contains_all": lambda: all(each in found for each in wanted),
        "starts_with": lambda: found.startswith(wanted),
        "ends_with": lambda: found.endswith(wanted),
        "glob": lambda: glob(wanted, found),
    }
    return tests[op]()


def evaluate(tree, values):
    """True, False, or None for unknown."""
    if "field" in tree:
        return leaf(tree, values)
    (kind,) = tree
    parts = [evaluate(part, values) for part in tree[kind]]
    if kind == "all":
        return False if False in parts else None if None in parts else True
    some = True if True in parts else None if None in parts else False
    return some if kind == "any" else None if some is None else not some


def main():
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        records = {row["company"]: record(row) for row in csv.DictReader(file)}
    with open(sys.argv[2], encoding="utf-8") as file:
        given = json.load(file)
    agreed = {True: 0, False: 0, None: 0}
    wrong = 0
    for number, tree in enumerate(given["trees"]):
        for account, letter in zip(given["accounts"], tree["verdicts"], strict=True):
            mine = evaluate(tree["when"], records[account])
            if {"t": True, "f": False, "u": None}[letter] is mine:
                agreed[mine] += 1
            else:
                wrong += 1
                if wrong <= 20:
                    print(f"tree {number}, {account}: given {letter}, expected {mine}: {json.dumps(tree['when'])}")
    print(f"{agreed[True]} true, {agreed[False]} false, {agreed[None]} unknown agree; {wrong} disagree")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
