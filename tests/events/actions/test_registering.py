"""Coming to a date: the last seat once, the line in order, freed seats given on, the door."""

from contextlib import suppress
from datetime import timedelta
from functools import partial
from threading import Barrier
from threading import Event as ThreadEvent

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from events.actions import registering
from events.actions.announcing import edit_event
from events.actions.changing import cancel_event, cancel_occurrence
from events.actions.registering import check_in, leave_all, register, undo_check_in, withdraw
from events.actions.stale import Stale
from events.models import Event, Occurrence, Registration
from events.querysets import RegistrationQuerySet
from hub.approvals import Refused, lock, revisions_of
from tests import factories as f
from tests.at_once import at_once

pytestmark = pytest.mark.django_db
MINUTE, WEEK = timedelta(minutes=1), timedelta(days=7)


def states(event, number=0):
    """Of one date, in the order of registering."""
    date = event.occurrences.order_by("was_at")[number]
    return [row.state for row in date.registrations.order_by("pk")]


def counted(event):
    date = event.occurrences.get()
    return date.going, date.waiting


def test_seats_go_in_order_and_then_there_is_a_line():
    event = f.opened(2)
    for _ in range(4):
        f.registration(event)
    assert states(event) == ["going", "going", "waiting", "waiting"]
    assert counted(event) == (2, 2)


def test_without_a_capacity_everybody_comes():
    event = f.opened()
    for _ in range(3):
        f.registration(event)
    assert states(event) == ["going"] * 3


def test_twice_is_once():
    event, person = f.opened(2), f.UserFactory()
    first = f.registration(event, person)
    assert f.registration(event, person) == first
    assert states(event) == ["going"]
    assert [step.action for step in revisions_of(first)] == ["register"]


def test_a_withdrawn_seat_goes_to_whoever_waits_longest():
    event = f.opened(1)
    first, second, third = (f.registration(event) for _ in range(3))
    withdraw(first, by=first.user)
    withdraw(first, by=first.user)
    assert states(event) == ["cancelled", "going", "waiting"]
    assert counted(event) == (1, 1)
    second.refresh_from_db()
    assert second.promoted_at
    # Whoever left the line leaves no gap in it.
    withdraw(third, by=third.user)
    withdraw(second, by=second.user)
    assert counted(event) == (0, 0)


def test_whoever_comes_back_stands_at_the_end():
    event, person = f.opened(1), f.UserFactory()
    seat = f.registration(event)
    withdraw(f.registration(event, person), by=person)
    f.registration(event)
    f.registration(event, person)
    withdraw(seat, by=seat.user)
    assert states(event) == ["cancelled", "cancelled", "going", "waiting"]


def test_each_date_of_a_series_has_its_own_seats():
    event, person = f.opened(1, rrule="FREQ=WEEKLY;COUNT=2"), f.UserFactory()
    f.registration(event, person)
    f.registration(event, person, 1)
    assert (states(event, 0), states(event, 1)) == (["going"], ["going"])


@pytest.mark.parametrize(
    ("closing", "why"),
    [
        (lambda event, date: cancel_occurrence(date, by=event.created_by), "отменена"),
        (lambda event, date: cancel_event(event, reason="Дождь", by=event.created_by), "отменена"),
        (
            lambda event, date: edit_event(
                event, {"takes_registrations": False}, seen=0, by=event.created_by
            ),
            "закрыли запись",
        ),
    ],
)
def test_a_date_that_takes_nobody_says_why(closing, why):
    event = f.opened(1)
    date = event.occurrences.get()
    closing(event, date)
    with pytest.raises(Refused, match=why):
        register(date, by=f.UserFactory())
    assert not Registration.objects.exists()


