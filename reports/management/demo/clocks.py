"""Rows that say when they happened, not when they were written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.models import Field

from communities.models import CensusRecord, Community, FieldDecision, Stewardship
from events.models import Talk
from hub.models import Consent, Revision, Role
from reports.models import Datum

#: Columns that set themselves to now; here they say when it happened.
_CLOCKS: list[tuple[type, str]] = [
    (Revision, "at"),
    (Consent, "at"),
    (Community, "created_at"),
    (CensusRecord, "created_at"),
    (CensusRecord, "saved_at"),
    (Stewardship, "since"),
    (FieldDecision, "at"),
    (Role, "granted_at"),
    (Datum, "measured_at"),
    (Talk, "told_at"),
]


@contextmanager
def backdated() -> Iterator[None]:
    """Let rows be written with the time they tell of. Revisions and consents cannot be mended later."""
    fields: list[Field] = [model._meta.get_field(name) for model, name in _CLOCKS]
    kept = [(field, field.auto_now, field.auto_now_add) for field in fields]
    for field in fields:
        field.auto_now = field.auto_now_add = False
    try:
        yield
    finally:
        for field, auto_now, auto_now_add in kept:
            field.auto_now, field.auto_now_add = auto_now, auto_now_add
