"""The form's words and the calendar's rules say the same, there and back."""

from datetime import date, timedelta

import pytest

from events.choices import Repeat
from events.forms.repeats import Pattern, first_day, pattern_of, rule_of, shortest_gap
from tests.factories import SATURDAY

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "pattern",
    [
        Pattern(),
        Pattern(Repeat.DAILY, count=5),
        Pattern(Repeat.DAILY, until=date(2027, 1, 20)),
        Pattern(Repeat.WEEKLY, weekdays=("SA",)),
        Pattern(Repeat.WEEKLY, count=5, weekdays=("TU", "SA")),
        Pattern(Repeat.BIWEEKLY, until=date(2027, 5, 30), weekdays=("SA",)),
        Pattern(Repeat.BIWEEKLY, weekdays=("MO", "SA")),
        Pattern(Repeat.MONTHLY, until=date(2027, 5, 15)),
        Pattern(Repeat.MONTHLY_DATE, count=3),
    ],
)
@pytest.mark.parametrize("all_day", [False, True])
def test_there_and_back(pattern, all_day):
    assert pattern_of(rule_of(pattern, SATURDAY, all_day=all_day), SATURDAY) == pattern


@pytest.mark.parametrize(
    ("pattern", "rule"),
    [
        (Pattern(Repeat.WEEKLY), "FREQ=WEEKLY"),
        (Pattern(Repeat.WEEKLY, weekdays=("SA",)), "FREQ=WEEKLY"),
        (Pattern(Repeat.WEEKLY, weekdays=("TU", "SA")), "FREQ=WEEKLY;BYDAY=TU,SA"),
        (Pattern(Repeat.MONTHLY), "FREQ=MONTHLY;BYDAY=3SA"),
        (Pattern(Repeat.MONTHLY_DATE), "FREQ=MONTHLY;BYMONTHDAY=16"),
        (Pattern(Repeat.DAILY, count=3), "FREQ=DAILY;COUNT=3"),
    ],
)
def test_the_rule_says_no_more_than_is_needed(pattern, rule):
    assert rule_of(pattern, SATURDAY, all_day=False) == rule


@pytest.mark.parametrize(
    ("rule", "repeats"),
    [
        ("FREQ=MONTHLY", Repeat.MONTHLY_DATE),
        ("FREQ=WEEKLY;BYDAY=SA,MO;WKST=SU", Repeat.WEEKLY),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SA,SU;WKST=SU", Repeat.OWN),  # its Sundays are those of other weeks
        ("FREQ=WEEKLY;BYDAY=MO", Repeat.OWN),  # it begins on a day that is none of its own
        ("FREQ=WEEKLY;INTERVAL=3", Repeat.OWN),
        ("FREQ=DAILY;INTERVAL=2", Repeat.OWN),
        ("FREQ=DAILY;BYDAY=SA", Repeat.OWN),
        ("FREQ=MONTHLY;BYMONTHDAY=5", Repeat.OWN),
        ("FREQ=MONTHLY;BYMONTHDAY=16,20", Repeat.OWN),
        ("FREQ=MONTHLY;BYDAY=-1SA", Repeat.OWN),
        ("FREQ=YEARLY", Repeat.OWN),
    ],
)
def test_foreign_rules_are_said_where_the_form_can(rule, repeats):
    assert pattern_of(rule, SATURDAY).repeats == repeats


def test_a_series_cut_in_two_ends_on_the_day_before():
    # It goes on otherwise from 30 January, 15:00: a second before that, the day is not the last one.
    assert pattern_of("FREQ=WEEKLY;UNTIL=20270130T115959Z", SATURDAY).until == date(2027, 1, 29)


def test_a_series_begins_on_the_first_day_that_fits():
    saturday = SATURDAY.date()
    assert first_day(Pattern(Repeat.WEEKLY), saturday) == saturday
    assert first_day(Pattern(Repeat.WEEKLY, weekdays=("SA", "SU")), saturday) == saturday
    assert first_day(Pattern(Repeat.BIWEEKLY, weekdays=("TU", "TH")), saturday) == saturday + 3 * DAY
    assert first_day(Pattern(Repeat.MONTHLY, weekdays=("TU",)), saturday) == saturday


@pytest.mark.parametrize(
    ("pattern", "days"),
    [
        (Pattern(), None),
        (Pattern(Repeat.DAILY), 1),
        (Pattern(Repeat.WEEKLY), 7),
        (Pattern(Repeat.WEEKLY, weekdays=("TU", "TH")), 2),
        (Pattern(Repeat.WEEKLY, weekdays=("MO", "SU")), 1),
        (Pattern(Repeat.BIWEEKLY, weekdays=("MO", "SU")), 6),
        (Pattern(Repeat.MONTHLY_DATE), 28),
    ],
)
def test_how_long_a_date_may_last(pattern, days):
    assert shortest_gap(pattern) == (None if days is None else days * DAY)
