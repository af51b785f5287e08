"""The outbox at size: a million dated rows scanned, a hundred thousand letters written and delivered.

python -m bench.outbox [--rows 1000000] [--due 20000] [--letters 100000]

Printed are ratios to floors taken in the same run: the bare query of the scan, the same letters sent by
a bare loop that knows no database.
"""

from __future__ import annotations

import argparse
import os
import smtplib
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from bench.servers import environment, python, url_of
from hub.devservices import ROOT, Services, data_directory, services, terminal

WORKERS = 2
#: Rows whose norm is over are due; the others end some day within the next two years.
FILL = """
SET session_replication_role = replica;
INSERT INTO hub_branch (id, slug, name, name_in, name_of, host, is_default, is_demo, timezone, phone, email, lat, lng,
                        zoom, norm_days, hue, accent_hue, warm_hue, land_hue, chroma, panorama)
VALUES (1, 'bench', 'Город', 'в городе', 'города', '', true, false, 'Europe/Moscow', '', '', 43, 39, 11, 3,
        1, 1, 1, 1, 1, '');
INSERT INTO communities_censusround (id, branch_id, year, opens_on, closes_on, opened_at, questionnaire)
VALUES (1, 1, 2026, '2026-01-01', '2099-01-01', now(), 1);
INSERT INTO hub_user (id, password, is_superuser, email, name, phone, language, theme, is_active, is_demo, date_joined)
SELECT n, '!', false, 'u' || n || '@example.org', 'Лидер Номер' || n, '', 'ru', '', true, false, now()
FROM generate_series(1, greatest(%(letters)s, 2)) n;
INSERT INTO hub_role (user_id, branch_id, role, granted_at) VALUES (1, 1, 'coordinator', now());
INSERT INTO communities_community (id, branch_id, slug, listing, import_key, created_at)
SELECT n, 1, 'c' || n, 'unlisted', '', now() FROM generate_series(1, %(rows)s) n;
INSERT INTO communities_censusrecord ({columns})
SELECT {values} FROM generate_series(1, %(rows)s) n;
"""
ANSWERS = {
    "id": "n", "community_id": "n", "round_id": "1", "state": "'submitted'", "submitted_by_id": "2",
    "submitted_at": "now() - interval '30 days'", "name": "'Сообщество ' || n", "branch_key": "1",
    "decide_by": "CASE WHEN n <= %(due)s THEN now() - n * interval '1 second'"
                 " ELSE now() + interval '2 days' + n * interval '1 minute' END",
    "created_at": "now()", "saved_at": "now()",
}  # fmt: skip


def fill(url: str, rows: int, due: int, letters: int) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        columns = connection.execute(
            "SELECT column_name, data_type, is_nullable FROM information_schema.columns"
            " WHERE table_name = 'communities_censusrecord' AND is_generated = 'NEVER' AND column_default IS NULL"
        ).fetchall()
        plain = {
            "ARRAY": "'{}'", "jsonb": "'{}'", "boolean": "false", "integer": "0", "smallint": "0",
            "bigint": "0", "double precision": "0",
        }  # fmt: skip
        values = {
            name: ANSWERS.get(name, plain.get(kind, "''"))
            for name, kind, nullable in columns
            if nullable == "NO" or name in ANSWERS
        } | {"id": "n"}
        sql = FILL.format(columns=", ".join(values), values=", ".join(values.values()))
        numbers = {"rows": str(rows), "due": str(due), "letters": str(letters)}
        for name, number in numbers.items():
            sql = sql.replace(f"%({name})s", number)
        for statement in filter(str.strip, sql.split(";")):
            connection.execute(statement)  # type: ignore[arg-type]
        connection.execute("VACUUM ANALYZE")


@contextmanager
def mail_sink(directory: Path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (directory / "mode").write_text("ok")
    (directory / "accepted").unlink(missing_ok=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.drills.sink", str(port), str(directory)], cwd=ROOT
    )
    try:
        while True:
            try:
                smtplib.SMTP("127.0.0.1", port, timeout=5).quit()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.kill()
        process.wait()


def together(arguments: list[list[str]], env: dict[str, str]) -> float:
    """Seconds that these programs of ours take side by side."""
    started = time.monotonic()
    running = [subprocess.Popen([sys.executable, *words], cwd=ROOT, env=env) for words in arguments]
    if any(process.wait() for process in running):
        sys.exit("Одна из программ не удалась.")
    return time.monotonic() - started


# --- inside Django ---------------------------------------------------------------------------------


def _best(work: Any, times: int = 5) -> float:
    best = 1e9
    for _time in range(times):
        started = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - started)
    return best


