"""Events, proofs of support and talks in the coordinator's one queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.db.models import CharField, F, QuerySet
from django.db.models.functions import Coalesce

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


def _edits(branch: Branch) -> QuerySet:
    rows: QuerySet = apps.get_model("events", "EventEdit").objects.in_branch(branch).submitted()
    return rows


def _edit_lines(branch: Branch, _kind: str) -> QuerySet:
    return line(
        _edits(branch),
        "event-edit",
        since=F("submitted_at"),
        key=F("pk"),
        sealed=F("event__slug"),
        called=F("event__title"),
        who=SENDER,
    )


def _proofs(branch: Branch) -> QuerySet:
    rows: QuerySet = apps.get_model("events", "StateEventSupport").objects.in_branch(branch).submitted()
    return rows


def _talks(branch: Branch) -> QuerySet:
    rows: QuerySet = apps.get_model("events", "Talk").objects.in_branch(branch).submitted()
    return rows


def _sent_by_community(rows: QuerySet, kind: str, called: str) -> QuerySet:
    return line(
        rows,
        kind,
        since=F("submitted_at"),
        key=F("pk"),
        sealed=F("community__slug"),
        called=F(called),
        who=Coalesce(F("community__current__name"), F("community__slug"), output_field=CharField()),
    )


def _proof_lines(branch: Branch, _kind: str) -> QuerySet:
    return _sent_by_community(_proofs(branch), "support", "event__title")


def _talk_lines(branch: Branch, _kind: str) -> QuerySet:
    return _sent_by_community(_talks(branch), "talk", "topic")


def register() -> None:
    """Have events, their edits, proofs of support and talks wait in the same list as everything else."""
    add_part(Part("event", ("event",), _lines, lambda branch: [("event", _waiting(branch), True)]))
    add_part(
        Part(
            "event-edit", ("event-edit",), _edit_lines, lambda branch: [("event-edit", _edits(branch), True)]
        )
    )
    add_part(Part("support", ("support",), _proof_lines, lambda branch: [("support", _proofs(branch), True)]))
    add_part(Part("talk", ("talk",), _talk_lines, lambda branch: [("talk", _talks(branch), True)]))
