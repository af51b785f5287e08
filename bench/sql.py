"""FQ: the page's own SQL, straight through psycopg. Prints JSON; run with the settings of the bench.

python -m bench.sql SESSION PATH…
"""

from __future__ import annotations

import json
import sys
import time

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

SECONDS = 0.7
#: Pages that are asked for as the coordinator.
STAFF = ("/queue", "/registry", "/state-events/desk", "/reports")
#: A query slower than this is explained.
SLOW = 0.004


def replay(statements: list[str]) -> float:
    """Seconds that the statements take together, the best of what fits into the time."""
    best, until = 1e9, time.monotonic() + SECONDS
    with connection.cursor() as cursor:
        while time.monotonic() < until:
            started = time.perf_counter()
            for statement in statements:
                cursor.cursor.execute(statement)
                cursor.cursor.fetchall()
            best = min(best, time.perf_counter() - started)
    return best


def explain(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, TIMING ON, SUMMARY OFF) {statement}")
        return "\n".join(row[0][:200] for row in cursor.cursor.fetchall())


def main(session: str, paths: list[str]) -> dict[str, object]:
    connection.connect()
    found: dict[str, object] = {}
    for path in paths:
        client = Client(headers={"host": settings.ALLOWED_HOSTS[0], "x-forwarded-proto": "https"})
        if path.startswith(STAFF):
            client.cookies["sessionid"] = session
        for _warm in range(2):
            with CaptureQueriesContext(connection) as captured:
                answer = client.get(path, secure=True)
                b"".join(answer)  # a stream asks while it is read
        reads = [
            query["sql"] for query in captured if query["sql"].lstrip("( ").startswith(("SELECT", "WITH"))
        ]
        slow = sorted(((replay([sql]), sql) for sql in reads), reverse=True)[:2]
        found[path] = {
            "queries": len(reads),
            "ms": 1000 * replay(reads),
            "slow": [(1000 * took, sql, explain(sql)) for took, sql in slow if took > SLOW],
        }
    return found


if __name__ == "__main__":
    json.dump(main(sys.argv[1], sys.argv[2:]), sys.stdout, ensure_ascii=False)
