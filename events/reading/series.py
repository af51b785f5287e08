"""One event of a calendar file as we keep it: a first time, a rule, and the dates that differ from it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from math import prod
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events

from events.choices import Refusal
from events.querysets.occurrence import LONGEST
from events.reading.entry import comparable, described, is_private, own_words, when
from events.reading.incoming import Incoming, Moved, NotTaken
from events.recurrence import MOST, BadRule, checked_rule, end_with_the_day, has_days, times

#: How long something lasts whose file does not say it.
AN_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
#: A series with more dates than that is bounded: as time goes on it must not grow past MOST.
DENSE = 400
#: Earlier than that nothing of ours began.
OLDEST = 1900
_OFTEN = {"SECONDLY", "MINUTELY", "HOURLY"}
#: Such parts make several times of one; so many a day.
_PARTS_OF_DAY, _SO_MANY = ("BYHOUR", "BYMINUTE", "BYSECOND"), 4
#: Our column holds no longer rule.
_LONGEST_RULE = 300
_ZULU = {"UTC", "Etc/UTC", "Zulu", "Etc/GMT", "GMT"}
_BUSY = {"busy", "занят", "занято", "free", "свободен", "свободно"}


@dataclass(frozen=True)
class Window:
    """What is read of a calendar: what happens from `since` and begins before `until`, by the clocks of `home`."""

    since: datetime
    until: datetime
    home: ZoneInfo


def incoming(calendar: icalendar.Calendar, uid: str, window: Window) -> Incoming | None:
    """The event that `calendar` holds, or None when it is over. Raises NotTaken."""
    components = list(calendar.walk("VEVENT"))
    master = _master(calendar)
    _check(master)
    for one in components:
        _check_rules(one)
        _bound(one, window, str(calendar.get("X-WR-TIMEZONE", "")))
    happens = _happens(calendar, window)
    if not happens:
        return None
    said = described(master, uid)
    first = min(happens.values(), key=lambda moved: moved.starts_at)
    repeats = "RRULE" in master or len(happens) > 1
    zones = _zones(master, window.home, str(calendar.get("X-WR-TIMEZONE", "")))
    plain = replace(said, starts_at=first.starts_at, ends_at=first.ends_at, timezone=zones[0])
    if not repeats:
        (own,) = happens.values()
        plain = replace(plain, cancelled=said.cancelled or own.cancelled, title=own.title or said.title)
        return plain if own.place is None else replace(plain, place=own.place, online_url="")
    return _series(calendar, master, plain, happens, window, zones)


def _master(calendar: icalendar.Calendar) -> icalendar.Event:
    """The component that speaks of all times; of dates alone the first."""
    components = list(calendar.walk("VEVENT"))
    return next((one for one in components if "RECURRENCE-ID" not in one), components[0])


# --- what may come in ------------------------------------------------------------------------------


def _check(event: icalendar.Event) -> None:
    """Raises NotTaken for what nobody wants in a city's calendar."""
    title = str(event.get("SUMMARY", "")).strip()
    if is_private(event):
        raise NotTaken(Refusal.PRIVATE)
    if not title:
        raise NotTaken(Refusal.NO_TITLE)
    if title.casefold() in _BUSY:
        raise NotTaken(Refusal.BUSY)
    if any(name == "DTSTART" for name, _words in event.errors):
        raise NotTaken(Refusal.NO_START)
    if any(name == "DTEND" for name, _words in event.errors):
        raise NotTaken(Refusal.BROKEN)
    start, end = when(event, "DTSTART"), when(event, "DTEND")
    if start is None or start.year < OLDEST:
        raise NotTaken(Refusal.NO_START)
    if end is not None and comparable(end) < comparable(start):
        raise NotTaken(Refusal.ENDS_FIRST)
    if any(
        name in ("DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID") for name, _words in event.errors
    ):
        raise NotTaken(Refusal.BROKEN)
    lasts = event.get("DURATION")
    if lasts is not None and lasts.dt < timedelta(0):
        raise NotTaken(Refusal.ENDS_FIRST)


def _check_rules(event: icalendar.Event) -> None:
    """Raises NotTaken for rules that nobody lives by, or that would be followed for ever."""
    for rule in _rules(event):
        if str(rule.get("FREQ", [""])[0]).upper() in _OFTEN:
            raise NotTaken(Refusal.TOO_OFTEN)
        if prod(len(rule.get(part, ())) or 1 for part in _PARTS_OF_DAY) > _SO_MANY:
            raise NotTaken(Refusal.TOO_OFTEN)
        if any(int(rule.get(part, [1])[0]) < least for part, least in (("INTERVAL", 1), ("COUNT", 0))):
            raise NotTaken(Refusal.BROKEN)


