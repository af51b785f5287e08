"""QUALITY 16 for real: nobody misses a message and nothing is sent twice, whatever dies.

Each drill writes 300 messages while something is being broken, then mends it and counts: lost are those
that are neither sent nor given up in the open; doubled those that the mail server said OK to twice,
which only a death between its OK and our commit excuses, at most once a death.
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from tests.drills.city import City

pytestmark = pytest.mark.drill

COUNT, SECONDS = 300, 8.0
_table: list[tuple[str, int, int, int, int, int, float]] = []


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    directory = tmp_path_factory.mktemp("drill")
    directory.parent.chmod(0o711)
    directory.parent.parent.chmod(0o711)
    city = City(directory)
    try:
        yield city
    finally:
        city.close()
        _print()


def _print() -> None:
    heads = ("учение", "написано", "отправлено", "отказано", "потеряно", "дважды", "догнали за, с")
    rows = [heads, *((*map(str, row[:-1]), f"{row[-1]:.1f}") for row in _table)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(heads))]
    print()
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def drill(
    city: City, name: str, hurt: Callable[[], None], *, excused: int = 0, refused: int = 0
) -> Counter[str]:
    """Write, `hurt` meanwhile, wait, count. `excused` deaths may each have doubled one letter."""
    before = len(city.accepted())
    writer = city.write(name, COUNT, SECONDS, refused)
    city.begun(name)
    hurt()
    assert writer.wait(120) == 0
    city.processes.remove(writer)
    took = city.settled(name, COUNT)
    states = city.states(name)
    told = Counter(city.accepted()[before:])
    doubled = sum(times - 1 for times in told.values())
    lost = COUNT - states["failed"] - len(told)
    _table.append((name, COUNT, states["sent"], states["failed"], lost, doubled, took))
    assert sum(states.values()) == COUNT
    assert lost == 0
    assert doubled <= excused
    assert states["sent"] == len(told)
    return states


@pytest.fixture
def alive(city: City) -> Iterator[City]:
    """The city with one worker and one beat, whatever an earlier drill left."""
    city.mail("ok")
    worker, beat = city.start_worker(), city.start_beat()
    time.sleep(3)
    yield city
    for process in (worker, beat):
        if process in city.processes:
            city.kill(process)


def test_calm(alive: City) -> None:
    drill(alive, "calm", lambda: None)


def test_the_worker_is_killed_again_and_again(city: City) -> None:
    beat = city.start_beat()
    workers = [city.start_worker()]

    def hurt() -> None:
        for _time in range(8):
            time.sleep(2)
            city.kill(workers.pop())
            workers.append(city.start_worker())

    drill(city, "worker-killed", hurt, excused=8)
    for process in (beat, *workers):
        city.kill(process)


def test_the_beat_is_killed_and_comes_back_as_three(city: City) -> None:
    worker, beats = city.start_worker(), [city.start_beat()]
    time.sleep(3)

    def hurt() -> None:
        city.kill(beats.pop())
        time.sleep(2)
        beats.extend(city.start_beat() for _number in range(3))

    drill(city, "beat-tripled", hurt)
    for process in (worker, *beats):
        city.kill(process)


def test_redis_is_flushed(alive: City) -> None:
    def hurt() -> None:
        with Redis.from_url(alive.redis_url) as redis:
            for _time in range(5):
                redis.flushall()
                time.sleep(1)

    drill(alive, "redis-flushed", hurt)


def test_redis_is_away(alive: City) -> None:
    def hurt() -> None:
        alive.stop("redis")
        time.sleep(8)
        alive.start_redis()

    drill(alive, "redis-away", hurt)


def test_postgres_restarts(alive: City) -> None:
    def hurt() -> None:
        for _time in range(2):
            alive.stop("postgres")
            time.sleep(1)
            alive.start_postgres()
            time.sleep(2)

    drill(alive, "postgres-restarted", hurt)


@pytest.mark.parametrize("mode", ["451", "hang", "cut"])
def test_the_mail_server_is_unwell(alive: City, mode: str) -> None:
    def hurt() -> None:
        alive.mail(mode)
        time.sleep(4)
        alive.mail("ok")

    states = drill(alive, f"mail-{mode}", hurt)
    assert states["failed"] == 0


def test_the_mail_server_refuses_for_ever(alive: City) -> None:
    states = drill(alive, "mail-550", lambda: None, refused=10)
    assert states["failed"] == COUNT // 10


def test_the_mail_server_is_gone(alive: City) -> None:
    def hurt() -> None:
        alive.kill(alive.sink, signal.SIGKILL)
        time.sleep(4)
        alive.sink = alive.start("-m", "tests.drills.sink", str(alive.mail_port), str(alive.directory))

    drill(alive, "mail-gone", hurt)
