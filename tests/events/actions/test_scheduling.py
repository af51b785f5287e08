"""Dates written down: twice is once, what was changed by hand stays, the horizon moves on."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from events.actions.announcing import (
    BadTimes,
    answer_invitation,
    edit_event,
    invite_organiser,
    remove_organiser,
)
from events.actions.changing import cancel_occurrence, move_occurrence
from events.actions.horizon import roll_horizon
from events.actions.scheduling import write_occurrences
from events.models import Occurrence
from events.recurrence import FARTHEST, HORIZON
from tests import factories as f

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


def dates(event):
    return [row.starts_at for row in event.occurrences.order_by("starts_at")]


def test_writing_twice_is_once():
    event = f.published(rrule="FREQ=WEEKLY;COUNT=3")
    keys = set(event.occurrences.values_list("pk", flat=True))
    write_occurrences(event)
    assert set(event.occurrences.values_list("pk", flat=True)) == keys
    assert dates(event) == [f.SATURDAY, f.SATURDAY + WEEK, f.SATURDAY + 2 * WEEK]


def test_a_single_event_has_its_date_however_far_it_is():
    later = f.SATURDAY + 3 * HORIZON
    assert dates(f.published(starts_at=later)) == [later]


def test_a_registered_date_that_goes_far_moves_and_is_not_called_off():
    event = f.opened(5)
    place = f.registration(event)
    later = f.SATURDAY + 2 * HORIZON
    edit_event(
        event, {"starts_at": later, "ends_at": later + timedelta(hours=2)}, seen=0, by=event.created_by
    )
    date = event.occurrences.get()
    assert (date.pk, date.starts_at, date.cancelled_at) == (place.occurrence_id, later, None)


def test_a_series_still_goes_to_the_horizon():
    event = f.published(rrule="FREQ=MONTHLY")
    assert f.SATURDAY + HORIZON - timedelta(days=90) < dates(event)[-1] < timezone.now() + HORIZON


def test_later_than_in_five_years_is_a_mistyped_year():
    event = f.published(rrule="FREQ=WEEKLY;COUNT=2")
    later = timezone.now() + FARTHEST + timedelta(days=1)
    two = timedelta(hours=2)
    with pytest.raises(BadTimes, match="Проверьте год") as told:
        edit_event(event, {"starts_at": later, "ends_at": later + two}, seen=0, by=event.created_by)
    assert told.value.field == "starts_at"
    with pytest.raises(BadTimes, match="Проверьте год"):
        move_occurrence(event.occurrences.first(), later, later + two, by=event.created_by)


def test_what_was_moved_or_called_off_stays_when_the_series_is_written_anew():
    event = f.published(rrule="FREQ=WEEKLY;COUNT=3")
    _first, second, third = event.occurrences.order_by("was_at")
    move_occurrence(
        second,
        f.SATURDAY + WEEK + timedelta(hours=3),
        f.SATURDAY + WEEK + timedelta(hours=5),
        by=event.created_by,
    )
    cancel_occurrence(third, by=event.created_by)
    event.refresh_from_db()
    edit_event(event, {"title": "Прогулка подлиннее"}, seen=event.sequence, by=event.created_by)
    second.refresh_from_db()
    third.refresh_from_db()
    assert second.starts_at == f.SATURDAY + WEEK + timedelta(hours=3)
    assert second.title == "Прогулка подлиннее"
    assert third.cancelled_at


def test_what_was_called_off_or_moved_is_not_undone_when_the_whole_series_moves():
    event = f.published(rrule="FREQ=WEEKLY;COUNT=4")
    _first, second, third, _last = event.occurrences.order_by("was_at")
    own = f.SATURDAY + WEEK + timedelta(days=1)
    move_occurrence(second, own, own + timedelta(hours=1), note="Зал занят", by=event.created_by)
    cancel_occurrence(third, by=event.created_by)
    event.refresh_from_db()
    later = timedelta(hours=3)
    answers = {"starts_at": event.starts_at + later, "ends_at": event.ends_at + later}
    edit_event(event, answers, seen=event.sequence, by=event.created_by)
    assert dates(event) == [
        f.SATURDAY + later,
        own,
        f.SATURDAY + 2 * WEEK + later,
        f.SATURDAY + 3 * WEEK + later,
    ]
    third.refresh_from_db()
    assert (third.was_at, third.cancelled_at is not None) == (f.SATURDAY + 2 * WEEK + later, True)


def test_dates_that_the_rule_has_no_more_are_gone():
    event = f.published(rrule="FREQ=WEEKLY;COUNT=3")
    edit_event(event, {"rrule": "FREQ=WEEKLY;COUNT=2"}, seen=0, by=event.created_by)
    assert dates(event) == [f.SATURDAY, f.SATURDAY + WEEK]


def test_an_endless_series_ends_at_the_horizon_and_goes_on_with_it():
    event = f.published(rrule="FREQ=WEEKLY")
    now = f.SATURDAY - HORIZON + 3 * WEEK
    Occurrence.objects.all().delete()
    write_occurrences(event, now)
    assert len(dates(event)) == 3
    write_occurrences(event, now + WEEK)
    assert len(dates(event)) == 4
    assert roll_horizon() == 1


def test_a_date_carries_what_the_calendar_shows_and_filters():
    event = f.published(place="зал 2", online_url="https://example.org/live")
    row = event.occurrences.get()
    assert (row.place, row.district, row.topics, row.ages) == (
        "Библиотека имени Пушкина, зал 2", event.venue.district, ["trails"], ["families"],
    )  # fmt: skip
    assert row.communities == [event.organisers.get().community_id]
    assert (row.is_listed, row.is_online, row.day, row.last_day) == (
        True, True, f.SATURDAY.date(), f.SATURDAY.date(),
    )  # fmt: skip


@pytest.mark.parametrize(("hours", "days"), [(2, 0), (9, 0), (10, 1), (57, 2)])
def test_the_last_day_is_that_of_the_last_moment(hours, days):
    event = f.published(ends_at=f.SATURDAY + timedelta(hours=hours))
    row = event.occurrences.get()
    assert (row.last_day - row.day).days == days


def test_without_a_venue_the_district_is_that_of_who_holds_it():
    khosta, adler = (
        f.DistrictFactory(name=name, slug=slug) for name, slug in (("Хоста", "h"), ("Адлер", "a"))
    )
    first = f.approved(district=None, city=khosta.city).community
    second = f.approved(district=khosta).community
    event = f.published(first, venue=None, place="Двор")
    date = event.occurrences.get()
    assert (date.district, date.place) == (None, "Двор")
    answer_invitation(invite_organiser(event, second, by=event.created_by), True, by=event.created_by)
    date.refresh_from_db()
    assert (date.district, date.lat) == (khosta, None)
    # A venue that is named later knows better.
    event.refresh_from_db()
    edit_event(
        event,
        {"venue": f.VenueFactory(name="Дом культуры", district=adler)},
        seen=event.sequence,
        by=event.created_by,
    )
    date.refresh_from_db()
    assert date.district == adler
    remove_organiser(event.organisers.get(community=second), by=event.created_by)
    date.refresh_from_db()
    assert date.district == adler


def test_a_community_that_moves_to_another_district_takes_its_series_along():
    record = f.approved(district=f.DistrictFactory(name="Хоста", slug="h"))
    event = f.published(record.community, venue=None, rrule="FREQ=WEEKLY;COUNT=3")
    assert roll_horizon() == 0
    record.district = f.DistrictFactory(name="Адлер", slug="a")
    record.save()
    with time_machine.travel(f.SATURDAY - WEEK, tick=False):
        assert (roll_horizon(), roll_horizon()) == (1, 0)
    assert {row.district for row in event.occurrences.all()} == {record.district}


def test_dates_show_the_cover_that_everybody_may_see_and_only_it():
    first, second, private = (f.UploadFactory(is_public=public) for public in (True, True, False))
    event = f.published(cover=first, rrule="FREQ=WEEKLY;COUNT=2")

    def shown():
        return list(event.occurrences.values_list("cover", flat=True).distinct())

    assert shown() == [first.file.name]
    for number, (cover, name) in enumerate([(second, second.file.name), (None, ""), (private, "")]):
        edit_event(event, {"cover": cover}, seen=number, by=event.created_by)
        assert shown() == [name]
