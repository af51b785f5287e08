"""One event of a calendar file as we keep it: a first time, a rule, and the dates that differ from it."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from math import prod
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from communities.choices import Topic
from events.choices import Refusal
from events.querysets.occurrence import LONGEST
from events.reading.words import one_line, paragraphs
from events.recurrence import MOST, BadRule, checked_rule, end_with_the_day, times

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
_TOPICS = {str(choice.label).casefold(): choice.value for choice in Topic}


class NotTaken(Exception):
    """This event does not come in; `why` says it in our words."""

    def __init__(self, why: Refusal) -> None:
        super().__init__(str(why.label))
        self.why = why


@dataclass(frozen=True)
class Moved:
    """One date that differs from the rule."""

    starts_at: datetime
    ends_at: datetime
    cancelled: bool = False
    note: str = ""


@dataclass
class Incoming:
    """An event as its source says it, in the columns of ours."""

    uid: str
    title: str
    starts_at: datetime
    ends_at: datetime
    timezone: str
    all_day: bool = False
    rrule: str = ""
    exdates: list[datetime] = field(default_factory=list)
    rdates: list[datetime] = field(default_factory=list)
    description: str = ""
    place: str = ""
    online_url: str = ""
    topics: list[str] = field(default_factory=list)
    cancelled: bool = False
    sequence: int = 0
    changed_at: datetime | None = None
    #: By when the rule says it happens → what is other then.
    moved: dict[datetime, Moved] = field(default_factory=dict)
    #: Further dates were left out: there are too many.
    is_cut: bool = False

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def dates(self, until: datetime) -> list[tuple[datetime, datetime, datetime, bool]]:
        """Every (by the rule, beginning, end, called off) before `until`, as our rows will say it."""
        found = []
        for one in times(self, until):  # type: ignore[arg-type]
            own = self.moved.get(one.was_at) or Moved(one.starts_at, one.ends_at)
            found.append((one.was_at, own.starts_at, own.ends_at, own.cancelled or self.cancelled))
        return found


@dataclass(frozen=True)
class Window:
    """What is read of a calendar: what happens from `since` and begins before `until`, by the clocks of `home`."""

    since: datetime
    until: datetime
    home: ZoneInfo


def incoming(calendar: icalendar.Calendar, uid: str, window: Window) -> Incoming | None:
    """The event that `calendar` holds, or None when it is over. Raises NotTaken."""
    components = list(calendar.walk("VEVENT"))
    master = next((one for one in components if "RECURRENCE-ID" not in one), components[0])
    _check(master)
    for one in components:
        _check_rules(one)
        _bound(one, window, str(calendar.get("X-WR-TIMEZONE", "")))
    happens = _happens(calendar, window)
    if not happens:
        return None
    said = _words(master, uid)
    first = min(happens.values(), key=lambda moved: moved.starts_at)
    repeats = "RRULE" in master or len(happens) > 1
    zones = _zones(master, window.home, str(calendar.get("X-WR-TIMEZONE", "")))
    plain = replace(said, starts_at=first.starts_at, ends_at=first.ends_at, timezone=zones[0])
    if not repeats:
        (own,) = happens.values()
        return replace(plain, cancelled=said.cancelled or own.cancelled)
    return _series(calendar, master, plain, happens, window, zones)


# --- what may come in ------------------------------------------------------------------------------


def _check(event: icalendar.Event) -> None:
    """Raises NotTaken for what nobody wants in a city's calendar."""
    title = str(event.get("SUMMARY", "")).strip()
    if str(event.get("CLASS", "PUBLIC")).strip().upper() in ("PRIVATE", "CONFIDENTIAL"):
        raise NotTaken(Refusal.PRIVATE)
    if not title:
        raise NotTaken(Refusal.NO_TITLE)
    if title.casefold() in _BUSY:
        raise NotTaken(Refusal.BUSY)
    if any(name == "DTSTART" for name, _words in event.errors):
        raise NotTaken(Refusal.NO_START)
    if any(name == "DTEND" for name, _words in event.errors):
        raise NotTaken(Refusal.BROKEN)
    start, end = _dt(event, "DTSTART"), _dt(event, "DTEND")
    if start is None or start.year < OLDEST:
        raise NotTaken(Refusal.NO_START)
    if end is not None and _comparable(end) < _comparable(start):
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


def _dt(event: icalendar.Event, name: str) -> Any:
    value = event.get(name)
    return None if value is None or isinstance(value, list) else getattr(value, "dt", None)


def _comparable(value: date | datetime) -> datetime:
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min, UTC)
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _rules(event: icalendar.Event) -> list[Any]:
    found = event.get("RRULE", [])
    return found if isinstance(found, list) else [found]


def _bound(event: icalendar.Event, window: Window, named: str) -> None:
    """End its rules behind the window: a rule that never comes true would be followed for thousands of years.

    And with the whole of a last day; `named` is the clock of the whole calendar, if it has one.
    """
    start, edge = _dt(event, "DTSTART"), window.until + _DAY
    for rule in _rules(event):
        if isinstance(start, datetime):
            end_with_the_day(rule, _zone_of(event, window, named) if start.tzinfo else None)
            last: Any = edge.astimezone(UTC) if start.tzinfo else edge.replace(tzinfo=None)
        else:
            last = edge.date()
        known = rule.get("UNTIL", [None])[0]
        if known is None or _comparable(known) > _comparable(last):
            rule["UNTIL"] = [last]


# --- when it happens -------------------------------------------------------------------------------


def _happens(calendar: icalendar.Calendar, window: Window) -> dict[datetime, Moved]:
    """By which moment of the rule → what happens, as the library says it."""
    found: dict[datetime, Moved] = {}
    lengths: list[timedelta] = []
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
        status = str(one.get("STATUS", "")).upper()
        found[was_at] = Moved(start, end, status == "CANCELLED", one_line(str(one.get("COMMENT", "")), 200))
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
    start = _dt(event, "DTSTART")
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
    if edge is not None and _comparable(edge) >= window.until:
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
        if isinstance(last, datetime) and isinstance(_dt(master, "DTSTART"), datetime):
            aware = last if last.tzinfo else last.replace(tzinfo=ZoneInfo(zone))
            rule["UNTIL"] = [aware.astimezone(UTC)]
    elif dense:
        month = (window.until.astimezone(window.home) - _DAY).replace(day=1)
        all_day = not isinstance(_dt(master, "DTSTART"), datetime)
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
        if (one.starts_at, one.ends_at) != (starts_at, ends_at) or one.cancelled or one.note:
            sketch.moved[was_at] = one
    return sketch


# --- what it says ----------------------------------------------------------------------------------


def _words(event: icalendar.Event, uid: str) -> Incoming:
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
    start = _dt(event, "DTSTART")
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


def _is_address(url: str) -> bool:
    """Whether a page can show it as a link."""
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError:
        return False
    return True


def _is_outlook_day(event: icalendar.Event, start: datetime) -> bool:
    """Outlook writes a whole day as one from midnight to midnight."""
    end = _dt(event, "DTEND")
    says = str(event.get("X-MICROSOFT-CDO-ALLDAYEVENT", "")).strip().upper() == "TRUE"
    return says and start.time() == time.min and isinstance(end, datetime) and end.time() == time.min


def changed_at(event: icalendar.Event) -> datetime | None:
    """When its author last touched it, if the file says so."""
    value = _dt(event, "LAST-MODIFIED")
    return _comparable(value) if isinstance(value, datetime) else None


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