def _rules(event: icalendar.Event) -> list[Any]:
    found = event.get("RRULE", [])
    return found if isinstance(found, list) else [found]


def _bound(event: icalendar.Event, window: Window, named: str) -> None:
    """End its rules behind the window: a rule that never comes true would be followed for thousands of years.

    And with the whole of a last day; `named` is the clock of the whole calendar, if it has one.
    """
    start, edge = when(event, "DTSTART"), window.until + _DAY
    rules = _rules(event)
    if not all(map(has_days, rules)):
        del event["RRULE"]
        for rule in filter(has_days, rules):
            event.add("RRULE", rule)
    for rule in _rules(event):
        if isinstance(start, datetime):
            end_with_the_day(rule, _zone_of(event, window, named) if start.tzinfo else None)
            last: Any = edge.astimezone(UTC) if start.tzinfo else edge.replace(tzinfo=None)
        else:
            last = edge.date()
        known = rule.get("UNTIL", [None])[0]
        if known is None or comparable(known) > comparable(last):
            rule["UNTIL"] = [last]


# --- when it happens -------------------------------------------------------------------------------


def _happens(calendar: icalendar.Calendar, window: Window) -> dict[datetime, Moved]:
    """By which moment of the rule → what happens, as the library says it."""
    found: dict[datetime, Moved] = {}
    lengths: list[timedelta] = []
    master = _master(calendar)
    for one in _occurrences(calendar, window):
        start, end = _moment(one["DTSTART"], window.home), _moment(one["DTEND"], window.home)
        if end <= start:  # no end is said
            end = start + (lengths[0] if lengths else AN_HOUR)
        else:
            lengths.append(end - start)
        if end - start > LONGEST:
            raise NotTaken(Refusal.TOO_LONG)
        was_at = _moment(one["RECURRENCE-ID"], window.home) if "RECURRENCE-ID" in one else start
        if was_at in found:  # «this and the following» share one
            was_at = start
        off = str(one.get("STATUS", "")).upper() == "CANCELLED"
        found[was_at] = Moved(start, end, off, **({} if is_private(one) else own_words(one, master, off)))
    return dict(sorted(found.items()))


def _occurrences(calendar: icalendar.Calendar, window: Window) -> Iterator[icalendar.Event]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # COUNT beside our UNTIL
        rows = recurring_ical_events.of(calendar).between(window.since - _DAY, window.until + _DAY)
    rows.sort(
        key=lambda one: (str(one.get("STATUS", "")) == "CANCELLED", _moment(one["DTSTART"], window.home))
    )
    for one in rows:
        start, end = _moment(one["DTSTART"], window.home), _moment(one["DTEND"], window.home)
        if start < window.until and max(end, start + timedelta(seconds=1)) > window.since:
            yield one


def _moment(value: Any, zone: ZoneInfo) -> datetime:
    value = getattr(value, "dt", value)
    if not isinstance(value, datetime):
        value = datetime.combine(value, time.min, zone)
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _zone_of(event: icalendar.Event, window: Window, named: str) -> ZoneInfo:
    """The likeliest clock that it repeats by; home's where its own is one that nobody knows."""
    try:
        return ZoneInfo(_zones(event, window.home, named)[0])
    except (ValueError, KeyError, OSError):
        return window.home


def _zones(event: icalendar.Event, home: ZoneInfo, named: str) -> list[str]:
    """By whose clock it may repeat, the likeliest first; `named` is the clock of the whole calendar, if it has one."""
    start = when(event, "DTSTART")
    if not isinstance(start, datetime):
        return [home.key]
    own = str(getattr(start.tzinfo, "key", "") or "")
    if own and own not in _ZULU:
        return [own]
    zones = [named, home.key] if named else [home.key]
    return [*zones, "UTC"] if own else zones


# --- a series --------------------------------------------------------------------------------------


def _series(
    calendar: icalendar.Calendar,
    master: icalendar.Event,
    said: Incoming,
    happens: dict[datetime, Moved],
    window: Window,
    zones: list[str],
) -> Incoming:
    """The rule by the clock that tells the most, and what differs from it date by date."""
    bare = _bare(calendar, master)
    ruled = list(_happens(bare, window).values()) if bare else []
    sketches = [_sketch(bare, said, happens, ruled, zone, window) for zone in zones] if bare else []
    sketches.append(_dated(said, happens, window))
    return min(sketches, key=lambda sketch: len(sketch.rdates) + len(sketch.exdates))


