"""A small portal of real processes that can be hurt one by one."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, suppress
from pathlib import Path

import psycopg

from hub.devservices import ROOT, Account, postgres, valkey

#: The clock of the drill: what takes minutes in production takes seconds here.
CLOCK = {
    "SCAN_SECONDS": "1",
    "OUTBOX_LEASE": "4",
    "OUTBOX_PAUSES": "1,1,2",
    "EMAIL_TIMEOUT": "1",
    "QUIET_HOURS": "",
}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class City:
    """Postgres, Valkey, a mail server, a worker and a beat; `directory` holds their data and logs."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.chmod(0o711)  # the servers' account walks through
        self.account = Account.owning(directory)
        self.redis_port, self.redis_password = free_port(), secrets.token_hex(16)
        self.mail_port = free_port()
        self.stores: dict[str, ExitStack] = {}
        self.processes: list[subprocess.Popen[bytes]] = []
        self.start_postgres()
        self.start_redis()
        self.env = os.environ | CLOCK | {
            "DATABASE_URL": self.database_url,
            "REDIS_URL": self.redis_url,
            "DJANGO_SETTINGS_MODULE": "hub.settings",
            "DEBUG": "1",
            "DEMO": "0",
            "LOG_LEVEL": "WARNING",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "REDIS_TIMEOUT": "0.5",
        }  # fmt: skip
        self.mail("ok")
        self.sink = self.start("-m", "tests.drills.sink", str(self.mail_port), str(directory))
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=ROOT, env=self.env, check=True
        )

    # --- stores ------------------------------------------------------------------------------------

    def start_postgres(self) -> None:
        self.stores["postgres"] = ExitStack()
        self.database_url = self.stores["postgres"].enter_context(
            postgres(self.directory, self.account, throwaway=False)
        )

    def start_redis(self) -> None:
        self.stores["redis"] = ExitStack()
        self.redis_url = self.stores["redis"].enter_context(
            valkey(
                self.directory,
                self.account,
                throwaway=True,
                port=self.redis_port,
                password=self.redis_password,
            )
        )

    def stop(self, store: str) -> None:
        self.stores.pop(store).close()

    # --- processes ---------------------------------------------------------------------------------

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        with (self.directory / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *words],
                cwd=ROOT,
                env=self.env,
                stdout=log,
                stderr=log,
                start_new_session=True,  # one signal reaches a worker and its children
            )
        self.processes.append(process)
        return process

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self.start(
            "-m", "celery", "--app=hub.celery:app", "worker", "--concurrency=2", "--loglevel=WARNING"
        )

    def start_beat(self) -> subprocess.Popen[bytes]:
        schedule = self.directory / f"schedule-{len(self.processes)}"
        return self.start(
            *("-m", "celery", "--app=hub.celery:app", "beat", "--loglevel=WARNING"), f"--schedule={schedule}"
        )

    def kill(self, process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGKILL) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        process.wait(30)
        self.processes.remove(process)

    def close(self) -> None:
        for process in list(self.processes):
            self.kill(process)
        for store in list(self.stores):
            self.stop(store)

    # --- what came of it ---------------------------------------------------------------------------

    def mail(self, mode: str) -> None:
        (self.directory / "mode").write_text(mode)

    def write(self, name: str, count: int, seconds: float, refused: int = 0) -> subprocess.Popen[bytes]:
        return self.start("-m", "tests.drills.write", name, str(count), str(seconds), str(refused))

    def states(self, name: str) -> Counter[str]:
        """State → how many deliveries of the drill `name`."""
        with psycopg.connect(self.database_url) as connection:
            rows = connection.execute(
                "SELECT d.state, count(*) FROM hub_delivery d JOIN hub_notification n ON n.id = d.notification_id"
                " WHERE starts_with(n.key, %s) GROUP BY 1",
                [f"{name}:"],
            ).fetchall()
        return Counter({str(state): int(count) for state, count in rows})

    def accepted(self) -> list[str]:
        """Message-IDs that the mail server has said OK to, in its order."""
        file = self.directory / "accepted"
        return file.read_text().split() if file.exists() else []

    def begun(self, name: str) -> None:
        """Wait for the first messages of `name`."""
        while not self.states(name):
            time.sleep(0.1)

    def settled(self, name: str, count: int, patience: float = 60) -> float:
        """Wait until nothing of `name` is on its way; seconds that took."""
        started = time.monotonic()
        while time.monotonic() - started < patience:
            with suppress(psycopg.OperationalError):
                states = self.states(name)
                if states["sent"] + states["failed"] == count:
                    break
            time.sleep(0.2)
        return time.monotonic() - started
