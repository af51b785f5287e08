"""When a date is, in words, and the file of it: for every letter about one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from events.models import Event, Occurrence


def moment_words(event: Event, moment: datetime) -> str:
    local = moment.astimezone(event.tz)
    return f"{local:%d.%m.%Y}" if event.all_day else f"{local:%d.%m.%Y, %H:%M}"


def file_of(dates: Sequence[Occurrence]) -> str:
    """The address of a calendar file with these dates of an event and no other, as a whole, for the text."""
    event = dates[0].event
    asked = urlencode([("date", date.pk) for date in dates])
    return f"{event.branch.origin}{reverse('event-ics', args=[event.slug])}?{asked}"