def _bare(calendar: icalendar.Calendar, master: icalendar.Event) -> icalendar.Calendar | None:
    """The event with its first rule alone."""
    if "RRULE" not in master:
        return None
    bare = icalendar.Event()
    for name in ("UID", "DTSTART", "DTEND", "DURATION"):
        if name in master:
            bare[name] = master[name]
    bare["RRULE"] = _rules(master)[0]
    made = icalendar.Calendar()
    if "X-WR-TIMEZONE" in calendar:
        made["X-WR-TIMEZONE"] = calendar["X-WR-TIMEZONE"]
    made.add_component(bare)
    return made


def _sketch(
    bare: icalendar.Calendar,
    said: Incoming,
    happens: dict[datetime, Moved],
    ruled: list[Moved],
    zone: str,
    window: Window,
) -> Incoming:
    """By its rule in `zone`; where that leads elsewhere, dates are left out and added."""
    if not ruled:
        return _dated(said, happens, window)
    first = ruled[0]
    try:
        rrule = checked_rule(_rule_from(bare, first.starts_at, len(ruled) > DENSE, window, zone))
    except BadRule:
        return _dated(said, happens, window)
    if len(rrule) > _LONGEST_RULE:
        return _dated(said, happens, window)
    sketch = replace(
        said, starts_at=first.starts_at, ends_at=first.ends_at, timezone=zone, rrule=rrule, moved={}
    )
    try:
        base = {one.was_at: one for one in times(sketch, window.until)}  # type: ignore[arg-type]
    except BadRule:
        return _dated(said, happens, window)
    return _fitted(sketch, {was_at: (one.starts_at, one.ends_at) for was_at, one in base.items()}, happens)


def _rule_from(bare: icalendar.Calendar, start: datetime, dense: bool, window: Window, zone: str) -> str:
    """The rule as it goes on from `start`, without the end that we have set."""
    (master,) = bare.subcomponents
    rule = icalendar.vRecur(_rules(master)[0])
    edge = rule.get("UNTIL", [None])[0]
    if edge is not None and comparable(edge) >= window.until:
        del rule["UNTIL"]
    if "COUNT" in rule:
        begins = _moment(master["DTSTART"], window.home)
        passed = 0
        if begins < start:
            before = _happens(bare, Window(begins - _DAY, start, window.home)).values()
            passed = len(before)
        rule["COUNT"] = [int(rule["COUNT"][0]) - passed]
        rule.pop("UNTIL", None)
    elif "UNTIL" in rule:
        # A floating or a local end is a moment of that zone.
        last = rule["UNTIL"][0]
        if isinstance(last, datetime) and isinstance(when(master, "DTSTART"), datetime):
            aware = last if last.tzinfo else last.replace(tzinfo=ZoneInfo(zone))
            rule["UNTIL"] = [aware.astimezone(UTC)]
    elif dense:
        month = (window.until.astimezone(window.home) - _DAY).replace(day=1)
        all_day = not isinstance(when(master, "DTSTART"), datetime)
        rule["UNTIL"] = [month.date() if all_day else month.astimezone(UTC)]
    return str(rule.to_ical().decode())


def _dated(said: Incoming, happens: dict[datetime, Moved], window: Window) -> Incoming:
    """Every date by itself: no rule of ours says the same."""
    moments = list(happens)
    first = happens[moments[0]]
    lasts = first.ends_at - first.starts_at
    sketch = replace(
        said,
        timezone=said.timezone if said.timezone != "UTC" else window.home.key,
        starts_at=moments[0],
        ends_at=moments[0] + lasts,
        rrule="",
        moved={},
    )
    kept = dict(list(happens.items())[: MOST - 1])
    base = {was_at: (was_at, was_at + lasts) for was_at in kept}
    fitted = _fitted(sketch, {moments[0]: base[moments[0]]}, kept, lasts)
    fitted.is_cut = len(kept) < len(happens)
    return fitted


def _fitted(
    sketch: Incoming,
    base: dict[datetime, tuple[datetime, datetime]],
    happens: dict[datetime, Moved],
    lasts: timedelta | None = None,
) -> Incoming:
    """The same times as `happens`, whatever the rule alone says."""
    lasts = lasts or sketch.ends_at - sketch.starts_at
    # Behind the end of a bounded rule nothing is added: it goes on when the window does.
    last = max(base) if sketch.rrule and "UNTIL" in sketch.rrule and len(happens) > DENSE else None
    wanted = {was_at: one for was_at, one in happens.items() if last is None or was_at <= last}
    sketch.exdates = sorted(was_at for was_at in base if was_at not in wanted)
    sketch.rdates = sorted(was_at for was_at in wanted if was_at not in base)
    for was_at, one in wanted.items():
        starts_at, ends_at = base.get(was_at, (was_at, was_at + lasts))
        if one != Moved(starts_at, ends_at):
            sketch.moved[was_at] = one
    return sketch
