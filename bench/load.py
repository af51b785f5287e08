"""Asks a server as fast as it answers, for a fixed time."""

from __future__ import annotations

import http.client
import itertools
import threading
import time
from dataclasses import dataclass, field

from bench.servers import HOST, Server

THREADS = 4


@dataclass(frozen=True)
class Target:
    """What is asked: addresses in turn, under one name."""

    name: str
    paths: tuple[str, ...]
    headers: dict[str, str] = field(default_factory=dict, hash=False)
    status: int = 200


@dataclass(frozen=True)
class Measure:
    """Requests a second, and milliseconds of processor time a request (portal, database)."""

    rate: float
    portal: float
    database: float

    @property
    def cpu(self) -> float:
        return self.portal + self.database


class WrongAnswer(Exception):
    """A page answered something else than it should: there is nothing to measure."""


def headers(extra: dict[str, str]) -> dict[str, str]:
    # What the TLS front says; the portal believes one proxy.
    return {
        "Host": HOST,
        "X-Forwarded-Proto": "https",
        "Accept-Language": "ru",
        "Accept": "text/html",
    } | extra


def ask(server: Server, path: str, extra: dict[str, str]) -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request("GET", path, headers=headers(extra))
        response = connection.getresponse()
        return (
            response.status,
            response.read(),
            {name.lower(): value for name, value in response.getheaders()},
        )
    finally:
        connection.close()


def measure(server: Server, target: Target, seconds: float) -> Measure:
    """Raises WrongAnswer."""
    turn = itertools.cycle(target.paths)
    wrong: list[int] = []
    counts = [0] * THREADS
    asked = headers(target.headers)
    gate = threading.Barrier(THREADS + 1)

    def work(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        gate.wait()
        while time.monotonic() < until[0] and not wrong:
            connection.request("GET", next(turn), headers=asked)
            response = connection.getresponse()
            response.read()
            if response.status != target.status:
                wrong.append(response.status)
            counts[number] += 1
        connection.close()

    until = [time.monotonic() + 3600]
    threads = [threading.Thread(target=work, args=[number]) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    before, started = server.used(), time.monotonic()
    until[0] = started + seconds
    gate.wait()
    for thread in threads:
        thread.join()
    taken, after = time.monotonic() - started, server.used()
    if wrong:
        raise WrongAnswer(f"{target.name}: {wrong[0]} вместо {target.status}")
    done = sum(counts)
    return Measure(done / taken, *(1000 * (b - a) / done for a, b in zip(before, after, strict=True)))