def test_nobody_registers_for_what_is_not_public_has_begun_or_is_gone():
    planned = f.event(takes_registrations=True)
    with pytest.raises(Refused, match="не опубликовано"):
        f.registration(planned)
    event = f.opened()
    with time_machine.travel(f.SATURDAY, tick=False), pytest.raises(Refused, match="уже началось"):
        f.registration(event)
    with time_machine.travel(f.SATURDAY - MINUTE, tick=False):
        f.registration(event)
    gone = Occurrence(pk=10**9)
    with pytest.raises(Refused, match="больше нет"):
        register(gone, by=f.UserFactory())


def test_once_it_has_begun_the_list_stands():
    event = f.opened(1)
    seat = f.registration(event)
    f.registration(event)
    with time_machine.travel(f.SATURDAY, tick=False), pytest.raises(Refused, match="поздно"):
        withdraw(seat, by=seat.user)
    assert states(event) == ["going", "waiting"]


def test_a_larger_capacity_lets_in_order_and_a_smaller_one_throws_nobody_out():
    event = f.opened(1)
    rows = [f.registration(event) for _ in range(4)]
    edit_event(event, {"capacity": 3}, seen=0, by=event.created_by)
    assert states(event) == ["going"] * 3 + ["waiting"]
    edit_event(event, {"capacity": 1}, seen=1, by=event.created_by)
    assert states(event) == ["going"] * 3 + ["waiting"]
    # Two have to leave before there is a seat again.
    for row, waits in ((rows[0], True), (rows[1], True), (rows[2], False)):
        withdraw(row, by=row.user)
        assert (states(event)[3] == "waiting") is waits
    edit_event(event, {"capacity": None}, seen=2, by=event.created_by)
    f.registration(event)
    assert counted(event) == (2, 0)


def test_a_date_called_off_promotes_nobody():
    event = f.opened(1)
    seat, _waits = f.registration(event), f.registration(event)
    cancel_occurrence(event.occurrences.get(), by=event.created_by)
    withdraw(seat, by=seat.user)
    assert states(event) == ["cancelled", "waiting"]


def test_at_the_door():
    event = f.opened(1)
    seat, waits = f.registration(event), f.registration(event)
    leader = event.created_by
    first = check_in(seat, by=leader).checked_in_at
    assert check_in(seat, by=leader).checked_in_at == first
    assert undo_check_in(seat, by=leader).checked_in_at is None
    assert undo_check_in(seat, by=leader).checked_in_by is None
    with pytest.raises(Refused, match="ждёт места"):
        check_in(waits, by=leader)
    assert [step.action for step in revisions_of(seat)] == ["register", "check-in", "undo-check-in"]


def test_whoever_leaves_the_portal_leaves_their_seats_to_others():
    event, person = f.opened(1, rrule="FREQ=WEEKLY;COUNT=2"), f.UserFactory()
    f.registration(event, person, 0)
    f.registration(event, person, 1)
    f.registration(event, number=1)
    with time_machine.travel(f.SATURDAY + timedelta(hours=1), tick=False):
        leave_all(person)
    assert (states(event, 0), states(event, 1)) == (["going"], ["cancelled", "going"])


def test_the_database_keeps_its_word():
    event = f.opened(2)
    row = f.registration(event)
    with pytest.raises(IntegrityError, match="registration_live_once"), transaction.atomic():
        Registration.objects.create(
            occurrence=row.occurrence, user=row.user, state="waiting", knows_since=row.knows_since
        )
    with pytest.raises(IntegrityError, match="registration_cancelled_when"), transaction.atomic():
        Registration.objects.update(state="cancelled")
    with pytest.raises(ProtectedError), transaction.atomic():
        row.occurrence.delete()


