"""The horizon of what is written down: it moves on every night."""

from __future__ import annotations

from datetime import datetime
from itertools import islice

import structlog
from django.db import transaction
from django.utils import timezone

from events.actions.copying import held_by
from events.actions.scheduling import fill, is_over, write_occurrences
from events.models import Event
from events.recurrence import HORIZON, BadRule, times
from hub.logs import place_of

log = structlog.get_logger(__name__)

#: So many series are looked at together.
BATCH = 25


def roll_horizon() -> int:
    """Write down what the days to come have more, or otherwise, than is written; of how many series.

    Most nights nearly every series stands as it should: it is read, neither locked nor written.
    """
    now, written = timezone.now(), 0
    keys = Event.objects.series().order_by("pk").values_list("pk", flat=True).iterator(2000)
    while batch := list(islice(keys, BATCH)):
        for event in Event.objects.with_dates_from(now).filter(pk__in=batch).order_by("pk"):
            try:
                if is_behind(event, now):
                    written += _catch_up(event.pk, now)
            except BadRule:
                log.warning("series_refused", key=event.pk)
            except Exception as error:
                # Whatever is wrong with one series must not hold up the others.
                log.error(
                    "series_not_written", key=event.pk, error=type(error).__name__, place=place_of(error)
                )
    return written


def is_behind(event: Event, now: datetime) -> bool:
    """Whether the dates from `now` on (`.with_dates_from(now)`) are not what the rule says. Raises BadRule."""
    wanted = {time.was_at: time for time in times(event, now + HORIZON, now)}
    known = {row.was_at: row for row in event.coming}  # type: ignore[attr-defined]
    if wanted.keys() - known.keys():
        return True
    held = held_by(event.holding)  # type: ignore[attr-defined]
    return any(
        fill(row, event, wanted[was_at], held) if was_at in wanted else row.cancelled_at is None
        for was_at, row in known.items()
        if not is_over(row, event, now)
    )


@transaction.atomic
def _catch_up(key: int, now: datetime) -> bool:
    # Fresh and locked: an edit of this moment must not be written over by the rule of before.
    rows = Event.objects.series().select_related("venue", "cover")
    event = rows.select_for_update(of=("self",), no_key=True).filter(pk=key).first()
    if event:
        write_occurrences(event, now, since=now)
    return event is not None
