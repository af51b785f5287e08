"""Days left out before the city has seen the series: no date is struck through, nothing is told."""

from datetime import date, timedelta

import pytest

from events.actions.announcing import edit_event, publish, return_event
from events.actions.changing import edit_following
from events.actions.leaving_out import leave_out, put_back
from hub.approvals import Refused, revisions_of
from tests import factories as f

pytestmark = pytest.mark.django_db

WEEK, HOUR = timedelta(weeks=1), timedelta(hours=1)
SECOND = date(2027, 1, 23)


@pytest.fixture
def series():
    return f.event(rrule="FREQ=WEEKLY;COUNT=5")


def days(event):
    return [f"{row.starts_at.astimezone(event.tz):%d.%m %H}" for row in event.occurrences.order_by("was_at")]


def test_days_disappear_without_a_trace_in_the_calendar(series):
    assert leave_out(series, SECOND, date(2027, 1, 31), by=series.created_by) == 2
    series.refresh_from_db()
    assert series.exdates == [f.SATURDAY + WEEK, f.SATURDAY + 2 * WEEK]
    assert days(series) == ["16.01 15", "06.02 15", "13.02 15"]
    assert not series.occurrences.exclude(cancelled_at=None).exists()
    assert "leave-out" in revisions_of(series).values_list("action", flat=True)


def test_they_come_back(series):
    leave_out(series, SECOND, SECOND, by=series.created_by)
    assert put_back(series, SECOND, SECOND, by=series.created_by) == 1
    series.refresh_from_db()
    assert (series.exdates, series.occurrences.count(), series.sequence) == ([], 5, 2)
    with pytest.raises(Refused, match="уже на месте"):
        put_back(series, SECOND, SECOND, by=series.created_by)


def test_twice_is_said_to_be_nothing(series):
    leave_out(series, SECOND, SECOND, by=series.created_by)
    with pytest.raises(Refused, match="дат нет"):
        leave_out(series, SECOND, SECOND, by=series.created_by)
    series.refresh_from_db()
    assert series.sequence == 1


def test_something_is_left(series):
    with pytest.raises(Refused, match="ни одной даты"):
        leave_out(series, date(2027, 1, 1), date(2027, 12, 31), by=series.created_by)
    assert series.occurrences.count() == 5


def test_of_what_is_published_dates_are_called_off_instead():
    event = f.published(rrule="FREQ=WEEKLY;COUNT=5")
    for act in (leave_out, put_back):
        with pytest.raises(Refused, match="уже опубликовано"):
            act(event, SECOND, SECOND, by=event.created_by)


def test_a_returned_one_is_still_unseen(series):
    sent = return_event(publish(series, by=series.created_by), reason="Когда праздники?", by=f.UserFactory())
    assert leave_out(sent, SECOND, SECOND, by=series.created_by) == 1


@pytest.mark.parametrize(
    ("answers", "left"),
    [
        # another hour: the same days stay left out
        (
            {"starts_at": f.SATURDAY + HOUR, "ends_at": f.SATURDAY + 3 * HOUR},
            ["16.01 16", "30.01 16", "06.02 16"],
        ),
        # another day: they go along
        (
            {"starts_at": f.SATURDAY + 24 * HOUR, "ends_at": f.SATURDAY + 26 * HOUR},
            ["17.01 15", "31.01 15", "07.02 15"],
        ),
        # more days: the same are left out
        ({"rrule": "FREQ=WEEKLY;COUNT=5;BYDAY=SA,SU"}, ["16.01 15", "17.01 15", "24.01 15", "30.01 15"]),
        # other days: nothing is left out by chance
        ({"rrule": "FREQ=DAILY;COUNT=3"}, ["16.01 15", "17.01 15", "18.01 15"]),
        ({"title": "Иначе"}, ["16.01 15", "30.01 15", "06.02 15"]),
        ({"rrule": ""}, ["16.01 15"]),
    ],
)
def test_what_is_left_out_stays_so_when_the_series_changes(answers, left):
    series = f.event(rrule="FREQ=WEEKLY;COUNT=4")
    leave_out(series, SECOND, SECOND, by=series.created_by)
    edited = edit_event(series, answers, seen=1, by=series.created_by)
    assert days(edited) == left


def test_a_series_that_goes_on_otherwise_keeps_its_days_out(series):
    for left_out in (SECOND, date(2027, 2, 6)):
        leave_out(series, left_out, left_out, by=series.created_by)
    third = series.occurrences.get(day=date(2027, 1, 30))
    later = {"starts_at": third.starts_at + HOUR, "ends_at": third.ends_at + HOUR}
    rest = edit_following(third, later, seen=2, by=series.created_by)
    assert (days(series), days(rest)) == (["16.01 15"], ["30.01 16", "13.02 16"])