# --- many at once ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_is_given_once_in_fifty_rounds():
    event = f.opened(2, rrule="FREQ=DAILY;COUNT=50")
    people = [f.UserFactory() for _ in range(5)]
    for number, date in enumerate(event.occurrences.order_by("was_at")):
        f.registration(event, number=number)  # one of the two seats
        rows = at_once(*(partial(register, date, by=who) for who in people))
        assert sorted(row.state for row in rows) == ["going"] + ["waiting"] * 4, number
        date.refresh_from_db()
        assert (date.going, date.waiting) == (2, 4)


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_last_seat_is_sold_again_and_again(monkeypatch):
    event = f.opened(1)
    date = event.occurrences.get()
    people = [f.UserFactory() for _ in range(4)]
    everyone_has_counted = Barrier(4)
    counted_now = RegistrationQuerySet.counted

    def counted_together(rows):
        found = counted_now(rows)
        everyone_has_counted.wait(10)
        return found

    monkeypatch.setattr(
        registering,
        "lock_date",
        lambda row: Occurrence.objects.select_related("event__branch").get(pk=row.pk),
    )
    monkeypatch.setattr(RegistrationQuerySet, "counted", counted_together)
    at_once(*(partial(register, date, by=who) for who in people))
    assert Registration.objects.going().count() == 4


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_from_two_tabs_is_one_registration():
    event, person = f.opened(3), f.UserFactory()
    date = event.occurrences.get()
    rows = at_once(*[partial(register, date, by=person)] * 6)
    assert {row.pk for row in rows} == {Registration.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_leaving_while_a_seat_comes_free_loses_no_seat():
    event = f.opened(1, rrule="FREQ=DAILY;COUNT=10")
    for number in range(10):
        seat, second, third = (f.registration(event, number=number) for _ in range(3))
        at_once(*(partial(withdraw, one, by=one.user) for one in (seat, second)))
        third.refresh_from_db()
        assert third.state == "going", number


@pytest.mark.django_db(transaction=True)
def test_seats_added_and_taken_at_once_are_all_given():
    event = f.opened(1)
    people = [f.UserFactory() for _ in range(6)]
    date = event.occurrences.get()
    at_once(
        *(partial(register, date, by=who) for who in people),
        lambda: edit_event(event, {"capacity": 4}, seen=0, by=event.created_by),
    )
    date.refresh_from_db()
    assert (date.capacity, date.going, date.waiting) == (4, 4, 2)
    assert [row.state for row in Registration.objects.order_by("pk")] == ["going"] * 4 + ["waiting"] * 2


def _edit_or_hear_of_it(event):
    with suppress(Stale):  # called off a moment earlier
        edit_event(event, {"place": "зал 3"}, seen=0, by=event.created_by)


@pytest.mark.django_db(transaction=True)
def test_erasing_and_editing_at_once_do_not_wait_for_each_other_for_ever():
    event, person = f.opened(rrule="FREQ=DAILY;COUNT=20"), f.UserFactory()
    for number in range(20):
        f.registration(event, person, number)
    at_once(
        lambda: leave_all(person),
        lambda: _edit_or_hear_of_it(event),
        lambda: cancel_event(event, reason="Дождь", by=event.created_by),
    )
    assert not Registration.objects.live().exists()


def _withdrawn_while_somebody_holds_the_event(event, registration, hold):
    """Whether a withdrawal is through while another transaction has the event to itself."""
    held, through = ThreadEvent(), ThreadEvent()
    seen = []

    def holder():
        with transaction.atomic():
            hold(event)
            held.set()
            seen.append(through.wait(2))

    def leaver():
        held.wait(10)
        withdraw(registration, by=registration.user)
        through.set()

    at_once(holder, leaver)
    return seen == [True]


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_does_not_wait_for_whoever_edits_the_event():
    """Who edits waits for the dates: were they waited for in turn, both would wait for ever."""
    event = f.opened(1)
    going, _waiting = f.registration(event), f.registration(event)
    assert _withdrawn_while_somebody_holds_the_event(event, going, lock)


@pytest.mark.django_db(transaction=True)
def test_with_its_key_locked_as_well_it_would_wait():
    event = f.opened(1)
    going, _waiting = f.registration(event), f.registration(event)
    assert not _withdrawn_while_somebody_holds_the_event(
        event, going, lambda row: Event.objects.select_for_update().get(pk=row.pk)
    )
