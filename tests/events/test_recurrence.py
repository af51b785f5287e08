"""Dates of series: by the clock of the place, over changes of the clock, and never without end."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from events.models import Event
from events.recurrence import MOST, BadRule, checked_rule, component, rule_from, times, until_before

MOSCOW, BERLIN = ZoneInfo("Europe/Moscow"), ZoneInfo("Europe/Berlin")


def event(starts: str, rrule: str, zone: ZoneInfo = MOSCOW, hours: float = 2, **more) -> Event:
    starts_at = datetime.fromisoformat(starts).replace(tzinfo=zone)
    return Event(
        uid="x", starts_at=starts_at, ends_at=starts_at + timedelta(hours=hours), timezone=zone.key, rrule=rrule,
        exdates=more.pop("exdates", []), **more,
    )  # fmt: skip


def shown(one: Event, until: str = "2028-01-01") -> list[str]:
    found = times(one, datetime.fromisoformat(until).replace(tzinfo=one.tz))
    return [f"{time.starts_at.astimezone(one.tz):%d.%m %H:%M}" for time in found]


def test_a_single_event_is_one_date():
    assert shown(event("2027-01-16 15:00", "")) == ["16.01 15:00"]


@pytest.mark.parametrize(
    ("rrule", "dates"),
    [
        ("FREQ=WEEKLY;COUNT=3", ["16.01", "23.01", "30.01"]),
        ("FREQ=WEEKLY;BYDAY=SA,WE;COUNT=4", ["16.01", "20.01", "23.01", "27.01"]),
        ("FREQ=WEEKLY;INTERVAL=2;UNTIL=20270220", ["16.01", "30.01", "13.02"]),
        ("FREQ=MONTHLY;BYDAY=3SA;COUNT=3", ["16.01", "20.02", "20.03"]),
        ("FREQ=MONTHLY;BYDAY=-1SA;COUNT=2", ["30.01", "27.02"]),
    ],
)
def test_rules(rrule, dates):
    found = [date.split()[0] for date in shown(event("2027-01-16 15:00", rrule))]
    assert [date for date in found if date in dates] == dates


def test_a_bare_date_is_the_whole_of_the_last_day():
    dates = ["16.01 15:00", "23.01 15:00", "30.01 15:00"]
    assert shown(event("2027-01-16 15:00", "FREQ=WEEKLY;UNTIL=20270130")) == dates
    berlin = event("2027-01-16 15:00", "FREQ=WEEKLY;UNTIL=20270130", BERLIN)
    assert shown(berlin) == dates
    # The library alone would end the day before, at its midnight.
    calendar = icalendar.Calendar()
    bare = component(event("2027-01-16 15:00", ""))
    bare.add("RRULE", icalendar.vRecur.from_ical("FREQ=WEEKLY;UNTIL=20270130"))
    calendar.add_component(bare)
    assert len(list(recurring_ical_events.of(calendar).after(event("2027-01-16 15:00", "").starts_at))) == 2


def test_left_out_dates():
    left_out = datetime(2027, 1, 23, 15, tzinfo=MOSCOW)
    assert shown(event("2027-01-16 15:00", "FREQ=WEEKLY;COUNT=3", exdates=[left_out])) == [
        "16.01 15:00",
        "30.01 15:00",
    ]


def test_the_hour_stays_over_a_change_of_the_clock():
    series = event("2027-03-27 19:00", "FREQ=DAILY;COUNT=3", BERLIN)
    assert shown(series) == ["27.03 19:00", "28.03 19:00", "29.03 19:00"]
    first, second, _third = (
        time.starts_at.astimezone(UTC) for time in times(series, series.ends_at + timedelta(days=5))
    )
    assert second - first == timedelta(hours=23)


def test_an_all_day_event_is_from_midnight_to_midnight():
    series = event("2027-01-16 00:00", "FREQ=WEEKLY;COUNT=2", all_day=True, hours=24)
    assert shown(series) == ["16.01 00:00", "23.01 00:00"]
    assert times(series, datetime(2028, 1, 1, tzinfo=MOSCOW))[1].ends_at == datetime(
        2027, 1, 24, tzinfo=MOSCOW
    )


def test_past_midnight():
    series = event("2027-01-16 22:00", "FREQ=WEEKLY;COUNT=2", hours=5)
    assert shown(series) == ["16.01 22:00", "23.01 22:00"]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY", "FREQ=MINUTELY;COUNT=5", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=9,10", 
        "FREQ=DAILY;COUNT=2;UNTIL=20270101",
        "FREQ=WEEKLY;INTERVAL=0", "FREQ=WEEKLY;COUNT=0", "чепуха", "FREQ=SOMETIMES", "BYDAY=SA", "FREQ=DAILY;X-A=1",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=YEARLY;BYMONTH=2,4;BYMONTHDAY=31,-31",
    ],
)  # fmt: skip
def test_rules_that_nobody_needs_are_refused(rule):
    with pytest.raises(BadRule):
        checked_rule(rule)


@pytest.mark.parametrize(
    "rule",
    ["FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2", "FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=2,1", "FREQ=DAILY;BYMONTH=2"],
)
def test_a_rare_day_is_a_day(rule):
    assert checked_rule(rule) == rule


def test_a_rule_is_kept_in_one_spelling():
    assert checked_rule(" RRULE:freq=weekly;byday=sa ") == checked_rule("FREQ=WEEKLY;BYDAY=SA")
    assert checked_rule("") == ""


def test_forty_years_of_every_day_are_refused_and_of_every_month_are_not():
    daily = event("2027-01-16 15:00", "FREQ=DAILY;UNTIL=20670101")
    with pytest.raises(BadRule, match=str(MOST)):
        times(daily, datetime(2030, 1, 1, tzinfo=MOSCOW))
    monthly = event("2027-01-16 15:00", "FREQ=MONTHLY;UNTIL=20670101")
    assert len(times(monthly, datetime(2067, 1, 1, tzinfo=MOSCOW))) == 480


def test_a_series_is_cut_in_two():
    series = event("2027-01-16 15:00", "FREQ=WEEKLY;COUNT=4")
    cut = datetime(2027, 1, 30, 15, tzinfo=MOSCOW)
    before = event("2027-01-16 15:00", until_before(series, cut))
    after = event("2027-01-30 15:00", rule_from(series, cut))
    assert shown(before) + shown(after) == shown(series)
