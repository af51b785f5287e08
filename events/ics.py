"""Events as a calendar file, RFC 5545: lines written straight away, so that a large feed streams.

Rows come from `Event.objects.filed()`, times that differ from the rule from `Occurrence.objects.apart()`.
That calendars read the same times out of it as stand in our rows is proven by tests/events/test_ics.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import icalendar
from django.utils.translation import gettext as _

from communities.choices import Topic

Row = Mapping[str, Any]
#: How many octets a line may have.
FOLD = 75
_UNTIL = re.compile(r"UNTIL=(\d{8})(?:T(\d{6})(Z?))?")
#: As much of a line as fits behind the blank of a folded one, and ends between letters.
_PIECE = re.compile(rb"(?s).{1,%d}(?![\x80-\xbf])" % (FOLD - 1))
#: What no line of text may carry; line breaks are written as words.
_CONTROL = bytes([*range(0x09), *range(0x0B, 0x0D), *range(0x0E, 0x20), 0x7F])
_SEPARATORS = "\x85\u2028\u2029"
_zone = cache(ZoneInfo)
_VENUE = ("venue__name", "venue__address", "venue__lat", "venue__lng")
_TOPICS = {choice.value: choice.label for choice in Topic}


def text(value: str) -> str:
    """A TEXT value, escaped; control characters are left out by `written`."""
    # One `replace` after the other is several times faster than `translate`.
    value = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\t", " ")
    return value.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def written(lines: Iterable[str]) -> bytes:
    """Content lines, folded between letters, never inside one."""
    said = "\r\n".join(lines)
    for separator in _SEPARATORS:
        if separator in said:  # hardly ever, and to look is fifty times cheaper than to replace
            said = said.replace(separator, "")
    raw = said.encode().translate(None, _CONTROL)
    made = [line if len(line) <= FOLD else b"\r\n ".join(_PIECE.findall(line)) for line in raw.split(b"\r\n")]
    return b"\r\n".join([*made, b""])


@cache
def zone_lines(zone: str) -> bytes:
    """VTIMEZONE of the years that feeds speak of."""
    first = date(2020, 1, 1)
    made = icalendar.Timezone.from_tzid(zone, first_date=first, last_date=date(first.year + 18, 1, 1))
    return bytes(made.to_ical())


def calendar(
    events: Iterable[Row],
    apart: Mapping[int, list[Row]],
    names: Mapping[int, str],
    *,
    name: str,
    zone: str,
    site: str,
) -> Iterator[bytes]:
    """The whole file of few events."""
    yield head(name, zone)
    yield from components(events, apart, names, site=site, said=set())
    yield TAIL


TAIL = b"END:VCALENDAR\r\n"


def head(name: str, zone: str) -> bytes:
    return written([
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
    ])  # fmt: skip


def components(
    events: Iterable[Row],
    apart: Mapping[int, list[Row]],
    names: Mapping[int, str],
    *,
    site: str,
    said: set[str],
) -> Iterator[bytes]:
    """Events, with the time zones before them that the file has not `said` yet; `names` are of communities."""
    words = Words(_("Проводит: %(who)s"), _("Стоимость: %(price)s"), _("Отменено: %(why)s"))
    topics = {code: text(str(label)) for code, label in _TOPICS.items()}
    said_of = partial(_same, site=site, names=names, words=words, topics=topics)
    lines: list[str] = []
    for event in events:
        if event["timezone"] not in said and not event["all_day"]:
            said.add(event["timezone"])
            yield zone_lines(event["timezone"])
        _event(lines, event, apart.get(event["pk"], ()), said_of)
    if lines:
        yield written(lines)


class Words(NamedTuple):
    """What is said around the event's own words; looked up once a file."""

    held: str
    costs: str
    off: str


def _event(lines: list[str], event: Row, apart: Iterable[Row], said_of: Callable[[Row], list[str]]) -> None:
    # Only a calendar of one's own has what is not published yet.
    sure = "TENTATIVE" if event.get("tentative") else "CONFIRMED"
    if not event["rrule"] and not event["added"]:
        # A date of an earlier rule may stand beside it, called off; one that was moved has moved the event.
        own = next((one for one in apart if event["starts"] in _seconds_of(one)), None)
        off = event["off"] or (own is not None and own["cancelled_at"] is not None)
        if own is None:
            _component(lines, said_of(event), *_own(event), off, sure)
        else:
            _component(lines, said_of(_on(event, own)), *_times(event, own), off, sure, _comment(own))
        return
    same = said_of(event)
    rules = [f"RRULE:{rule(event)}"] if event["rrule"] else []
    if event["added"]:
        added = ",".join(_value(event, moment) for moment in event["added"])
        rules.append(f"RDATE{_prefix(event)}:{added}")
    if event["left_out"]:
        left_out = ",".join(_value(event, moment) for moment in event["left_out"])
        rules.append(f"EXDATE{_prefix(event)}:{left_out}")
    _component(lines, same, *_own(event), event["off"], sure, rules)
    for one in apart:
        more = [f"RECURRENCE-ID{_prefix(event)}:{_value(event, one['was_at'])}", *_comment(one)]
        on = _on(event, one)
        own = same if on is event else said_of(on)
        _component(lines, own, *_times(event, one), one["cancelled_at"] is not None, sure, more)


def _on(event: Row, date: Row) -> Row:
    """The event as it is on that date: by the name, and at the place, that are the date's own."""
    own = {} if date["own_title"] is None else {"title": date["own_title"]}
    if date["own_place"] is not None:
        own |= {"place": date["own_place"]} | {name: date[name] for name in _VENUE}
    return {**event, **own} if own else event


