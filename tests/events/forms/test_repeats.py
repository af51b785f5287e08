"""The form's words and the calendar's rules say the same, there and back."""

from datetime import date

import pytest

from events.choices import Repeat
from events.forms.repeats import Pattern, pattern_of, rule_of
from tests.factories import SATURDAY


@pytest.mark.parametrize(
    "pattern",
    [
        Pattern(),
        Pattern(Repeat.WEEKLY),
        Pattern(Repeat.WEEKLY, count=5),
        Pattern(Repeat.BIWEEKLY, until=date(2027, 5, 30)),
        Pattern(Repeat.MONTHLY, until=date(2027, 5, 15)),
    ],
)
@pytest.mark.parametrize("all_day", [False, True])
def test_there_and_back(pattern, all_day):
    assert pattern_of(rule_of(pattern, SATURDAY, all_day=all_day), SATURDAY) == pattern


@pytest.mark.parametrize(
    "rule", ["FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,SA", "FREQ=WEEKLY;INTERVAL=3", "FREQ=MONTHLY;BYMONTHDAY=5"]
)
def test_a_rule_without_words_is_ones_own(rule):
    assert pattern_of(rule, SATURDAY).repeats == Repeat.OWN


def test_a_series_cut_in_two_ends_on_the_day_before():
    # It goes on otherwise from 30 January, 15:00: a second before that, the day is not the last one.
    assert pattern_of("FREQ=WEEKLY;UNTIL=20270130T115959Z", SATURDAY).until == date(2027, 1, 29)
