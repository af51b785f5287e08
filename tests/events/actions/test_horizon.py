"""The nightly look at the series writes what a new day has more, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection

from events.actions import horizon
from events.actions.announcing import edit_event
from events.actions.horizon import roll_horizon
from events.models import Event, Occurrence
from events.recurrence import HORIZON, BadRule, times
from tests import factories as f

WEEK, DAY = timedelta(days=7), timedelta(days=1)
TODAY = datetime(2027, 1, 14, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel(TODAY, tick=False):
        yield


def night(days):
    return time_machine.travel(TODAY + days * DAY, tick=False)


def traces():
    """Date → where its row lies, who wrote it and who locked it: other after any write."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, ctid::text, xmin::text, xmax::text FROM events_occurrence")
        return {row[0]: row[1:] for row in cursor.fetchall()}


@pytest.mark.django_db(transaction=True)
def test_a_second_night_writes_nothing_and_a_new_week_only_its_own_dates():
    series = f.published(rrule="FREQ=WEEKLY")
    f.published(rrule="FREQ=WEEKLY;COUNT=3")
    with night(7):
        assert roll_horizon() == 1
        before = traces()
        assert roll_horizon() == 0
        assert traces() == before
    with night(14):
        assert roll_horizon() == 1
        after = traces()
        [added] = after.keys() - before.keys()
        assert {key: after[key][:2] for key in before} == {key: trace[:2] for key, trace in before.items()}
        newest = series.occurrences.order_by("-was_at").first()
        assert (newest.pk, newest.title) == (added, series.title)
        assert TODAY + HORIZON + WEEK < newest.was_at < TODAY + HORIZON + 2 * WEEK


@pytest.mark.django_db
@pytest.mark.parametrize("series", [1, 3])
def test_a_quiet_night_asks_as_much_for_one_series_as_for_three(series, django_assert_num_queries):
    community = f.approved().community
    for number in range(series):
        f.published(community, rrule="FREQ=WEEKLY;COUNT=3", title=f"Серия {number}")
    with django_assert_num_queries(4):  # which series, they with their places, their dates, who holds them
        assert roll_horizon() == 0


@pytest.mark.django_db
def test_series_are_taken_in_batches(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(horizon, "BATCH", 2)
    community = f.approved().community
    for number in range(5):
        f.published(community, rrule="FREQ=WEEKLY;COUNT=3", title=f"Серия {number}")
    with django_assert_num_queries(1 + 3 * 3):
        assert roll_horizon() == 0


@pytest.mark.django_db
def test_what_differs_is_mended():
    series = f.published(rrule="FREQ=WEEKLY;COUNT=3")
    first, second, third = series.occurrences.order_by("was_at")
    Occurrence.objects.filter(pk=second.pk).update(title="Не то")
    third.delete()
    assert roll_horizon() == 1
    dates = list(series.occurrences.order_by("was_at").values_list("title", "was_at"))
    assert dates == [(series.title, f.SATURDAY + number * WEEK) for number in range(3)]
    assert set(series.occurrences.values_list("pk", flat=True)) >= {first.pk, second.pk}


@pytest.mark.django_db
def test_a_date_that_the_rule_has_no_more_goes_and_what_is_over_is_let_alone():
    series = f.published(rrule="FREQ=WEEKLY;COUNT=3")
    Event.objects.filter(pk=series.pk).update(rrule="FREQ=WEEKLY;COUNT=2")
    with night(8):  # the first is over
        Occurrence.objects.filter(was_at=f.SATURDAY).update(title="Как было")
        assert roll_horizon() == 1
        assert roll_horizon() == 0
    titles = series.occurrences.order_by("was_at").values_list("title", flat=True)
    assert list(titles) == ["Как было", series.title]


@pytest.mark.django_db
def test_what_has_gone_on_for_years_goes_on():
    series = f.published(rrule="FREQ=WEEKLY;BYDAY=SA,WE")
    with night(1800):
        with pytest.raises(BadRule):  # more dates in all than a new series may have
            times(series, TODAY + 1800 * DAY + HORIZON)
        assert roll_horizon() == 1
        # Nor is it too late to change it.
        fresh = Event.objects.get(pk=series.pk)
        longer = {"ends_at": fresh.ends_at + timedelta(hours=1)}
        edit_event(fresh, longer, seen=fresh.sequence, by=series.created_by)
    last = series.occurrences.latest("was_at")
    assert last.was_at > TODAY + 1790 * DAY + HORIZON
    assert last.ends_at - last.starts_at == timedelta(hours=3)


@pytest.mark.django_db
def test_one_bad_series_holds_up_nobody():
    bad = f.published(rrule="FREQ=DAILY;COUNT=3")
    good = f.published(rrule="FREQ=WEEKLY")
    Event.objects.filter(pk=bad.pk).update(
        rrule="FREQ=DAILY", rdates=[f.SATURDAY + n * DAY / 4 for n in range(99)]
    )
    with night(7):
        assert roll_horizon() == 1
    assert good.occurrences.filter(was_at__gt=TODAY + HORIZON).count() == 1
    assert bad.occurrences.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize(
    "broken", [{"rrule": "ЧЕПУХА"}, {"rrule": "FREQ=NEVER"}, {"timezone": "Europe/Nowhere"}]
)
def test_whatever_is_wrong_with_one_series_holds_up_nobody(broken):
    bad, good = f.published(rrule="FREQ=DAILY;COUNT=3"), f.published(rrule="FREQ=WEEKLY")
    Event.objects.filter(pk=bad.pk).update(**broken)
    with night(7):
        assert roll_horizon() == 1
    assert good.occurrences.filter(was_at__gt=TODAY + HORIZON).count() == 1
    assert bad.occurrences.count() == 3
