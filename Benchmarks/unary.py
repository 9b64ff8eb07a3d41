"""Unary JSON calls of a small message: `SlaService/PreviewDeadline` with one question that brings its calendar."""

import contextlib
import json
import pathlib
import re
import statistics
import subprocess
import urllib.request
from collections.abc import Iterator

import processes
from report import Report

PATH = "/accord.sla.v1.SlaService/PreviewDeadline"
CALENDAR = {
    "id": "berlin",
    "zone": "Europe/Berlin",
    "hours": [{"days": ["mon", "tue", "wed", "thu", "fri"], "intervals": ["09:00-17:00"]}],
}
QUESTION = {"start": "2026-03-02T09:00:00Z", "duration": "4h", "calendar": CALENDAR}
BODY = json.dumps({"questions": [QUESTION]}, separators=(",", ":"))
CONNECTIONS = 16
ROUNDS = 3


def wrk(url: str, script: pathlib.Path, seconds: int) -> float:
    """Requests a second, as many as 16 connections can have."""
    command = ["wrk", "-t", "2", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "-s", script, url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        raise SystemExit(f"{url} failed under load:\n{output}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])


def p99_ms(url: str, rate: float, body: pathlib.Path) -> float:
    """The 99th percentile of latency at a rate."""
    command = ["hey", "-z", "8s", "-c", str(CONNECTIONS), "-q", f"{rate / CONNECTIONS:.1f}"]
    command += ["-m", "POST", "-T", "application/json", "-D", str(body), url]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(re.search(r"99% in ([\d.]+) secs", output)[1]) * 1000


@contextlib.contextmanager
def nginx(folder: pathlib.Path, answer: bytes) -> Iterator[str]:
    """One worker that answers with the same bytes from memory."""
    port = processes.free_ports(1)[0]
    quoted = answer.decode().replace("'", "\\'")
    configuration = folder / "nginx.conf"
    configuration.write_text(f"""
        worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
        events {{ worker_connections 256; }}
        http {{
            access_log off; keepalive_requests 100000000;
            client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
            fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
            server {{
                listen 127.0.0.1:{port};
                location / {{ default_type application/json; return 200 '{quoted}'; }}
            }}
        }}
    """)
    command = ["/usr/sbin/nginx", "-p", folder, "-c", configuration]
    with processes.running(command, folder / "nginx.out"):
        processes.await_port(port)
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def granian(tools: pathlib.Path, folder: pathlib.Path) -> Iterator[str]:
    """The Python connectrpc runtime, one worker."""
    port = processes.free_ports(1)[0]
    here = pathlib.Path(__file__).parent
    command = [tools / "granian", "--interface", "asgi", "--workers", "1", "--port", str(port), "--no-ws"]
    with processes.running([*command, "--log-level", "warning", "unary_peer:app"], folder / "granian.log", cwd=here):
        processes.await_port(port)
        yield f"http://127.0.0.1:{port}"


def ask(address: str) -> bytes:
    request = urllib.request.Request(address + PATH, BODY.encode(), {"Content-Type": "application/json"})
    return urllib.request.urlopen(request, timeout=10).read()


def measure(report: Report, programs: pathlib.Path, tools: pathlib.Path, folder: pathlib.Path) -> None:
    report.section(f"Unary JSON: PreviewDeadline, one question of {len(BODY)} bytes, {CONNECTIONS} connections (wrk)")
    script, body = folder / "post.lua", folder / "body.json"
    body.write_text(BODY)
    script.write_text(
        f"wrk.method = 'POST'\nwrk.body = '{BODY}'\nwrk.headers['Content-Type'] = 'application/json'\n"
    )
    with contextlib.ExitStack() as stack:
        _, ours = stack.enter_context(processes.service(programs, "sla", folder))
        answer = ask(ours)
        urls = {
            "accord-sla": ours + PATH,
            "connectrpc": stack.enter_context(granian(tools, folder)) + PATH,
            "nginx": stack.enter_context(nginx(folder, answer)) + PATH,
        }
        for name, url in urls.items():
            if json.loads(ask(url.removesuffix(PATH))) != json.loads(answer):
                raise SystemExit(f"{name} gives another answer")
            wrk(url, script, 2)
        rounds = [{name: wrk(url, script, 4) for name, url in urls.items()} for _ in range(ROUNDS)]
        rates = {name: statistics.median(each[name] for each in rounds) for name in urls}
        report.note("calls a second: " + ", ".join(f"{name} {rate:,.0f}" for name, rate in rates.items()))
        report.figure("of connectrpc (Python, granian, one worker)", rates["accord-sla"] / rates["connectrpc"], "x", at_least=2.5)
        report.figure("of nginx (static, one worker)", rates["accord-sla"] / rates["nginx"], "x", at_least=0.25)
        half = rates["accord-sla"] / 2
        late = {name: min(p99_ms(urls[name], half, body) for _ in range(2)) for name in ("accord-sla", "nginx")}
        report.note(f"p99 at {half:,.0f} calls a second (hey): " + ", ".join(f"{n} {v:.1f} ms" for n, v in late.items()))
        report.figure("p99 at half of that load, of nginx's", late["accord-sla"] / late["nginx"], "x", at_most=5)
