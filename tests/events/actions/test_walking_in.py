"""Guests at the door: seats are never given twice in silence, and everybody who came is counted."""

import secrets
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Barrier

import pytest
import time_machine

from events.actions import walking_in
from events.actions.announcing import edit_event
from events.actions.changing import cancel_event
from events.actions.registering import check_in, register
from events.actions.walking_in import NoSeats, let_in, take_back
from events.choices import RegistrationState
from events.models import Occurrence, WalkIn
from hub.approvals import Refused
from tests import factories as f
from tests.at_once import at_once

pytestmark = pytest.mark.django_db
#: Ten in the morning of SATURDAY, five hours before it begins.
THE_DAY = datetime(2027, 1, 16, 7, tzinfo=UTC)


@pytest.fixture(autouse=True)
def saturday():
    with time_machine.travel(THE_DAY, tick=False):
        yield


def came(event, people=1, **more):
    date = event.occurrences.order_by("was_at")[0]
    said = {"name": "", "people": people, "token": secrets.token_hex(16), "by": event.created_by} | more
    return let_in(date, **said)


def seats(event):
    """(going, walked in, left) of its first date."""
    date = event.occurrences.order_by("was_at")[0]
    return date.going, date.walked_in, date.seats_left


def test_a_guest_has_a_seat_of_their_own():
    event = f.opened(3)
    f.registration(event)
    guest = came(event, name="  Анна ")
    assert (guest.name, guest.people, seats(event)) == ("Анна", 1, (1, 1, 1))


def test_a_free_seat_that_a_guest_took_is_registered_for_no_more():
    event = f.opened(1)
    came(event)
    assert f.registration(event).state == RegistrationState.WAITING


def test_more_people_than_seats_are_let_in_only_if_somebody_says_so():
    event = f.opened(3)
    check_in(f.registration(event), by=event.created_by)
    f.registration(event)
    with pytest.raises(
        NoSeats, match=r"Свободно мест: 1 из 3, если придут все, кто записался\. Пока пришли 1"
    ):
        came(event, 2)
    assert seats(event) == (2, 0, 1)
    came(event, 2, over=True)
    assert seats(event) == (2, 2, 0)


def test_without_a_limit_everybody_is_let_in():
    event = f.opened()
    came(event, 40)
    assert seats(event) == (0, 40, None)


def test_the_same_form_twice_is_one_guest():
    event = f.opened(1)
    token = secrets.token_hex(16)
    assert came(event, token=token) == came(event, token=token)
    assert seats(event) == (0, 1, 0)


def test_taking_back_gives_the_seat_back_and_twice_is_once():
    event = f.opened(2)
    guest = came(event, 2)
    for _turn in range(2):
        take_back(guest, by=event.created_by)
    assert seats(event) == (0, 0, 2)


def test_a_seat_given_back_is_for_whoever_waits():
    event = f.opened(1)
    guest = came(event)
    waits = f.registration(event)
    take_back(guest, by=event.created_by)
    waits.refresh_from_db()
    assert (waits.state, seats(event)) == (RegistrationState.GOING, (1, 0, 0))


def test_only_on_the_day_and_afterwards():
    event = f.opened(2)
    with (
        time_machine.travel(THE_DAY - timedelta(days=1), tick=False),
        pytest.raises(Refused, match="в день события"),
    ):
        came(event)
    with time_machine.travel(THE_DAY + timedelta(days=2), tick=False):
        came(event)
    assert seats(event) == (0, 1, 1)


def test_nobody_comes_to_what_is_called_off():
    event = f.opened(2)
    cancel_event(event, reason="Ливень", by=event.created_by)
    with pytest.raises(Refused, match="отменена"):
        came(event)


def test_a_date_that_somebody_came_to_does_not_vanish_with_its_rule():
    event = f.opened(5, rrule="FREQ=WEEKLY;COUNT=2")
    guest = came(event)
    edit_event(event, {"rrule": "FREQ=WEEKLY;COUNT=2;BYDAY=SU"}, seen=0, by=event.created_by)
    assert Occurrence.objects.filter(walk_ins=guest).exists()


# --- at once ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_doors_give_the_last_seat_once():
    event = f.opened(1)
    outcomes = at_once(*[partial(came, event)] * 2, refusals=NoSeats)
    assert Counter(map(type, outcomes)) == {WalkIn: 1, NoSeats: 1}
    assert seats(event) == (0, 1, 0)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_both_would_give_it(monkeypatch):
    """The race is real: this is what the lock is for."""
    event = f.opened(1)
    looked = Barrier(2)

    def unlocked(occurrence):
        date = Occurrence.objects.select_related("event__branch").get(pk=occurrence.pk)
        looked.wait(10)
        return date

    monkeypatch.setattr(walking_in, "lock_date", unlocked)
    at_once(*[partial(came, event)] * 2)
    assert WalkIn.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_door_and_the_page_give_the_last_seat_once():
    event = f.opened(1)
    person, date = f.UserFactory(), event.occurrences.get()
    registration, guest = at_once(partial(register, date, by=person), partial(came, event), refusals=NoSeats)
    by_page, by_door = registration.state == RegistrationState.GOING, isinstance(guest, WalkIn)
    assert by_page != by_door
    going, walked_in, left = seats(event)
    assert (going + walked_in, left) == (1, 0)
