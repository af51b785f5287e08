"""When a series happens: RFC 5545 rules, by the clock of the event's time zone. Pure.

The libraries do the counting (`recurring-ical-events` on an `icalendar` event); here it is said which
rules a city needs, and that nobody's rule costs more than a few hundred dates.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from django.utils.translation import gettext as _

from events.choices import Weekday

if TYPE_CHECKING:
    from events.models import Event

#: How far ahead dates are written down; a nightly task moves it on.
HORIZON = timedelta(days=550)
#: Nothing is announced for later: there a year is mistyped.
FARTHEST = timedelta(days=5 * 366)
#: A series that would have more dates than that, as far as is looked, is refused.
MOST = 600
#: So many has none, however long it has gone on.
EVER = 10 * MOST
#: What a rule may be made of; seconds, minutes and hours of the day are for machines.
PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
#: Month → its days, where they are fewer than 31.
_SHORT_MONTHS = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}
_DAY = timedelta(days=1)
#: Monday first.
WEEKDAYS = tuple(Weekday.values)


class BadRule(ValueError):
    """A rule that no calendar of people has; the message is for whoever wrote it."""


@dataclass(frozen=True)
class Time:
    """One time of an event; `was_at` is its beginning by the rule."""

    starts_at: datetime
    ends_at: datetime

    @property
    def was_at(self) -> datetime:
        return self.starts_at


def checked_rule(text: str) -> str:
    """The rule as we keep it. Raises BadRule."""
    text = text.strip().removeprefix("RRULE:").upper()
    if not text:
        return ""
    try:
        rule = icalendar.vRecur.from_ical(text)
    except ValueError as error:
        raise BadRule(_("Правило повторения не читается: проверьте, как оно записано.")) from error
    unknown = sorted(set(rule) - PARTS)
    frequency = str(rule.get("FREQ", [""])[0])
    if frequency not in FREQUENCIES or unknown:
        raise BadRule(_("Повторять можно по дням, неделям, месяцам и годам, не чаще раза в день."))
    if "COUNT" in rule and "UNTIL" in rule:
        raise BadRule(_("Укажите либо число повторений, либо последний день, не то и другое."))
    if int(rule.get("INTERVAL", [1])[0]) < 1 or int(rule.get("COUNT", [1])[0]) < 1:
        raise BadRule(_("Число повторений и промежуток — целые числа от единицы."))
    if not has_days(rule):
        raise BadRule(_("Такого дня не бывает: проверьте число и месяц в правиле повторения."))
    return str(rule.to_ical().decode())


def has_days(rule: icalendar.vRecur) -> bool:
    """Whether there is such a day in any year: for the 30th of February the library looks until the year 9999."""
    days = rule.get("BYMONTHDAY")
    months = rule.get("BYMONTH") or range(1, 13)
    return not days or any(
        abs(int(day)) <= _SHORT_MONTHS.get(int(month), 31) for day in days for month in months
    )


def component(event: Event) -> icalendar.Event:
    """The event as a calendar's own: its first time, rule, left-out and added times."""
    made = icalendar.Event()
    made.add("UID", event.uid or "draft")
    starts, ends = _local(event, event.starts_at), _local(event, event.ends_at)
    if event.all_day:
        made.add("DTSTART", starts.date())
        made.add("DTEND", ends.date() if ends.time() == time.min else ends.date() + _DAY)
    else:
        made.add("DTSTART", starts)
        made.add("DTEND", ends)
    if event.rrule:
        rule = icalendar.vRecur.from_ical(event.rrule)
        if not event.all_day:
            end_with_the_day(rule, event.tz)
        made.add("RRULE", rule)
    for left_out in event.exdates:
        local = _local(event, left_out)
        made.add("EXDATE", local.date() if event.all_day else local)
    for added in event.rdates:
        local = _local(event, added)
        made.add("RDATE", local.date() if event.all_day else local)
    return made


def end_with_the_day(rule: icalendar.vRecur, zone: tzinfo | None) -> None:
    """Read UNTIL that is a bare date as the end of that day in `zone` (None: by no clock), where hours are meant.

    RFC 5545 asks for a moment there; people and programs write a date and mean the day with all that is on it,
    and Google reads it so. `recurring-ical-events` takes its midnight, so it is handed the moment.
    """
    last = rule.get("UNTIL", [None])[0]
    if last is not None and not isinstance(last, datetime):
        moment = datetime.combine(last, time(23, 59, 59), zone)
        rule["UNTIL"] = [moment.astimezone(UTC) if zone else moment]


def _local(event: Event, moment: datetime) -> datetime:
    return moment.astimezone(event.tz)


