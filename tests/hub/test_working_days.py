from datetime import date, timedelta

import pytest

from hub.working_days import add_working_days, is_working_day, overdue_before, working_days_between


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 11, 18), date(2026, 11, 18), 0),
        (date(2026, 11, 20), date(2026, 11, 22), 0),  # Friday to Sunday
        (date(2026, 11, 20), date(2026, 11, 23), 1),
        (date(2026, 11, 3), date(2026, 11, 5), 1),  # Unity Day between
        (date(2025, 12, 30), date(2026, 1, 12), 1),  # the New Year holidays
        (date(2025, 10, 31), date(2025, 11, 1), 1),  # a worked Saturday
        (date(2026, 11, 20), date(2026, 11, 1), 0),
    ],
)
def test_working_days_between(start, end, days):
    assert working_days_between(start, end) == days


def test_a_very_old_record_has_an_age_too():
    assert 1200 < working_days_between(date(2021, 1, 1), date(2026, 1, 1)) < 1310


def test_the_day_an_answer_is_due():
    assert add_working_days(date(2026, 11, 20), 3) == date(2026, 11, 25)
    assert add_working_days(date(2025, 12, 30), 1) == date(2026, 1, 12)
    assert add_working_days(date(2026, 11, 20), 0) == date(2026, 11, 20)


@pytest.mark.parametrize("norm", [0, 1, 3, 5])
def test_overdue_begins_where_the_age_passes_the_norm(norm):
    for n in range(60):
        today = date(2025, 12, 1) + n * timedelta(days=1)
        edge = overdue_before(today, norm)
        assert working_days_between(edge - timedelta(days=1), today) > norm
        assert working_days_between(edge, today) <= norm


def test_holidays():
    assert not is_working_day(date(2026, 1, 9))
    assert is_working_day(date(2025, 11, 1))
