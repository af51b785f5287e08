"""Reads of edits of published events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import QuerySet

from hub.choices import State

if TYPE_CHECKING:
    from hub.models import Branch


class EventEditQuerySet(QuerySet):
    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def submitted(self) -> Self:
        """Those that a coordinator has yet to look at."""
        return self.filter(state=State.SUBMITTED)
