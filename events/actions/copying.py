"""What each date of an event carries: the calendar, its filters and maps read dates alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from events.models import Event, Occurrence, Organiser, Venue
from events.recurrence import first_and_last_day
from hub.choices import State

#: What is copied from the event into each of its dates.
COPIED = (
    "branch_id", "is_listed", "day", "last_day", "timezone", "all_day", "slug", "title", "place", "venue_id", "district_id",
    "lat", "lng", "cover", "topics", "ages", "communities", "is_state", "is_free", "is_online",
    "takes_registrations", "capacity",
)  # fmt: skip


class Held(NamedTuple):
    """Who holds an event: keys of the communities, and the district that they are of, if one is known."""

    communities: list[int]
    district: int | None


def held_by(organisers: Iterable[Organiser]) -> Held:
    """From `Organiser.objects.holding()`."""
    rows = list(organisers)
    districts = (row.district for row in rows if row.district)  # type: ignore[attr-defined]
    return Held(sorted(row.community_id for row in rows), next(districts, None))


def copy_onto(row: Occurrence, event: Event, held: Held) -> None:
    """What the calendar shows and filters by, into one date: its own, or from the event, its venue and holders."""
    venue, words = (event.venue, event.place) if row.own_place is None else (row.venue, row.own_place)
    copy_words(row, event, held)
    row.day, row.last_day = first_and_last_day(row.starts_at, row.ends_at, event.tz)
    row.timezone, row.all_day = event.timezone, event.all_day
    row.place = _place(venue, words)
    row.venue = venue
    # Where nobody knows the place it is looked for at home: the filter by districts must not be blind to it.
    row.district_id = venue.district_id if venue else held.district
    row.lat, row.lng = (venue.lat, venue.lng) if venue else (None, None)
    row.takes_registrations, row.capacity = event.takes_registrations, event.capacity


def copy_words(row: Occurrence, event: Event, held: Held) -> None:
    """What is said of the event itself, whenever and wherever it is."""
    row.branch_id = event.branch_id
    row.is_listed = event.state == State.APPROVED
    row.slug, row.title = event.slug, event.title if row.own_title is None else row.own_title
    row.topics, row.ages, row.communities = event.topics, event.ages, held.communities
    row.cover = event.cover.file.name if event.cover and event.cover.is_public else ""
    row.is_state, row.is_free, row.is_online = event.is_state, event.is_free, bool(event.online_url)


def place_of_dates(event: Event) -> str:
    return _place(event.venue, event.place)


def _place(venue: Venue | None, words: str) -> str:
    return ", ".join(part for part in (venue.name if venue else "", words) if part)
