#!/usr/bin/env python3
"""Calls running Accord services with clients that others wrote: connectrpc, buf curl and curl.

    interop.py --sla http://127.0.0.1:7104 --icp http://127.0.0.1:7101

Needs protoc and curl in PATH and the packages of requirements.txt. Exits with 0 if every answer is as it should be,
with 1 and a line for each that is not.
"""

import argparse
import asyncio
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.parse

from connectrpc.client import ConnectClient, ConnectClientSync
from connectrpc.compat import google_protobuf_binary_codec, google_protobuf_json_codec
from connectrpc.compression.gzip import GzipCompression
from connectrpc.errors import ConnectError
from connectrpc.method import IdempotencyLevel, MethodInfo, StreamType
from google.protobuf import descriptor_pb2, descriptor_pool, json_format, message_factory

ROOT = pathlib.Path(__file__).resolve().parents[3]
SLA, ICP = "accord.sla.v1.SlaService", "accord.icp.v1.IcpService"

# Four working hours from Monday 10:00 in Berlin end at 14:00.
CALENDAR = {
    "id": "berlin",
    "zone": "Europe/Berlin",
    "hours": [{"days": ["mon", "tue", "wed", "thu", "fri"], "intervals": ["09:00-17:00"]}],
}
QUESTION = {"start": "2026-03-02T09:00:00Z", "duration": "4h", "calendar": CALENDAR}
DEADLINE = "2026-03-02T13:00:00Z"
READ = {"questions": [QUESTION]}
# Enough of them for an answer that is worth compressing.
LARGE_READ = {"questions": [QUESTION] * 200}
BAD_READ = {"questions": [{**QUESTION, "duration": "soon"}]}


class Contracts:
    """Message classes and methods, made from the .proto files by protoc at run time."""

    def __init__(self, folder: pathlib.Path) -> None:
        with tempfile.TemporaryDirectory() as temporary:
            output = pathlib.Path(temporary) / "accord.binpb"
            files = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.proto"))
            command = ["protoc", f"-I{folder}", "--include_imports", f"--descriptor_set_out={output}", *files]
            subprocess.run(command, check=True)
            descriptors = descriptor_pb2.FileDescriptorSet.FromString(output.read_bytes())
        self.pool = descriptor_pool.DescriptorPool()
        for file in descriptors.file:
            self.pool.Add(file)

    def message(self, name: str):
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(name))

    def method(self, service: str, name: str) -> MethodInfo:
        found = self.pool.FindServiceByName(service).FindMethodByName(name)
        levels = [IdempotencyLevel.UNKNOWN, IdempotencyLevel.NO_SIDE_EFFECTS, IdempotencyLevel.IDEMPOTENT]
        return MethodInfo(
            name=name,
            service_name=service,
            input=message_factory.GetMessageClass(found.input_type),
            output=message_factory.GetMessageClass(found.output_type),
            idempotency_level=levels[found.GetOptions().idempotency_level],
            stream_type=StreamType.UNARY,
        )

    def request(self, method: MethodInfo, fields: dict):
        return json_format.ParseDict(fields, method.input())


class Checks:
    """Counts what was checked and keeps what was wrong."""

    def __init__(self) -> None:
        self.count = 0
        self.faults: list[str] = []

    def equal(self, what: str, found, expected) -> None:
        self.count += 1
        if found != expected:
            self.faults.append(f"{what}: found {str(found)[:300]!r}, expected {expected!r}")


def python_clients():
    """Every way to set up connectrpc: (name, arguments, whether reads go as GET)."""
    for codec_name, codec in [("json", google_protobuf_json_codec()), ("proto", google_protobuf_binary_codec())]:
        for gzip_name, compression in [("gzip", GzipCompression()), ("identity", None)]:
            accepted = [compression] if compression else []
            arguments = dict(codec=codec, send_compression=compression, accept_compression=accepted, timeout_ms=10_000)
            for use_get in [False, True]:
                yield f"{codec_name} {gzip_name} {'GET' if use_get else 'POST'}", arguments, use_get


def check_error(checks: Checks, what: str, error, code: str, contracts: Contracts | None = None) -> None:
    checks.equal(f"{what}: error", getattr(getattr(error, "code", None), "value", error), code)
    if contracts is None or not isinstance(error, ConnectError):
        return
    checks.equal(f"{what}: details", [detail.type_name for detail in error.details], ["accord.common.v1.BadRequest"])
    for detail in error.details:
        fault = contracts.message("accord.common.v1.BadRequest").FromString(detail.message_bytes).violations[0]
        checks.equal(f"{what}: what was found", fault.found, "soon")


def caught(call):
    try:
        return call()
    except ConnectError as error:
        return error


async def caught_later(call):
    try:
        return await call
    except ConnectError as error:
        return error


def seconds_of(answer) -> object:
    return [deadline.ToJsonString() for deadline in answer.deadlines] if hasattr(answer, "deadlines") else answer


