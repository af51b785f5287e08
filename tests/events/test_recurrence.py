"""Dates of series: by the clock of the place, over changes of the clock, and never without end."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from events.models import Event
from events.recurrence import (
    MOST,
    BadRule,
    checked_rule,
    component,
    ended_with_its_day,
    happens_at,
    rule_from,
    times,
    until_before,
)

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


def moscow(*when: int) -> datetime:
    return datetime(2027, *when, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("rule", "ends"),
    [
        ("FREQ=WEEKLY", "FREQ=WEEKLY;UNTIL=20270129T205959Z"),
        ("FREQ=WEEKLY;COUNT=9", "FREQ=WEEKLY;UNTIL=20270129T205959Z"),
        ("FREQ=WEEKLY;UNTIL=20270501T120000Z", "FREQ=WEEKLY;UNTIL=20270129T205959Z"),
        # It was over before: it does not go on for that.
        ("FREQ=WEEKLY;COUNT=2", "FREQ=WEEKLY;COUNT=2"),
        ("FREQ=WEEKLY;UNTIL=20270123", "FREQ=WEEKLY;UNTIL=20270123"),
    ],
)
def test_a_series_is_cut_at_the_midnight_before(rule, ends):
    assert until_before(event("2027-01-16 15:00", rule), moscow(1, 30, 15)) == ends


def test_a_series_of_whole_days_is_cut_at_the_day_before():
    series = event("2027-01-16 00:00", "FREQ=WEEKLY", all_day=True, hours=24)
    assert until_before(series, moscow(1, 30)) == "FREQ=WEEKLY;UNTIL=20270129"


@pytest.mark.parametrize("hour", [10, 17])
def test_a_cut_series_at_another_hour_has_the_same_days(hour):
    ended = until_before(event("2027-01-16 15:00", "FREQ=WEEKLY"), moscow(1, 30, 15))
    assert shown(event(f"2027-01-16 {hour}:00", ended)) == [f"16.01 {hour}:00", f"23.01 {hour}:00"]


def test_cut_at_a_date_that_was_added_the_day_keeps_what_the_rule_has_before():
    series = event("2027-01-16 15:00", "FREQ=WEEKLY", rdates=[moscow(1, 30, 19)])
    ended = event("2027-01-16 15:00", until_before(series, moscow(1, 30, 19)))
    assert shown(ended) == ["16.01 15:00", "23.01 15:00", "30.01 15:00"]


def test_what_is_left_out_is_counted_and_what_is_added_is_not():
    left_out, added = moscow(1, 23, 15), moscow(1, 20, 12)
    series = event("2027-01-16 15:00", "FREQ=WEEKLY;COUNT=4", exdates=[left_out], rdates=[added])
    assert rule_from(series, moscow(1, 30, 15)) == "FREQ=WEEKLY;COUNT=2"


@pytest.mark.parametrize("rule", ["FREQ=WEEKLY;COUNT=2", "FREQ=WEEKLY;UNTIL=20270124", ""])
def test_behind_its_end_a_rule_does_not_go_on(rule):
    series = event("2027-01-16 15:00", rule, rdates=[moscow(2, 10, 15), moscow(2, 12, 15)])
    assert rule_from(series, moscow(2, 10, 15)) == ""


@pytest.mark.parametrize(
    ("rule", "ended"),
    [
        (
            "FREQ=WEEKLY;UNTIL=20270130T120000Z",
            "FREQ=WEEKLY;UNTIL=20270130T205959Z",
        ),  # the last one begins then
        ("FREQ=WEEKLY;UNTIL=20270130T115959Z", "FREQ=WEEKLY;UNTIL=20270129T205959Z"),  # a second before it
        (
            "FREQ=WEEKLY;UNTIL=20270130T150000",
            "FREQ=WEEKLY;UNTIL=20270130T205959Z",
        ),  # by no clock: by its own
        ("FREQ=WEEKLY;UNTIL=20270130T205959Z", "FREQ=WEEKLY;UNTIL=20270130T205959Z"),
        ("FREQ=WEEKLY;UNTIL=20270130", "FREQ=WEEKLY;UNTIL=20270130"),
        ("FREQ=WEEKLY;COUNT=3", "FREQ=WEEKLY;COUNT=3"),
        ("", ""),
    ],
)
def test_a_rule_that_ends_at_a_moment_ends_with_its_last_day(rule, ended):
    assert ended_with_its_day(rule, moscow(1, 16, 15)) == ended


def test_whether_it_happens_at_a_moment():
    series = event("2027-01-16 15:00", "FREQ=WEEKLY;COUNT=3", exdates=[moscow(1, 23, 15)])
    happens = [
        happens_at(series, moscow(1, day, hour)) for day, hour in [(16, 15), (16, 16), (23, 15), (30, 15)]
    ]
    assert happens == [True, False, False, True]
    assert happens_at(event("2027-01-16 15:00", ""), moscow(1, 16, 15))
