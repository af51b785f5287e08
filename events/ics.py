"""Events as a calendar file, RFC 5545: lines written straight away, so that a large feed streams.

Rows come from `Event.objects.whole()`, times that differ from the rule from `Occurrence.objects.apart()`.
That calendars read the same times out of it as stand in our rows is proven by tests/events/test_ics.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
from django.utils.translation import gettext as _

from communities.choices import Topic

Row = Mapping[str, Any]
#: How many octets a line may have.
FOLD = 75
_UNTIL = re.compile(r"UNTIL=(\d{8})(?:T(\d{6})(Z?))?")
#: What no line of text may carry; line breaks are written as words.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
_TEXT = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\t": " "})
_zone = cache(ZoneInfo)
_TOPICS = {choice.value: choice.label for choice in Topic}


def text(value: str) -> str:
    """A TEXT value, escaped."""
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", value).translate(_TEXT)


def folded(line: str) -> bytes:
    """A content line, folded between letters, never inside one."""
    raw = line.encode()
    if len(raw) <= FOLD:
        return raw + b"\r\n"
    parts, start, room = [], 0, FOLD
    while len(raw) - start > room:
        end = start + room
        while raw[end] & 0xC0 == 0x80:
            end -= 1
        parts.append(raw[start:end])
        start, room = end, FOLD - 1
    parts.append(raw[start:])
    return b"\r\n ".join(parts) + b"\r\n"


@cache
def zone_lines(zone: str) -> bytes:
    """VTIMEZONE of the years that feeds speak of."""
    first = date(2020, 1, 1)
    made = icalendar.Timezone.from_tzid(zone, first_date=first, last_date=date(first.year + 18, 1, 1))
    return bytes(made.to_ical())


def calendar(
    events: Iterable[Row], apart: Mapping[int, list[Row]], *, name: str, zone: str, site: str
) -> Iterator[bytes]:
    """The whole file of few events."""
    yield head(name, zone)
    yield from components(events, apart, site=site, said=set())
    yield TAIL


TAIL = b"END:VCALENDAR\r\n"


def head(name: str, zone: str) -> bytes:
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//community hub//calendar//RU",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{text(name)}",
        f"X-WR-CALNAME:{text(name)}",
        f"X-WR-TIMEZONE:{zone}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    )
    return b"".join(map(folded, lines))


def components(
    events: Iterable[Row], apart: Mapping[int, list[Row]], *, site: str, said: set[str]
) -> Iterator[bytes]:
    """Each event with its time zone before it; `said` are zones that the file has already."""
    for event in events:
        if event["timezone"] not in said and not event["all_day"]:
            said.add(event["timezone"])
            yield zone_lines(event["timezone"])
        yield _event(event, apart.get(event["pk"], ()), site)


def _event(event: Row, apart: Iterable[Row], site: str) -> bytes:
    same = _same(event, site)
    if not event["rrule"]:
        own = next(iter(apart), event)
        return _component(event, own, same, own["cancelled_at"] or event["cancelled_at"])
    rules = [f"RRULE:{rule(event)}"]
    if event["exdates"]:
        prefix = _prefix(event)
        left_out = ",".join(_value(event, moment) for moment in event["exdates"])
        rules.append(f"EXDATE{prefix}:{left_out}")
    made = [_component(event, event, same, event["cancelled_at"], rules)]
    for one in apart:
        recurrence = f"RECURRENCE-ID{_prefix(event)}:{_value(event, one['was_at'])}"
        note = [f"COMMENT:{text(one['note'])}"] if one["note"] else []
        made.append(_component(event, one, same, one["cancelled_at"], [recurrence, *note]))
    return b"".join(made)


def _component(event: Row, times: Row, same: bytes, off: Any, more: Iterable[str] = ()) -> bytes:
    prefix = _prefix(event)
    ends = _value(event, times["ends_at"], end=True)
    lines = [
        f"DTSTART{prefix}:{_value(event, times['starts_at'])}",
        f"DTEND{prefix}:{ends}",
        f"STATUS:{'CANCELLED' if off else 'CONFIRMED'}",
        *more,
    ]
    return b"BEGIN:VEVENT\r\n" + same + b"".join(map(folded, lines)) + b"END:VEVENT\r\n"


def _same(event: Row, site: str) -> bytes:
    """What all times of the event have in common."""
    changed = f"{event['changed_at'].astimezone(UTC):%Y%m%dT%H%M%SZ}"
    address = f"{site}/calendar/{event['slug']}/"
    holders = ", ".join(one["name"] for one in event["held_by"] if one["name"])
    said = [event["short"], event["description"]]
    if holders:
        said.append(_("Проводит: %(who)s") % {"who": holders})
    if event["price"]:
        said.append(_("Стоимость: %(price)s") % {"price": event["price"]})
    if event["online_url"]:
        said.append(event["online_url"])
    if event["cancelled_because"]:
        said.insert(0, _("Отменено: %(why)s") % {"why": event["cancelled_because"]})
    where = [event["venue__name"], event["place"], event["venue__address"]]
    lines = [
        f"UID:{text(event['uid'])}",
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"CREATED:{event['created_at'].astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"SEQUENCE:{event['sequence']}",
        f"SUMMARY:{text(event['title'])}",
        f"URL:{address}",
    ]
    if description := "\n\n".join(part for part in said if part):
        lines.append(f"DESCRIPTION:{text(description)}")
    if place := ", ".join(part for part in where if part):
        lines.append(f"LOCATION:{text(place)}")
    if event["venue__lat"] is not None and event["venue__lng"] is not None:
        lines.append(f"GEO:{event['venue__lat']};{event['venue__lng']}")
    if topics := [text(str(_TOPICS[code])) for code in event["topics"] if code in _TOPICS]:
        lines.append(f"CATEGORIES:{','.join(topics)}")
    return b"".join(map(folded, lines))


def _prefix(event: Row) -> str:
    return ";VALUE=DATE" if event["all_day"] else f";TZID={event['timezone']}"


def _value(event: Row, moment: datetime, *, end: bool = False) -> str:
    local = moment.astimezone(_zone(event["timezone"]))
    if not event["all_day"]:
        return f"{local:%Y%m%dT%H%M%S}"
    # DTEND is the day after the last one; ours is its midnight already.
    return f"{local.date() + timedelta(days=1) if end and local.time() != time.min else local.date():%Y%m%d}"


def rule(event: Row) -> str:
    """The rule with UNTIL of the kind that DTSTART asks for: a date for dates, UTC for moments.

    A bare date is its midnight, as it is when our dates are written (events/recurrence.py).
    """

    def until(found: re.Match[str]) -> str:
        day, clock, utc = found.groups()
        moment = datetime.strptime(day + (clock or "000000"), "%Y%m%d%H%M%S")
        aware = moment.replace(tzinfo=UTC if utc else _zone(event["timezone"]))
        if event["all_day"]:
            return f"UNTIL={aware.astimezone(_zone(event['timezone'])) if utc else moment:%Y%m%d}"
        return f"UNTIL={aware.astimezone(UTC):%Y%m%dT%H%M%SZ}"

    return _UNTIL.sub(until, event["rrule"])
