"""Keeping the dates of an event written down: the calendar reads rows, never rules."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from events.models import Event, Occurrence
from events.recurrence import HORIZON, Time, times
from hub.choices import State

#: What is copied from the event into each of its dates.
COPIED = (
    "branch_id", "is_listed", "day", "last_day", "all_day", "slug", "title", "place", "venue_id", "district_id",
    "lat", "lng", "topics", "ages", "communities", "is_state", "is_free", "is_online",
)  # fmt: skip


@transaction.atomic
def write_occurrences(event: Event, now: datetime | None = None) -> None:
    """Make the dates of `event` what its rule says, up to the horizon. Twice is once.

    Dates that were moved or called off one by one stay as they are, unless the rule has no such date any
    more. Raises BadRule before anything is written.
    """
    until = (now or timezone.now()) + HORIZON
    wanted = {time.was_at: time for time in times(event, until)}
    known = {row.was_at: row for row in event.occurrences.all()}
    gone = [row.pk for was_at, row in known.items() if was_at not in wanted]
    Occurrence.objects.filter(pk__in=gone).delete()
    held_by = event.accepted_communities
    fresh, changed = [], []
    for was_at, time in wanted.items():
        row = known.get(was_at)
        if row is None:
            fresh.append(_filled(Occurrence(event=event, was_at=was_at), event, time, held_by))
        else:
            changed.append(_filled(row, event, time, held_by))
    Occurrence.objects.bulk_create(fresh, batch_size=500)
    Occurrence.objects.bulk_update(changed, ["starts_at", "ends_at", *COPIED], batch_size=500)


def _filled(row: Occurrence, event: Event, time: Time, held_by: list[int]) -> Occurrence:
    if not row.is_moved:
        row.starts_at, row.ends_at = time.starts_at, time.ends_at
    copy_onto(row, event, held_by)
    return row


def copy_onto(row: Occurrence, event: Event, held_by: list[int] | None = None) -> None:
    """What the calendar shows and filters by, from the event and its venue into one date.

    `held_by` spares the look-up where it is known for many dates.
    """
    venue, zone = event.venue, event.tz
    row.branch_id = event.branch_id
    row.is_listed = event.state == State.APPROVED
    row.day = row.starts_at.astimezone(zone).date()
    # What ends at midnight ends on the day before.
    row.last_day = max(row.day, (row.ends_at - timedelta(microseconds=1)).astimezone(zone).date())
    row.all_day = event.all_day
    row.slug, row.title = event.slug, event.title
    row.place = ", ".join(part for part in (venue.name if venue else "", event.place) if part)
    row.venue = venue
    row.district = venue.district if venue else None
    row.lat, row.lng = (venue.lat, venue.lng) if venue else (None, None)
    row.topics, row.ages = event.topics, event.ages
    row.communities = event.accepted_communities if held_by is None else held_by
    row.is_state, row.is_free, row.is_online = event.is_state, event.is_free, bool(event.online_url)


def roll_horizon() -> int:
    """Write down further dates of the series that go on; how many series were looked at."""
    looked = 0
    for event in Event.objects.series().select_related("venue__district").iterator(200):
        write_occurrences(event)
        looked += 1
    return looked


def refresh_organisers(event: Event) -> None:
    """Who holds it has changed: its dates say so, and feeds are to be read anew."""
    event.occurrences.update(communities=event.accepted_communities)
    event.save(update_fields=["changed_at"])
