"""Write notifications as the portal does, one a transaction, spread over some seconds.

python -m tests.drills.write NAME COUNT SECONDS [REFUSED]

A row whose transaction the fault took down is written again: the person would press the button again.
Every REFUSED-th goes to an address that the mail server refuses.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import django

django.setup()

from django.db import DatabaseError, connection, transaction  # noqa: E402

from hub.models import Branch  # noqa: E402
from hub.outbox import notify  # noqa: E402
from hub.outbox.kinds import ACCOUNT  # noqa: E402

T = TypeVar("T")


def persist(work: Callable[[], T]) -> T:
    """Try again while the database is away."""
    until = time.monotonic() + 60
    while True:
        try:
            return work()
        except DatabaseError:
            if time.monotonic() > until:
                raise
            connection.close()
            time.sleep(0.1)


def branch() -> Branch:
    names = {"name": "Учение", "name_in": "в учении", "name_of": "учения"}
    return Branch.objects.get_or_create(slug="drill", defaults=names)[0]


@transaction.atomic
def write(key: str, address: str) -> None:
    notify(ACCOUNT, key=key, branch=place, email=address, subject=key, context={"text": "Учение."})


def main(name: str, count: int, seconds: float, refused: int = 0) -> None:
    for number in range(count):
        box = "refused" if refused and number % refused == 0 else "person"
        persist(partial(write, f"{name}:{number}", f"{box}{number}@example.org"))
        time.sleep(seconds / count)


if __name__ == "__main__":
    place = persist(branch)
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), *map(int, sys.argv[4:]))
