"""Starts programs, and the five services as processes that know each other."""

import contextlib
import pathlib
import socket
import subprocess
import time
from collections.abc import Iterator

SERVICES = ["icp", "scoring", "routing", "sla", "metrics"]


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


@contextlib.contextmanager
def running(command: list[str | pathlib.Path], log: pathlib.Path, **options: object) -> Iterator[subprocess.Popen]:
    """A process that is told to end afterwards."""
    with log.open("ab") as errors:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, **options)
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def await_port(port: int, seconds: float = 10) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.02)


def await_ready(process: subprocess.Popen, log: pathlib.Path) -> str:
    """The address that a service says it listens on."""
    line = process.stdout.readline().strip()
    if not line.startswith("listening on "):
        raise SystemExit(f"{process.args[0]} did not start:\n{log.read_text()}")
    return line.removeprefix("listening on ")


@contextlib.contextmanager
def service(programs: pathlib.Path, name: str, folder: pathlib.Path) -> Iterator[tuple[subprocess.Popen, str]]:
    """One service alone, on any port."""
    log = folder / f"{name}.log"
    with running([programs / f"accord-{name}", "--port", "0", "--data", folder / "data"], log) as process:
        yield process, await_ready(process, log)


@contextlib.contextmanager
def five_services(programs: pathlib.Path, folder: pathlib.Path) -> Iterator[dict[str, str]]:
    """All five, telling each other their events; gives their addresses."""
    ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
    peers = [part for name, port in ports.items() for part in (f"--{name}-url", f"http://127.0.0.1:{port}")]
    with contextlib.ExitStack() as stack:
        addresses = {}
        for name, port in ports.items():
            command = [programs / f"accord-{name}", "--port", str(port), "--data", folder / "data", *peers]
            log = folder / f"{name}.log"
            addresses[name] = await_ready(stack.enter_context(running(command, log)), log)
        yield addresses
