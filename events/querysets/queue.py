"""Events in the coordinator's one queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import F, QuerySet

from communities.querysets.queue import SENDER, Part, add_part, line

if TYPE_CHECKING:
    from hub.models import Branch


def _waiting(branch: Branch) -> QuerySet:
    rows: QuerySet = apps.get_model("events", "Event").objects.in_branch(branch).submitted()
    return rows.filter(cancelled_at=None)


def _lines(branch: Branch, _kind: str) -> QuerySet:
    return line(
        _waiting(branch),
        "event",
        since=F("submitted_at"),
        key=F("pk"),
        sealed=F("slug"),
        called=F("title"),
        who=SENDER,
    )


def register() -> None:
    """Have events wait in the same list as everything else."""
    add_part(Part("event", ("event",), _lines, lambda branch: [("event", _waiting(branch), True)]))
