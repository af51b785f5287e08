"""What is known of a date, and in which words a letter says what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from events.models import Event, Occurrence


@dataclass(frozen=True)
class Known:
    """What those who were told of a date know of it; that it only lasts longer is no news."""

    starts_at: datetime
    ends_at: datetime = field(compare=False)
    place: str
    online: str
    off: bool


def known(date: Occurrence, event: Event) -> Known:
    return Known(
        date.starts_at, date.ends_at, date.place, event.online_url, off=date.cancelled_at is not None
    )


def moment_words(event: Event, moment: datetime) -> str:
    local = moment.astimezone(event.tz)
    return f"{local:%d.%m.%Y}" if event.all_day else f"{local:%d.%m.%Y, %H:%M}"


def file_of(dates: Sequence[Occurrence]) -> str:
    """The address of a calendar file with these dates of an event and no other, as a whole, for the text."""
    event = dates[0].event
    asked = urlencode([("date", date.pk) for date in dates])
    return f"{event.branch.origin}{reverse('event-ics', args=[event.slug])}?{asked}"


def move_words(event: Event, date: Occurrence, was: Known) -> dict[str, Any]:
    """What became other of a date (mail/_moves.txt); empty where nothing did.

    The link is told to those who can read it on the event's own page.
    """
    now = known(date, event)
    left = bool(was.place and not now.place)
    other_link = now.online != was.online
    begins = bool(now.online) and (left or not was.online)
    return {
        "was": moment_words(event, was.starts_at),
        "now": moment_words(event, now.starts_at),
        "place": now.place if now.place != was.place else "",
        "online": now.online if begins else "",
        # It takes place somewhere as well.
        "also": bool(now.place),
        "link": now.online if other_link and not begins else "",
        "offline": other_link and not now.online,
        "nowhere": left and not now.online,
        "note": date.note,
    }
