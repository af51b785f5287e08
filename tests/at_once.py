"""What happens in one moment: clicks, workers and people who get in each other's way."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def at_once(
    *jobs: Callable[[], T], refusals: type[Exception] | tuple[type[Exception], ...] = ()
) -> list[T | Exception]:
    """What each job gives, in the order of jobs; all begin together, in threads and connections of their own.

    An error of `refusals` is what a job gives as well; any other is raised.
    """
    start = Barrier(len(jobs))

    def run(job: Callable[[], T]) -> T | Exception:
        try:
            connection.ensure_connection()  # or whoever connects sooner is ahead of the rest
            start.wait(20)
            try:
                return job()
            except refusals as refusal:
                return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))