def _seconds_of(date: Row) -> tuple[int, int]:
    """When it was to be, and when it is."""
    return int(date["was_at"].timestamp()), int(date["starts_at"].timestamp())


def _comment(date: Row) -> list[str]:
    return [f"COMMENT:{text(date['note'])}"] if date["note"] else []


def alone(event: Row, date: Row) -> dict[str, Any]:
    """One date of the event as an event of its own, whose only time `components` is told as one apart.

    Its UID is the date's: it stays when the date moves, when the whole series does, and when the date
    goes over to the series that goes on from it.
    """
    off = date["cancelled_at"] is not None
    own = {
        "pk": date["pk"],
        "uid": f"date-{date['pk']}@{event['uid'].rpartition('@')[2]}",
        "starts": int(date["was_at"].timestamp()),
        "rrule": "",
        "added": None,
        "left_out": None,
        "off": off,
        "tentative": date.get("tentative", False),
        "cancelled_because": event["cancelled_because"] if off else "",
    }
    return {**event, **own}


def _component(
    lines: list[str], same: list[str], starts: str, ends: str, off: bool, sure: str, more: Iterable[str] = ()
) -> None:
    lines.append("BEGIN:VEVENT")
    lines += same
    lines += (f"DTSTART{starts}", f"DTEND{ends}", f"STATUS:{'CANCELLED' if off else sure}")
    lines += more
    lines.append("END:VEVENT")


def _same(
    event: Row, site: str, names: Mapping[int, str], words: Words, topics: Mapping[str, str]
) -> list[str]:
    """What all times of the event have in common."""
    said = [event["short"], event["description"]]
    if holders := ", ".join(names[key] for key in event["communities"] if key in names):
        said.append(words.held % {"who": holders})
    if event["price"]:
        said.append(words.costs % {"price": event["price"]})
    if event["online_url"]:
        said.append(event["online_url"])
    if event["cancelled_because"]:
        said.insert(0, words.off % {"why": event["cancelled_because"]})
    lines = [
        f"UID:{text(event['uid'])}",
        f"DTSTAMP:{event['changed']}",
        f"LAST-MODIFIED:{event['changed']}",
        f"CREATED:{event['created']}",
        f"SEQUENCE:{event['sequence']}",
        f"SUMMARY:{text(event['title'])}",
        f"URL:{site}/calendar/{event['slug']}/",
    ]
    if description := "\n\n".join(filter(None, said)):
        lines.append(f"DESCRIPTION:{text(description)}")
    if place := ", ".join(filter(None, (event["venue__name"], event["place"], event["venue__address"]))):
        lines.append(f"LOCATION:{text(place)}")
    if event["venue__lat"] is not None and event["venue__lng"] is not None:
        lines.append(f"GEO:{event['venue__lat']};{event['venue__lng']}")
    if named := [topics[code] for code in event["topics"] if code in topics]:
        lines.append(f"CATEGORIES:{','.join(named)}")
    return lines


def _own(event: Row) -> tuple[str, str]:
    """Its beginning and end as values with their parameters."""
    zone = _zone(event["timezone"])
    starts = datetime.fromtimestamp(event["starts"], zone)
    ends = datetime.fromtimestamp(event["ends"], zone)
    if event["all_day"]:
        return _begins(event, starts), _ends(event, ends)
    prefix = f";TZID={event['timezone']}:"
    return prefix + _clock(starts), prefix + _clock(ends)


def _times(event: Row, date: Row) -> tuple[str, str]:
    """The same of one of its dates."""
    zone = _zone(event["timezone"])
    return _begins(event, date["starts_at"].astimezone(zone)), _ends(event, date["ends_at"].astimezone(zone))


def _prefix(event: Row) -> str:
    return ";VALUE=DATE" if event["all_day"] else f";TZID={event['timezone']}"


def _begins(event: Row, local: datetime) -> str:
    return f"{_prefix(event)}:{_written(event, local)}"


def _ends(event: Row, local: datetime) -> str:
    # DTEND is the day after the last one; ours is its midnight already.
    if event["all_day"] and local.time() != time.min:
        local += timedelta(days=1)
    return f"{_prefix(event)}:{_written(event, local)}"


def _value(event: Row, moment: datetime) -> str:
    return _written(event, moment.astimezone(_zone(event["timezone"])))


def _written(event: Row, local: datetime) -> str:
    return local.date().isoformat().replace("-", "") if event["all_day"] else _clock(local)


def _clock(local: datetime) -> str:
    # Several times faster than strftime.
    return local.isoformat()[:19].replace("-", "").replace(":", "")


def rule(event: Row) -> str:
    """The rule with UNTIL of the kind that DTSTART asks for: a date for dates, UTC for moments.

    A bare date is the end of its day, as it is when our dates are written (events/recurrence.py).
    """

    def until(found: re.Match[str]) -> str:
        day, clock, utc = found.groups()
        moment = datetime.strptime(day + (clock or "235959"), "%Y%m%d%H%M%S")
        aware = moment.replace(tzinfo=UTC if utc else _zone(event["timezone"]))
        if event["all_day"]:
            return f"UNTIL={aware.astimezone(_zone(event['timezone'])) if utc else moment:%Y%m%d}"
        return f"UNTIL={aware.astimezone(UTC):%Y%m%dT%H%M%SZ}"

    return _UNTIL.sub(until, event["rrule"])