def first_and_last_day(starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> tuple[date, date]:
    """The first and the last day by the clock of `zone`; what ends at midnight ends on the day before."""
    day = starts_at.astimezone(zone).date()
    return day, max(day, (ends_at - timedelta(microseconds=1)).astimezone(zone).date())


def times(event: Event, until: datetime, since: datetime | None = None, most: int = MOST) -> list[Time]:
    """Every time of a series that begins before `until`, or of these from `since` on, in order.

    The one of a single event whenever it is. Raises BadRule for more than `most`.
    """
    if not event.rrule and not event.rdates:
        return [Time(event.starts_at, event.ends_at)]
    found: list[Time] = []
    for one in _times_from(event, since or event.starts_at):
        if one.starts_at >= until:
            break
        found.append(one)
        if len(found) > most:
            raise BadRule(
                _("В серии получается больше %(n)s дат. Повторяйте реже или укажите последний день.")
                % {"n": most}
            )
    return found


def _times_from(event: Event, since: datetime) -> Iterator[Time]:
    """Every time of a series that begins at `since` or later, in order."""
    calendar = icalendar.Calendar()
    calendar.add_component(component(event))
    for one in recurring_ical_events.of(calendar).after(since):
        starts_at = _moment(one.get("DTSTART").dt, event.tz)
        if starts_at >= since:  # others are running
            yield Time(starts_at, _moment(one.get("DTEND").dt, event.tz))


def _moment(value: date | datetime, zone: ZoneInfo) -> datetime:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=zone)
    return datetime.combine(value, time.min, zone)


def happens_at(event: Event, moment: datetime) -> bool:
    """Whether one of its times, by its rule, begins then."""
    return any(time.was_at == moment for time in times(event, moment + timedelta(seconds=1), moment))


def last_day(rule: icalendar.vRecur, starts_at: datetime) -> date | None:
    """The last day that the rule may have, by the clock of `starts_at`; None when it has no such end."""
    last = rule.get("UNTIL", [None])[0]
    if not isinstance(last, datetime):
        return last  # type: ignore[no-any-return]
    local = (last if last.tzinfo else last.replace(tzinfo=starts_at.tzinfo)).astimezone(starts_at.tzinfo)
    # Many programs cut a series in two a second before the first time of the rest.
    return local.date() if local.time() >= starts_at.time() else local.date() - _DAY


def until_before(event: Event, moment: datetime) -> str:
    """The event's rule, ended before `moment`: how a series is cut in two.

    It ends with a day, so that it has the same days when its hour is changed.
    """
    alone = _by_rule_alone(event)
    if not _goes_on(alone, moment):
        return event.rrule
    cut = _local(event, moment)
    midnight = datetime.combine(cut.date(), time.min, cut.tzinfo)
    # Beside a date that was added the rule may have one earlier on that day.
    last = cut.date() if times(alone, moment, midnight) else cut.date() - _DAY
    rule = icalendar.vRecur.from_ical(event.rrule)
    rule.pop("COUNT", None)
    rule["UNTIL"] = [last]
    if not event.all_day:
        end_with_the_day(rule, event.tz)
    return str(rule.to_ical().decode())


def rule_from(event: Event, moment: datetime) -> str:
    """The event's rule as it goes on from `moment`, if it does: what was counted before is not counted again."""
    alone = _by_rule_alone(event)
    if not _goes_on(alone, moment):
        return ""
    rule = icalendar.vRecur.from_ical(event.rrule)
    if "COUNT" in rule:
        rule["COUNT"] = [int(rule["COUNT"][0]) - len(times(alone, moment))]
    return str(rule.to_ical().decode())


def ended_with_its_day(text: str, starts_at: datetime) -> str:
    """The rule of a series that began at `starts_at` (by its clock), ended with its last day, not at a moment of it.

    Where the hour of the series changes, it has the same days then.
    """
    rule = icalendar.vRecur.from_ical(text)
    if not isinstance(rule.get("UNTIL", [None])[0], datetime):
        return text
    rule["UNTIL"] = [last_day(rule, starts_at)]
    end_with_the_day(rule, starts_at.tzinfo)
    return str(rule.to_ical().decode())


def carried(event: Event, left_out: Iterable[datetime], began: datetime, by: timedelta) -> list[datetime]:
    """Times that a series leaves out, when it no longer begins at `began` and its dates have moved `by`.

    A day that it still has stays left out, at the hour of now; others go along.
    """
    alone, found = _by_rule_alone(event), []
    hours = datetime.combine(began.date(), _local(event, event.starts_at).time()) - began.replace(tzinfo=None)
    for moment in left_out:
        was = moment.astimezone(began.tzinfo).replace(tzinfo=None)
        on_its_day, along = ((was + far).replace(tzinfo=event.tz) for far in (hours, by))
        stays = abs(by) >= _DAY and happens_at(alone, on_its_day)
        found.append(on_its_day if stays else along)
    return found


def _by_rule_alone(event: Event) -> Event:
    """The event without what was left out and added: what its rule counts."""
    alone = copy(event)
    alone.exdates, alone.rdates = [], []
    return alone


def _goes_on(event: Event, moment: datetime) -> bool:
    """Whether its rule has a time then or later."""
    return bool(event.rrule) and next(_times_from(event, moment), None) is not None
