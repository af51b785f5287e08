"""Mending venues: dates to come say it, calendars are read anew, twins become one exactly once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from events.actions import announcing, venues
from events.actions.announcing import edit_event
from events.actions.changing import move_occurrence
from events.actions.edits import return_edit
from events.actions.horizon import is_behind
from events.actions.stale import Stale
from events.actions.venues import add_venue, change_venue, mark_of_venue, merge_venues
from events.models import CalendarChange, Event, EventEdit, Occurrence, Venue
from hub.approvals import AlreadyDecided, Refused, lock, revisions_of
from hub.models import Notification
from tests import factories as f
from tests.at_once import at_once

pytestmark = pytest.mark.django_db
NEW = {"name": "Пушкинка", "address": "Курортный, 32", "lat": 43.6, "lng": 39.7, "is_roomy": True}


def change(venue, **said):
    return change_venue(venue, said, seen=mark_of_venue(venue), by=f.UserFactory())


def stands_as_it_should(event):
    """Whether the dates to come say what the event and its venue say."""
    now = timezone.now()
    return not is_behind(Event.objects.with_dates_from(now).get(pk=event.pk), now)


# --- mending ---------------------------------------------------------------------------------------


def test_dates_to_come_say_it_and_what_is_over_stays_as_it_was():
    series = f.published(rrule="FREQ=DAILY;COUNT=4", starts_at=timezone.now() - timedelta(days=2))
    single = f.published(title="Разовое", place="у фонтана")
    district = f.DistrictFactory(slug="host", name="Хостинский")
    venue = change(series.venue, **NEW, district=district)
    places = list(series.occurrences.order_by("was_at").values_list("place", flat=True))
    assert places == ["Библиотека имени Пушкина"] * 2 + ["Пушкинка"] * 2
    row = single.occurrences.get()
    assert (row.place, row.district, row.lat, row.lng) == ("Пушкинка, у фонтана", district, 43.6, 39.7)
    assert stands_as_it_should(series)
    assert stands_as_it_should(single)
    [trace] = revisions_of(venue).filter(action="change")
    assert trace.changed == ["address", "district", "is_roomy", "lat", "lng", "name"]
    assert "«Библиотека имени Пушкина», Курортный проспект, 32" in trace.note


def test_the_name_that_it_had_goes_on_being_known():
    venue = change(f.VenueFactory(), name="Пушкинка")
    assert venue.other_names == ["библиотека имени пушкина"]
    assert add_venue(venue.branch, {"name": "Библиотека имени Пушкина"}, by=f.UserFactory()) == venue
    # Called as before again, it needs no other name for that.
    assert change(venue, name="Библиотека имени Пушкина").other_names == ["пушкинка"]


@pytest.mark.parametrize(
    ("said", "told"),
    [({"address": "Курортный, 32"}, True), ({"lat": 43.6}, True), ({"is_roomy": True}, False)],
)
def test_calendars_of_others_are_read_anew_when_they_say_it(said, told):
    event = f.published()
    before = CalendarChange.objects.in_branch(event.branch).state().mark
    with connection.cursor() as cursor:  # what is written in one transaction is one change
        cursor.execute("DELETE FROM events_calendarchange")
    change(event.venue, **said)
    assert CalendarChange.objects.in_branch(event.branch).exists() == told
    assert before[0] == 1
    fresh = Event.objects.get(pk=event.pk)
    assert (fresh.changed_at > event.changed_at, fresh.sequence) == (told, event.sequence)


def test_nobody_who_registered_is_told_of_another_place():
    event = f.opened()
    f.registration(event)
    told = Notification.objects.count()
    change(event.venue, **NEW)
    assert Notification.objects.count() == told


def test_a_stale_edit_writes_nothing_over():
    venue = f.VenueFactory()
    seen = mark_of_venue(venue)
    change(venue, address="Курортный, 32")
    with pytest.raises(Stale) as stale:
        change_venue(venue, NEW, seen=seen, by=f.UserFactory())
    assert stale.value.fresh.address == "Курортный, 32"
    assert not Venue.objects.filter(name="Пушкинка").exists()


def test_what_stays_as_it_was_leaves_no_trace():
    venue = f.VenueFactory()
    change(venue, name=venue.name, address=venue.address)
    assert not revisions_of(venue).exists()


def test_two_are_not_called_the_same():
    f.VenueFactory(name="Пушкинка")
    with pytest.raises(Refused, match="уже есть"):
        change(f.VenueFactory(), name="пушкинка")


def test_a_date_that_came_from_elsewhere_says_it_too_and_one_that_went_elsewhere_does_not():
    event, hall = f.published(rrule="FREQ=WEEKLY;COUNT=3", place="зал 2"), f.VenueFactory(name="Дом культуры")
    dates = event.occurrences.order_by("was_at")
    for date, where in zip(dates[:2], [(hall, "вход со двора"), (None, "У фонтана")], strict=True):
        move_occurrence(date, date.starts_at, date.ends_at, where=where, by=event.created_by)
    before = Event.objects.get().changed_at
    change(hall, name="Клуб", lat=43.6)
    change(event.venue, name="Пушкинка")
    assert [row.place for row in dates.all()] == ["Клуб, вход со двора", "У фонтана", "Пушкинка, зал 2"]
    assert Event.objects.get().changed_at > before
    assert stands_as_it_should(event)
    merge_venues(hall, event.venue, by=f.UserFactory())
    assert [row.place for row in dates.all()] == ["Пушкинка, вход со двора", "У фонтана", "Пушкинка, зал 2"]
    assert stands_as_it_should(event)


# --- putting twins together ------------------------------------------------------------------------


def test_events_and_dates_go_to_the_one_that_stays():
    community = f.approved().community
    twin = f.VenueFactory(name="Пушкинка", address="", district=None, lat=None, lng=None, other_names=["бп"])
    target = f.VenueFactory()
    past = timezone.now() - timedelta(days=2)
    series = f.published(community, venue=twin, rrule="FREQ=DAILY;COUNT=4", starts_at=past)
    draft = f.event(community, venue=twin, place="второй этаж", title="Задумка")
    kept = merge_venues(twin, target, by=f.UserFactory())
    assert kept == target
    assert list(Venue.objects.all()) == [target]
    assert set(Event.objects.values_list("venue", flat=True)) == {target.pk}
    assert set(Occurrence.objects.values_list("venue", flat=True)) == {target.pk}
    places = list(series.occurrences.order_by("was_at").values_list("place", flat=True))
    assert places == ["Пушкинка"] * 2 + ["Библиотека имени Пушкина"] * 2
    row = draft.occurrences.get()
    assert (row.place, row.lat) == ("Библиотека имени Пушкина, второй этаж", target.lat)
    assert stands_as_it_should(series)
    assert kept.other_names == ["бп", "пушкинка"]
    [trace] = revisions_of(kept).filter(action="merge")
    assert "«Пушкинка», (бп)" in trace.note
    assert f"{series.pk}, {draft.pk}" in trace.note


def test_what_is_taken_comes_from_the_one_that_goes():
    twin = f.VenueFactory(name="Пушкинка", accessible=True, lat=43.6, lng=39.7)
    target = f.VenueFactory()
    kept = merge_venues(twin, target, by=f.UserFactory(), take=["name", "accessible"])
    assert (kept.name, kept.accessible, kept.lat) == ("Пушкинка", True, 43.57)
    assert kept.other_names == ["библиотека имени пушкина"]


def test_an_edit_is_put_back_to_the_venue_that_stays():
    event = f.published(venue=f.VenueFactory(name="Пушкинка"))
    twin, target = event.venue, f.VenueFactory()
    elsewhere = {"venue": f.VenueFactory(name="Не та дверь")}
    edit_event(event, elsewhere, seen=event.sequence, by=event.created_by)
    merge_venues(twin, target, by=f.UserFactory())
    seen = Event.objects.get().sequence
    return_edit(EventEdit.objects.get(), reason="Где встреча?", seen=seen, by=f.coordinator())
    fresh = Event.objects.get()
    assert fresh.venue == target
    assert fresh.occurrences.get().place == "Библиотека имени Пушкина"


def test_only_two_of_one_branch_are_put_together():
    venue = f.VenueFactory()
    with pytest.raises(Refused, match="одна и та же"):
        merge_venues(venue, venue, by=f.UserFactory())
    other = f.VenueFactory(branch=f.BranchFactory(slug="kazan", name="Казань"))
    with pytest.raises(Refused, match="одного отделения"):
        merge_venues(venue, other, by=f.UserFactory())


# --- at once ---------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_merging_both_ways_at_once_merges_one_way():
    event = f.published(venue=f.VenueFactory(name="Пушкинка"))
    one, two, boss = event.venue, f.VenueFactory(), f.UserFactory()
    ways = [(one, two), (two, one)] * 3
    jobs = [lambda way=way: merge_venues(*way, by=boss) for way in ways]
    outcomes = at_once(*jobs, refusals=AlreadyDecided)
    assert sum(isinstance(outcome, Venue) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, AlreadyDecided) for outcome in outcomes) == 5
    venue = Venue.objects.get()
    event.refresh_from_db()
    assert event.venue == venue
    assert event.occurrences.get().venue == venue


def _announced_while(changing, venue):
    """What comes of announcing at `venue` while somebody else is still at `changing` it."""
    community = f.approved().community
    outcomes = []

    def announce():
        try:
            outcomes.append(f.event(community, venue=venue).occurrences.get().place)
        except Exception as error:
            outcomes.append(error)
        finally:
            connection.close()

    waiting = threading.Thread(target=announce)
    with transaction.atomic():
        changing()
        waiting.start()
        waiting.join(1)
    waiting.join()
    return outcomes[0]


@pytest.mark.django_db(transaction=True)
def test_what_is_announced_while_its_venue_is_renamed_says_the_new_name():
    venue = f.VenueFactory()
    assert _announced_while(lambda: change(venue, name="Пушкинка"), venue) == "Пушкинка"


@pytest.mark.django_db(transaction=True)
def test_without_holding_the_venue_it_would_say_the_old_one(monkeypatch):
    monkeypatch.setattr(announcing, "hold", lambda venue: venue)
    venue = f.VenueFactory()
    said = _announced_while(lambda: change(venue, name="Пушкинка"), venue)
    assert said == "Библиотека имени Пушкина"


@pytest.mark.django_db(transaction=True)
def test_nobody_announces_at_a_venue_that_has_just_gone_into_another():
    twin, target = f.VenueFactory(name="Пушкинка"), f.VenueFactory()
    outcome = _announced_while(lambda: merge_venues(twin, target, by=f.UserFactory()), twin)
    assert isinstance(outcome, Refused)
    assert "Выберите её в списке заново" in str(outcome)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("holding", [lock, lambda event: venues.hold(event.venue)])
def test_nobody_is_waited_for(holding):
    """Whoever waited for an event with the venue in their hands could wait for ever."""
    event = f.published()
    with transaction.atomic():
        holding(event)
        [outcome] = at_once(lambda: change(event.venue, name="Пушкинка"), refusals=AlreadyDecided)
    assert isinstance(outcome, AlreadyDecided)
    assert change(event.venue, name="Пушкинка").name == "Пушкинка"
