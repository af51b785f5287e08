"""Reads of what has changed in the calendar, for those who keep copies of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, Self

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.db.models.functions import Now

if TYPE_CHECKING:
    from datetime import datetime

    from hub.models import Branch

#: Nobody asks about what was longer ago: each midnight makes every copy old.
REMEMBERED = timedelta(days=2)
#: Nobody is at work on one change for longer (CELERY_TASK_TIME_LIMIT).
SETTLED = timedelta(minutes=30)


class State(NamedTuple):
    """`mark` is other as soon as one more writer has committed, in whatever order they began.

    `at` is of the last change; nobody who began before it is still at work once it is `settled`.
    """

    mark: tuple[object, ...]
    at: datetime | None
    settled: bool


class CalendarChangeQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def state(self) -> State:
        """What there is of changes by now."""
        fresh = Count("pk", filter=Q(at__gte=Now() - SETTLED))
        found = self.order_by().aggregate(n=Count("pk"), of=Sum("transaction"), last=Max("at"), fresh=fresh)
        return State((found["n"], found["of"], found["last"]), found["last"], not found["fresh"])

    def forgettable(self) -> Self:
        return self.filter(at__lt=Now() - REMEMBERED)