async def check_python(checks: Checks, contracts: Contracts, sla: str, icp: str, document: str) -> None:
    preview = contracts.method(SLA, "PreviewDeadline")
    get_agreement, propose, listing = (
        contracts.method(ICP, name) for name in ["GetAgreement", "ProposeAgreement", "ListAgreements"]
    )
    for name, arguments, use_get in python_clients():
        with ConnectClientSync(sla, **arguments) as timers, ConnectClientSync(icp, **arguments) as agreements:
            what = f"connectrpc sync {name}"

            def call(client, method, fields, get=use_get):
                request = contracts.request(method, fields)
                return caught(lambda: client.execute_unary(request=request, method=method, use_get=get))

            checks.equal(f"{what}: read", seconds_of(call(timers, preview, READ)), [DEADLINE])
            checks.equal(f"{what}: large read", seconds_of(call(timers, preview, LARGE_READ, False)), [DEADLINE] * 200)
            check_error(checks, f"{what}: bad read", call(timers, preview, BAD_READ), "invalid_argument", contracts)
            check_error(checks, f"{what}: unknown version", call(agreements, get_agreement, {"version": "999999"}), "not_found")
            if not use_get:
                proposal = {"document": document, "proposedBy": "interop@example.com"}
                written = call(agreements, propose, proposal)
                version = getattr(getattr(written, "version", None), "version", written)
                answer = call(agreements, listing, {"page": {"pageSize": 1}})
                newest = [entry.version for entry in answer.versions] if hasattr(answer, "versions") else answer
                checks.equal(f"{what}: what was written is read", newest, [version])
        async with ConnectClient(sla, **arguments) as timers:
            what = f"connectrpc async {name}"
            for fields, label in [(READ, "read"), (BAD_READ, "bad read")]:
                request = contracts.request(preview, fields)
                answer = await caught_later(timers.execute_unary(request=request, method=preview, use_get=use_get))
                if fields is READ:
                    checks.equal(f"{what}: {label}", seconds_of(answer), [DEADLINE])
                else:
                    check_error(checks, f"{what}: {label}", answer, "invalid_argument", contracts)


def run(*command: str, data: bytes | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(command, input=data, capture_output=True, timeout=60)


def parsed(text: bytes):
    try:
        return json.loads(text)
    except ValueError:
        return text.decode(errors="replace")


def check_buf(checks: Checks, protos: pathlib.Path, sla: str) -> None:
    def call(fields: dict):
        # It only speaks HTTP/1.1 in the clear where that is not switched off.
        result = run("buf", "curl", "--schema", str(protos), "--data", json.dumps(fields), f"{sla}/{SLA}/PreviewDeadline")
        return result.returncode, parsed(result.stdout), parsed(result.stderr)

    code, answer, fault = call(READ)
    checks.equal("buf curl: read", (answer, fault if code else ""), ({"deadlines": [DEADLINE]}, ""))
    code, _, fault = call(BAD_READ)
    checks.equal("buf curl: bad read fails", code != 0, True)
    checks.equal("buf curl: code", fault.get("code") if isinstance(fault, dict) else fault, "invalid_argument")
    details = fault.get("details") if isinstance(fault, dict) else []
    checks.equal("buf curl: details", [detail["type"] for detail in details or []], ["accord.common.v1.BadRequest"])


def check_curl(checks: Checks, sla: str) -> None:
    url, body = f"{sla}/{SLA}/PreviewDeadline", json.dumps(READ).encode()
    status = ("-s", "-w", "\n%{http_code} %{content_type}")

    def call(*arguments: str, data: bytes | None = None):
        answer, _, head = run("curl", *status, *arguments, data=data).stdout.rpartition(b"\n")
        return parsed(answer), head.decode()

    as_json = ("-H", "content-type: application/json", "--data-binary", "@-")
    expected = ({"deadlines": [DEADLINE]}, "200 application/json")
    checks.equal("curl: read", call(*as_json, url, data=body), expected)
    zipped = call(*as_json, "-H", "content-encoding: gzip", "--compressed", url, data=gzip.compress(body))
    checks.equal("curl: gzip", zipped, expected)
    large = call(*as_json, "--compressed", url, data=json.dumps(LARGE_READ).encode())
    checks.equal("curl: large answer", large, ({"deadlines": [DEADLINE] * 200}, "200 application/json"))
    query = urllib.parse.urlencode({"connect": "v1", "encoding": "json", "message": json.dumps(READ)})
    checks.equal("curl: GET", call(f"{url}?{query}"), expected)
    answer, head = call(*as_json, url, data=json.dumps(BAD_READ).encode())
    checks.equal("curl: bad read", head, "400 application/json")
    checks.equal("curl: code", answer.get("code") if isinstance(answer, dict) else answer, "invalid_argument")
    checks.equal("curl: bad JSON", call(*as_json, url, data=b"{")[1], "400 application/json")
    checks.equal("curl: wrong verb", call("-X", "DELETE", url)[1].split()[0], "405")
    checks.equal("curl: wrong type", call("-H", "content-type: text/plain", "-d", "x", url)[1].split()[0], "415")
    checks.equal("curl: unknown method", call(*as_json, f"{sla}/{SLA}/Nothing", data=b"{}")[1].split()[0], "404")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sla", required=True, help="base URL of the SLA service")
    parser.add_argument("--icp", required=True, help="base URL of the ICP service")
    parser.add_argument("--protos", type=pathlib.Path, default=ROOT / "Shared/Contracts/proto")
    parser.add_argument(
        "--agreement", type=pathlib.Path, default=ROOT / "Services/Accord/Suite/Resources/demo-agreement.yaml",
        help="a document that is proposed to the ICP service",
    )
    arguments = parser.parse_args()
    checks, contracts = Checks(), Contracts(arguments.protos)
    document = arguments.agreement.read_text()
    asyncio.run(check_python(checks, contracts, arguments.sla, arguments.icp, document))
    check_buf(checks, arguments.protos, arguments.sla)
    check_curl(checks, arguments.sla)
    for fault in checks.faults:
        print(fault, file=sys.stderr)
    print(f"{checks.count} checks, {len(checks.faults)} failed")
    return 1 if checks.faults else 0


if __name__ == "__main__":
    sys.exit(main())