def scan() -> None:
    """EXPLAIN of the scan, its price beside the bare query, and the scan itself."""
    from django.db import connection

    from hub.outbox import reminders

    reminder = next(one for one in reminders.REMINDERS if one.code == "record-norm")
    due = reminder.due(1).values_list("pk", flat=True).order_by()
    sql, params = due.query.sql_with_params()
    with connection.cursor() as cursor:

        def run(statement: str, values: Any = None) -> list[Any]:
            cursor.execute(statement, values)
            return cursor.fetchall()

        plan = "\n".join(row[0] for row in run(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) {sql}", params))
        print(plan, "\n")
        bare = (
            "SELECT id FROM communities_censusrecord WHERE state = 'submitted'"
            " AND decide_by <= now() AND decide_by > now() - interval '3 days'"
        )
        count = len(run(bare))
        touched = "Index Scan using censusrecord_norm" in plan or "censusrecord_norm" in plan
        ours, floor = _best(lambda: run(sql, params)), _best(lambda: run(bare))
    print(f"К сроку: {count} строк; просмотр по индексу срока: {'да' if touched else 'НЕТ'}")
    print(f"Просмотр {1000 * ours:.1f} мс, голый запрос {1000 * floor:.1f} мс: {ours / floor:.2f} × (≤ 5)")
    if not touched or "Seq Scan on communities_censusrecord" in plan:
        sys.exit("Просмотр читает не только то, чему пришёл срок.")
    started = time.perf_counter()
    said = reminders.scan()
    print(f"Сказано о {said} строках за {time.perf_counter() - started:.1f} с")
    started = time.perf_counter()
    again = reminders.scan()
    print(f"Просмотр минуту спустя: {again} строк, {time.perf_counter() - started:.2f} с", flush=True)


def write(letters: int) -> None:
    from communities.notifications import ROUND_REMINDER
    from hub.models import Branch, User
    from hub.outbox import Message, notify_all

    branch = Branch.objects.get()
    context = {"year": 2026, "closes_on": "20.12.2026", "names": ["Тропа 862"]}
    started = time.perf_counter()
    notify_all(
        Message(
            ROUND_REMINDER,
            key=f"bench:{user.pk}",
            branch=branch,
            user=user,
            context=context,
            path="/cabinet/",
        )
        for user in User.objects.order_by("pk")[:letters].iterator(2000)
    )
    took = time.perf_counter() - started
    print(f"Написано {letters} уведомлений за {took:.1f} с: {letters / took:.0f} в секунду")


def deliver() -> None:
    from hub.models import Delivery
    from hub.outbox import delivery

    while Delivery.objects.due().exists():  # a worker's shift ends before a hundred thousand are out
        delivery.deliver()


def floor(letters: int) -> None:
    """The same letters, made beforehand, by a bare loop over one connection."""
    from django.conf import settings

    from hub.models import Delivery
    from hub.outbox.letters import email_of

    one = email_of(Delivery.objects.select_related("notification__user", "notification__branch").last())
    letter = one.message().as_bytes(linesep="\r\n")
    sender = settings.DEFAULT_FROM_EMAIL.rpartition("<")[2].strip(">")
    with smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT) as server:
        for number in range(letters):
            server.sendmail(sender, [f"u{number}@example.org"], letter)


# --- the run ---------------------------------------------------------------------------------------


def measured(running: Services, data: Path, options: argparse.Namespace) -> None:
    name = "bench_outbox"
    with psycopg.connect(url_of(running, "postgres"), autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}"')
    directory = data / "outbox"
    directory.mkdir(parents=True, exist_ok=True)
    with mail_sink(directory) as port:
        env = environment(running, name, data, number=5) | {
            "EMAIL_URL": f"smtp://127.0.0.1:{port}",
            "QUIET_HOURS": "",
            "LOG_LEVEL": "ERROR",
        }
        python(["manage.py", "migrate", "--verbosity=0"], env)
        started = time.monotonic()
        fill(url_of(running, name), options.rows, options.due, options.letters)
        print(f"{options.rows} строк с датой за {time.monotonic() - started:.0f} с\n", flush=True)
        here = ["-m", "bench.outbox"]
        together([[*here, "--do=scan"]], env)
        together([[*here, "--do=write", f"--letters={options.letters}"]], env)
        took = together([[*here, "--do=deliver"]] * WORKERS, env)
        accepted = (directory / "accepted").read_text().split()
        print(f"Доставлено {len(accepted)} за {took:.0f} с: {len(accepted) / took:.0f} в секунду")
        if len(set(accepted)) < options.letters:
            sys.exit("Доставлено не всё.")
        each = options.letters // WORKERS
        bare = together([[*here, "--do=floor", f"--letters={each}"]] * WORKERS, env)
        rate = WORKERS * each / bare
        print(f"Голый цикл: {rate:.0f} в секунду; наша доставка: {len(accepted) / took / rate:.2f} ×")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.outbox")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=20_000)
    parser.add_argument("--letters", type=int, default=100_000)
    parser.add_argument("--do", choices=["scan", "write", "deliver", "floor"], help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.do:
        import django

        django.setup()
        work = {"write": write, "floor": floor}.get(options.do)
        if work:
            work(options.letters)
        else:
            {"scan": scan, "deliver": deliver}[options.do]()
        return
    data = data_directory() / "bench"
    data.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    with terminal(), services(data) as running:
        measured(running, data, options)


if __name__ == "__main__":
    main()
