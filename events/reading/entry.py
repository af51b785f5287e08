"""One entry of a calendar file: its texts in our columns, its moments as they stand there."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import Any

import icalendar
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from communities.choices import Topic
from events.reading.incoming import Incoming
from events.reading.words import one_line, paragraphs

_TOPICS = {str(choice.label).casefold(): choice.value for choice in Topic}


def when(event: icalendar.Event, name: str) -> Any:
    """The date or moment that stands under `name`; None where there is none, or several."""
    value = event.get(name)
    return None if value is None or isinstance(value, list) else getattr(value, "dt", None)


def comparable(value: date | datetime) -> datetime:
    """As a moment in UTC; a date is its midnight, a moment by no clock is taken as one there."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min, UTC)
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def described(event: icalendar.Event, uid: str) -> Incoming:
    """Its texts in our columns; the times are to be filled in."""
    where = one_line(str(event.get("LOCATION", "")), 1000)
    about = paragraphs(str(event.get("DESCRIPTION", "")), 4000)
    url = str(event.get("URL", "")).strip()
    if url.startswith(("http://", "https://")) and url not in about:
        about = paragraphs(f"{about}\n\n{url}", 4000)
    online = ""
    if re.fullmatch(r"https?://\S{4,190}", where) and _is_address(where):
        online, where = where, ""
    elif len(where) > 200:
        about = paragraphs(f"{where}\n\n{about}", 4000)
    start = when(event, "DTSTART")
    nothing = datetime.min.replace(tzinfo=UTC)
    return Incoming(
        uid=uid,
        title=one_line(str(event.get("SUMMARY", "")), 120),
        starts_at=nothing,
        ends_at=nothing,
        timezone="UTC",
        all_day=not isinstance(start, datetime) or _is_outlook_day(event, start),
        description=about,
        place=one_line(where, 200),
        online_url=online,
        topics=_topics(event),
        cancelled=str(event.get("STATUS", "")).strip().upper() == "CANCELLED",
        sequence=_number(event.get("SEQUENCE")),
        changed_at=changed_at(event),
    )


def own_words(one: icalendar.Event, master: icalendar.Event, off: bool) -> dict[str, Any]:
    """What a date says of itself; its name and place where they are other than those of the rest."""
    said: dict[str, Any] = {"note": one_line(str(one.get("COMMENT", "")), 200)}
    title, place = one.get("SUMMARY"), one.get("LOCATION", "")
    if title and title != master.get("SUMMARY"):
        said["title"] = one_line(str(title), 120) or None
    # An entry without a name tells only what is other; one that is off needs no place.
    if place != master.get("LOCATION", "") and (place or (title and not off)):
        said["place"] = one_line(str(place), 200)
    return said


def is_private(event: icalendar.Event) -> bool:
    """Nobody but its author is meant to read it."""
    return str(event.get("CLASS", "PUBLIC")).strip().upper() in ("PRIVATE", "CONFIDENTIAL")


def _is_address(url: str) -> bool:
    """Whether a page can show it as a link."""
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        return False
    return True


def _is_outlook_day(event: icalendar.Event, start: datetime) -> bool:
    """Outlook writes a whole day as one from midnight to midnight."""
    end = when(event, "DTEND")
    says = str(event.get("X-MICROSOFT-CDO-ALLDAYEVENT", "")).strip().upper() == "TRUE"
    return says and start.time() == time.min and isinstance(end, datetime) and end.time() == time.min


def changed_at(event: icalendar.Event) -> datetime | None:
    """When its author last touched it, if the file says so."""
    value = when(event, "LAST-MODIFIED")
    return comparable(value) if isinstance(value, datetime) else None


def _number(value: Any) -> int:
    try:
        return max(0, min(int(value), 2_000_000_000))
    except (TypeError, ValueError):
        return 0


def _topics(event: icalendar.Event) -> list[str]:
    """Those of its categories that are topics of ours."""
    found = event.get("CATEGORIES", [])
    named = [str(word) for part in (found if isinstance(found, list) else [found]) for word in part.cats]
    codes = [_TOPICS[word.strip().casefold()] for word in named if word.strip().casefold() in _TOPICS]
    return list(dict.fromkeys(codes))
