"""`make demo`: the demo city, served by the same processes as in production.

PORT (8000), HOST (127.0.0.1) and DEMO_PASSWORD come from the environment.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from signal import SIGTERM
from typing import NoReturn

from hub.devservices import ROOT, ServiceError, environment, running, terminal
from hub.messages import compile_catalogues


def _manage(*words: str, env: Mapping[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, ROOT / "manage.py", *words], env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    if done.returncode:
        raise ServiceError(f"{done.stdout}\nКоманда «manage.py {' '.join(words)}» не удалась.")
    return done.stdout


def _collected(env: Mapping[str, str]) -> bool:
    """Whether the static files were gathered after the last change of what they come from."""
    manifest = Path(env.get("STATIC_ROOT") or ROOT / "staticfiles") / "staticfiles.json"
    sources = [ROOT / "uv.lock", *(ROOT / "static").rglob("*")]
    return manifest.exists() and manifest.stat().st_mtime > max(path.stat().st_mtime for path in sources)


def _responds(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _catch_mail(stack: ExitStack, env: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start the demo's own mail server and name it in `env`: no letter leaves the machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        number, (address, port) = listening.fileno(), listening.getsockname()
        command = [sys.executable, "-m", "hub.catcher", str(number), str(Path(env["DATA_DIR"]) / "mail")]
        catcher = running(command, stop=SIGTERM, env=env, cwd=ROOT, pass_fds=[number])
        env["EMAIL_URL"] = f"smtp://{address}:{port}"
        return stack.enter_context(catcher)


def demo() -> NoReturn:
    """Prepare, serve, and stay until Ctrl-C or until one of the processes ends."""
    host, port = os.environ.get("HOST") or "127.0.0.1", int(os.environ.get("PORT") or 8000)
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        raise ServiceError(f"{host}:{port} не занять ({error}). Задайте другой порт: PORT=8001") from None
    address = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}/"
    with environment(DEMO="1") as env, ExitStack() as stack:
        env.setdefault("LOG_LEVEL", "WARNING")
        # A demo may run as root; its worker need not tell everybody so.
        env.setdefault("PYTHONWARNINGS", "ignore:You're running the worker")
        # Whoever looks at the demo wants to see a letter now, also at night.
        env.setdefault("QUIET_HOURS", "")

        def start(*words: str) -> subprocess.Popen[bytes]:
            return stack.enter_context(running([sys.executable, *words], stop=SIGTERM, env=env, cwd=ROOT))

        print("Готовлю базу и страницы…", flush=True)
        compile_catalogues()
        # Compressing the static files takes as long as building the city: the first start does both at once.
        static = None
        if not _collected(env):
            static = start("manage.py", "collectstatic", "--noinput", "--verbosity=0")
        _manage("migrate", "--verbosity=0", env=env)
        accounts = _manage("load_demo", env=env)
        if static and static.wait():
            raise ServiceError("Команда «manage.py collectstatic» не удалась.")
        celery = ("-m", "celery", "--app=hub.celery:app", "--quiet")
        gunicorn = (
            "-m",
            "gunicorn",
            "hub.wsgi",
            "--worker-class=gthread",
            "--threads=4",
            "--no-control-socket",
        )
        schedule = Path(env["DATA_DIR"]) / "celerybeat-schedule"
        # A mail server that is given is used; else the letters stay here. Before the others, so that they know.
        mail = {} if env.get("EMAIL_URL") else {"mail": _catch_mail(stack, env)}
        processes = mail | {
            "worker": start(*celery, "worker", "--loglevel=WARNING", "--concurrency=2"),
            "beat": start(*celery, "beat", "--loglevel=WARNING", f"--schedule={schedule}"),
            "web": start(*gunicorn, "--workers=2", f"--bind={host}:{port}", "--log-level=warning"),
        }
        announced = False
        while True:
            for name, process in processes.items():
                if process.poll() is not None:
                    raise ServiceError(f"Процесс {name} завершился сам (код {process.returncode}).")
            if not announced and _responds(f"{address}healthz"):
                announced = True
                print(f"\n{accounts}\nПортал открыт: {address}", flush=True)
                if mail:
                    print(f"Письма не уходят, их можно прочитать: {address}accounts/letters/", flush=True)
                print(f"Слушает {host}:{port}; данные в {env['DATA_DIR']}; остановить — Ctrl-C.", flush=True)
            time.sleep(0.5)


if __name__ == "__main__":
    with terminal():
        demo()
