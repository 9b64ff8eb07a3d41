"""Starts programs, and the five services as processes that know each other."""

import contextlib
import ctypes
import os
import pathlib
import select
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from typing import NamedTuple

SERVICES = ["icp", "scoring", "routing", "sla", "metrics"]


class Service(NamedTuple):
    """A service that runs."""

    address: str
    process: subprocess.Popen

    def processor_seconds(self) -> float:
        """User and system time so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(") ", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def busy_seconds() -> float:
    """Processor time of the whole machine since it started."""
    fields = [int(each) for each in pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]]
    # All but idle (3) and waiting for the disk (4).
    return sum(fields[:3] + fields[5:8]) / os.sysconf("SC_CLK_TCK")


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
    """A process that is told to end afterwards, and killed where it does not, or where this one dies before it."""
    with log.open("ab") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, preexec_fn=_die_with_parent, **options
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


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


def await_ready(process: subprocess.Popen, log: pathlib.Path, seconds: float = 30) -> str:
    """The address that a service says it listens on."""
    told = select.select([process.stdout], [], [], seconds)[0]
    line = process.stdout.readline().strip() if told else ""
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
def five_services(programs: pathlib.Path, folder: pathlib.Path) -> Iterator[dict[str, Service]]:
    """All five, telling each other their events."""
    ports = dict(zip(SERVICES, free_ports(len(SERVICES)), strict=True))
    peers = [part for name, port in ports.items() for part in (f"--{name}-url", f"http://127.0.0.1:{port}")]
    with contextlib.ExitStack() as stack:
        services = {}
        for name, port in ports.items():
            command = [programs / f"accord-{name}", "--port", str(port), "--data", folder / "data", *peers]
            log = folder / f"{name}.log"
            process = stack.enter_context(running(command, log))
            services[name] = Service(await_ready(process, log), process)
        yield services
