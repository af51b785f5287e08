"""The servers under measure: databases of each size, and gunicorn as in production."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg

from hub.devservices import ROOT, Services

HOST = "bench.example"
WORKERS = 2


def url_of(services: Services, database: str) -> str:
    return urlsplit(services.DATABASE_URL)._replace(path=f"/{database}").geturl()


def environment(
    services: Services, database: str, data: Path, *, cached: bool = False, number: int = 1
) -> dict[str, str]:
    """Production settings on one of the databases."""
    return os.environ | {
        "DATABASE_URL": url_of(services, database),
        "REDIS_URL": urlsplit(services.REDIS_URL)._replace(path=f"/{number}").geturl(),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
        "SECRET_KEY": "only for measuring " * 4,
        "ALLOWED_HOSTS": HOST,
        "DEBUG": "0",
        "DEMO": "0",
        "TRUSTED_PROXIES": "1",
        "EMAIL_URL": "smtp://localhost:25",
        "DATA_DIR": str(data),
        "STATIC_ROOT": str(data / "static"),
        "API_RATE_ANON": "100000000/min",
        "API_RATE_USER": "100000000/min",
        "PUBLIC_CACHE_SECONDS": "600" if cached else "0",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def python(arguments: list[str], env: dict[str, str]) -> str:
    """Run one of our programs to its end; its output. A failure shows its words."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=env,
        text=True,
        capture_output=True,
    )
    if done.returncode:
        sys.exit(f"python {' '.join(arguments)}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


# --- databases -------------------------------------------------------------------------------------


def _print_of_sources() -> str:
    """Changes with the tables and with what is written into them."""
    digest = hashlib.sha256()
    written = [ROOT / "bench" / name for name in ("generate.py", "events.py", "words.py")]
    files = [*ROOT.glob("*/migrations/*.py"), *written]
    for file in sorted(files):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:8]


def database(services: Services, size: str, data: Path) -> str:
    """The name of a filled database; one made before by the same sources is taken again."""
    name, kind = f"bench_{size.lower()}_{_print_of_sources()}", f"bench_{size.lower()}_"
    with psycopg.connect(url_of(services, "postgres"), autocommit=True) as connection:
        known = connection.execute(
            "SELECT d.datname, shobj_description(d.oid, 'pg_database') FROM pg_database d WHERE starts_with(datname, %s)",
            [kind],
        ).fetchall()
        for other, note in known:
            if other == name and note == "ready":
                return name
            connection.execute(f'DROP DATABASE "{other}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
        env = environment(services, name, data)
        started = time.monotonic()
        python(["manage.py", "migrate", "--verbosity=0"], env)
        python(["-m", "bench.generate", size], env)
        connection.execute(f"COMMENT ON DATABASE \"{name}\" IS 'ready'")
        sys.stderr.write(f"Данные {size}: {time.monotonic() - started:.0f} с\n")
    return name


@contextmanager
def copy_of(services: Services, database: str) -> Iterator[str]:
    """A database to write into, thrown away afterwards."""
    name = f"{database}_copy"
    with psycopg.connect(url_of(services, "postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{database}" STRATEGY file_copy')
        try:
            yield name
        finally:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


# --- gunicorn --------------------------------------------------------------------------------------


class Server:
    """A running portal; knows how much processor time it and the database have used."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], postmaster: psutil.Process) -> None:
        self.port = port
        self.process = psutil.Process(process.pid)
        self.postmaster = postmaster

    def used(self) -> tuple[float, float]:
        """Seconds of processor time: (portal, database)."""
        return _used(self.process), _used(self.postmaster)


def _used(parent: psutil.Process) -> float:
    # What has ended in between (a parallel worker of a query) is counted by its parent.
    gone = parent.cpu_times()
    total = gone.children_user + gone.children_system
    for child in parent.children(recursive=True):
        try:
            times = child.cpu_times()
        except psutil.Error:
            continue
        total += times.user + times.system
    return total


@contextmanager
def serving(services: Services, database: str, data: Path, *, cached: bool, number: int) -> Iterator[Server]:
    with psycopg.connect(url_of(services, database)) as connection:
        backend = psutil.Process(connection.info.backend_pid)
        postmaster = backend.parent()
        assert postmaster
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        *(sys.executable, "-m", "gunicorn", "hub.wsgi", f"--bind=127.0.0.1:{port}", f"--workers={WORKERS}"),
        *("--worker-class=gthread", "--threads=4", "--worker-tmp-dir=/dev/shm", "--no-control-socket"),
    ]
    with (data / f"gunicorn-{number}.log").open("wb") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(services, database, data, cached=cached, number=number),
            stdout=log,
            stderr=log,
        )
    try:
        _await(port, process, data / f"gunicorn-{number}.log")
        yield Server(port, process, postmaster)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _await(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _attempt in range(600):
        if process.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"Сервер не запустился:\n{log.read_text()[-3000:]}")
