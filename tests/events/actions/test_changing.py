"""What happens to published events: moved, called off, going on otherwise."""

from datetime import timedelta

import pytest

from events.actions.announcing import BadTimes
from events.actions.changing import (
    cancel_event,
    cancel_occurrence,
    edit_following,
    move_occurrence,
    reinstate_event,
)
from events.actions.stale import Stale
from hub.approvals import Refused
from tests import factories as f

pytestmark = pytest.mark.django_db
HOUR, WEEK = timedelta(hours=1), timedelta(days=7)


@pytest.fixture
def series():
    return f.published(rrule="FREQ=WEEKLY;COUNT=4")


def nth(event, number):
    return event.occurrences.order_by("was_at")[number]


def test_one_date_moves_alone(series):
    second = nth(series, 1)
    move_occurrence(
        second,
        second.starts_at + 20 * HOUR,
        second.ends_at + 20 * HOUR,
        note="из-за дождя",
        by=series.created_by,
    )
    second.refresh_from_db()
    assert (second.was_at, second.starts_at) == (f.SATURDAY + WEEK, f.SATURDAY + WEEK + 20 * HOUR)
    assert second.day == (f.SATURDAY + WEEK + 20 * HOUR).date()
    series.refresh_from_db()
    assert series.sequence == 1
    assert nth(series, 2).starts_at == f.SATURDAY + 2 * WEEK


def test_a_date_moves_to_no_impossible_time_and_not_when_it_is_off(series):
    second = nth(series, 1)
    with pytest.raises(BadTimes):
        move_occurrence(second, second.ends_at, second.starts_at, by=series.created_by)
    cancel_occurrence(second, by=series.created_by)
    cancel_occurrence(second, by=series.created_by)
    series.refresh_from_db()
    assert series.sequence == 1
    with pytest.raises(Refused, match="отменена"):
        move_occurrence(second, second.starts_at + HOUR, second.ends_at + HOUR, by=series.created_by)


def test_a_date_that_is_gone_meanwhile(series):
    last = nth(series, 3)
    last.delete()
    last.pk = 10**9
    with pytest.raises(Refused, match="больше нет"):
        cancel_occurrence(last, by=series.created_by)


def test_called_off_it_stays_to_be_seen_and_can_be_taken_back(series):
    cancel_occurrence(nth(series, 1), by=series.created_by)
    cancel_event(series, reason="Ливень", by=series.created_by)
    cancel_event(series, reason="Опять", by=series.created_by)
    series.refresh_from_db()
    assert (series.is_cancelled, series.cancelled_because) == (True, "Ливень")
    assert series.occurrences.listed().count() == 4
    assert series.occurrences.alive().count() == 0
    reinstate_event(series, by=series.created_by)
    assert series.occurrences.alive().count() == 3  # the one called off before stays off


def test_from_a_date_on_it_goes_on_otherwise(series):
    rest = edit_following(nth(series, 2), {"title": "Теперь бегом"}, seen=0, by=series.created_by)
    series.refresh_from_db()
    assert [row.starts_at for row in series.occurrences.order_by("was_at")] == [f.SATURDAY, f.SATURDAY + WEEK]
    assert [row.starts_at for row in rest.occurrences.order_by("was_at")] == [
        f.SATURDAY + 2 * WEEK,
        f.SATURDAY + 3 * WEEK,
    ]
    assert (rest.title, rest.follows, rest.state) == ("Теперь бегом", series, "approved")
    assert rest.uid != series.uid
    assert rest.accepted_communities == series.accepted_communities
    assert set(rest.occurrences.values_list("is_listed", flat=True)) == {True}


def test_from_the_first_date_on_is_all_of_it(series):
    fresh = edit_following(nth(series, 0), {"title": "Теперь бегом"}, seen=0, by=series.created_by)
    assert fresh == series
    assert fresh.occurrences.count() == 4


def test_a_stale_cut_is_refused(series):
    with pytest.raises(Stale):
        edit_following(nth(series, 2), {"title": "…"}, seen=7, by=series.created_by)
