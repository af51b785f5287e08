"""What happens to published events: moved, called off, going on otherwise."""

from datetime import timedelta

import pytest

from events.actions.announcing import BadTimes, edit_event
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
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)


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


def edit(event, **answers):
    event.refresh_from_db()
    return edit_event(event, answers, seen=event.sequence, by=event.created_by)


def days(event):
    return [row.starts_at for row in event.occurrences.order_by("was_at")]


def test_a_series_cut_in_two_has_not_the_cut_date_back_at_an_earlier_hour(series):
    rest = edit_following(nth(series, 2), {"title": "Теперь бегом"}, seen=0, by=series.created_by)
    edit(series, starts_at=f.SATURDAY - HOUR, ends_at=f.SATURDAY + HOUR)
    assert days(series) == [f.SATURDAY - HOUR, f.SATURDAY - HOUR + WEEK]
    assert days(rest) == [f.SATURDAY + 2 * WEEK, f.SATURDAY + 3 * WEEK]


@pytest.mark.parametrize(
    ("until", "dates"),
    [
        ("20270130T120000Z", 3),  # at the beginning of the last one
        ("20270130T115959Z", 2),  # a second before that
    ],
)
@pytest.mark.parametrize("by", [-HOUR, HOUR])
def test_at_another_hour_a_series_has_the_same_days_wherever_it_ends(until, dates, by):
    event = f.published(rrule=f"FREQ=WEEKLY;UNTIL={until}")
    edit(event, starts_at=f.SATURDAY + by, ends_at=f.SATURDAY + by + HOUR)
    assert days(event) == [f.SATURDAY + by + n * WEEK for n in range(dates)]


def with_dates(event, left_out, added):
    # Only calendars of other programs have them.
    event.rdates = [added]
    event.save()
    return edit(event, exdates=[left_out])


@pytest.mark.parametrize("by", [HOUR, DAY, DAY - HOUR])
def test_what_was_left_out_and_added_goes_with_the_clock_of_the_series(by):
    event = with_dates(f.published(rrule="FREQ=WEEKLY;COUNT=4"), f.SATURDAY + WEEK, f.SATURDAY + 2 * DAY)
    edit(event, starts_at=f.SATURDAY + by, ends_at=f.SATURDAY + by + HOUR)
    assert [day - f.SATURDAY - by for day in days(event)] == [0 * DAY, 2 * DAY, 2 * WEEK, 3 * WEEK]


def test_what_was_left_out_stays_so_when_the_series_begins_a_week_later():
    event = edit(f.published(rrule="FREQ=WEEKLY;COUNT=4"), exdates=[f.SATURDAY + 2 * WEEK])
    edit(event, starts_at=f.SATURDAY + WEEK + HOUR, ends_at=f.SATURDAY + WEEK + 2 * HOUR)
    assert [day - f.SATURDAY - HOUR for day in days(event)] == [WEEK, 3 * WEEK, 4 * WEEK]


def test_a_cut_series_that_is_counted_has_as_many_dates_as_before():
    event = with_dates(f.published(rrule="FREQ=WEEKLY;COUNT=4"), f.SATURDAY + WEEK, f.SATURDAY + 2 * DAY)
    rest = edit_following(nth(event, 2), {"title": "Бегом"}, seen=event.sequence, by=event.created_by)
    event.refresh_from_db()
    assert days(event) == [f.SATURDAY, f.SATURDAY + 2 * DAY]
    assert days(rest) == [f.SATURDAY + 2 * WEEK, f.SATURDAY + 3 * WEEK]


def test_cut_at_an_added_date_behind_the_end_of_its_rule_it_goes_on_with_those():
    event = with_dates(f.published(rrule="FREQ=WEEKLY;COUNT=2"), f.SATURDAY + 9 * WEEK, f.SATURDAY + 4 * WEEK)
    rest = edit_following(nth(event, 2), {"title": "Бегом"}, seen=event.sequence, by=event.created_by)
    event.refresh_from_db()
    assert (rest.rrule, days(rest)) == ("", [f.SATURDAY + 4 * WEEK])
    assert (event.rrule, days(event)) == ("FREQ=WEEKLY;COUNT=2", [f.SATURDAY, f.SATURDAY + WEEK])


def test_no_series_goes_on_by_the_clock_of_a_date_that_was_added():
    event = with_dates(f.published(rrule="FREQ=WEEKLY;COUNT=4"), f.SATURDAY + 9 * WEEK, f.SATURDAY + 2 * DAY)
    with pytest.raises(Refused, match="добавлена"):
        edit_following(nth(event, 1), {"title": "Бегом"}, seen=event.sequence, by=event.created_by)


# --- one date at another place ------------------------------------------------------------------------


def elsewhere(date, **said):
    """The date keeps its time and is held otherwise."""
    said = {"where": (None, "У фонтана")} | said
    return move_occurrence(date, date.starts_at, date.ends_at, by=date.event.created_by, **said)


def shown(event):
    return [(row.title, row.place) for row in event.occurrences.order_by("was_at")]


def test_one_date_is_held_elsewhere(series):
    hall = f.VenueFactory(name="Дом культуры", district=None, lat=43.6, lng=39.7)
    date = elsewhere(nth(series, 1), where=(hall, "вход со двора"))
    assert (date.place, date.venue) == ("Дом культуры, вход со двора", hall)
    assert (date.district_id, date.lat, date.lng) == (None, 43.6, 39.7)
    assert not date.is_moved
    usual = ("Прогулка по Мацесте", "Библиотека имени Пушкина")
    assert shown(series) == [usual, (usual[0], "Дом культуры, вход со двора"), usual, usual]


def test_what_comes_to_the_same_is_nothing_of_its_own(series):
    elsewhere(nth(series, 1))
    date = elsewhere(nth(series, 1), where=(series.venue, series.place))
    assert (date.own_place, date.venue) == (None, series.venue)
    edit(series, venue=None, place="Парк", title="Бег")
    assert set(shown(series)) == {("Бег", "Парк")}


def test_an_edit_of_all_leaves_a_date_its_own_name_and_place_as_its_own_time(series):
    series.occurrences.filter(pk=nth(series, 1).pk).update(own_title="Ночная")
    elsewhere(nth(series, 1), note="Тропу размыло")
    edit(series, venue=None, place="Парк", title="Бег", ends_at=series.ends_at + HOUR)
    assert shown(series)[:2] == [("Бег", "Парк"), ("Ночная", "У фонтана")]
    # Nobody has moved it in time: there it follows its series.
    date = nth(series, 1)
    assert date.ends_at - date.starts_at == 3 * HOUR


def test_a_series_that_moves_takes_its_dates_with_their_places_along(series):
    elsewhere(nth(series, 1))
    edit(series, starts_at=series.starts_at + HOUR, ends_at=series.ends_at + HOUR)
    assert [row.place == "У фонтана" for row in series.occurrences.order_by("was_at")] == [
        False, True, False, False,
    ]  # fmt: skip
    assert nth(series, 1).starts_at == f.SATURDAY + WEEK + HOUR


def test_a_series_that_goes_on_otherwise_takes_them_along_too(series):
    series.occurrences.filter(pk=nth(series, 0).pk).update(own_title="Первая")
    elsewhere(nth(series, 0))
    elsewhere(nth(series, 2))
    rest = edit_following(nth(series, 1), {"title": "Бег", "place": "зал 2"}, seen=2, by=series.created_by)
    assert shown(series) == [("Первая", "У фонтана")]
    usual = ("Бег", "Библиотека имени Пушкина, зал 2")
    assert shown(rest) == [usual, ("Бег", "У фонтана"), usual]


def test_a_date_that_the_rule_has_no_more_goes_with_its_place(series):
    elsewhere(nth(series, 3))
    edit(series, rrule="FREQ=WEEKLY;COUNT=2")
    assert series.occurrences.count() == 2
