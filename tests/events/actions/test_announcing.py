"""From an idea to the calendar: publishing, trust, other communities, edits at once."""

from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from events.actions.announcing import (
    BadTimes,
    answer_invitation,
    edit_event,
    invite_organiser,
    publish,
    remove_organiser,
    return_event,
)
from events.actions.stale import Stale
from events.actions.trusting import distrust, trust
from events.models import Event
from hub.approvals import AlreadyDecided, Refused
from hub.choices import State
from hub.models import Revision
from tests import factories as f
from tests.at_once import at_once

pytestmark = pytest.mark.django_db


def test_a_stranger_to_the_coordinator_goes_through_the_queue():
    event = f.event()
    assert publish(event, by=event.created_by).state == State.SUBMITTED
    assert not event.occurrences.listed().exists()
    with pytest.raises(AlreadyDecided):
        publish(event, by=event.created_by)


def test_a_trusted_community_publishes_at_once():
    event = f.event()
    boss = f.coordinator()
    trust(event.organisers.get().community, by=boss)
    fresh = publish(event, by=event.created_by)
    assert (fresh.state, fresh.decided_by) == (State.APPROVED, boss)
    assert event.occurrences.listed().count() == 1
    distrust(event.organisers.get().community, by=boss)
    other = f.event(event.organisers.get().community, title="Ещё одна")
    assert publish(other, by=other.created_by).state == State.SUBMITTED


def test_returning_needs_a_reason():
    event = f.event()
    publish(event, by=event.created_by)
    with pytest.raises(Refused, match="Напишите"):
        return_event(event, reason=" ", by=f.coordinator())
    assert return_event(event, reason="Где встреча?", by=f.coordinator()).state == State.RETURNED


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"ends_at": f.SATURDAY}, "ends_at"),
        ({"ends_at": f.SATURDAY - timedelta(hours=1)}, "ends_at"),
        ({"ends_at": f.SATURDAY + timedelta(days=90)}, "ends_at"),
        ({"rrule": "FREQ=SECONDLY"}, "rrule"),
        ({"rrule": "FREQ=DAILY;UNTIL=20670101"}, "rrule"),
    ],
)
def test_times_that_no_event_has(answers, field):
    with pytest.raises(BadTimes) as refusal:
        f.event(**answers)
    assert refusal.value.field == field
    assert not Event.objects.exists()


def test_two_of_one_name_have_addresses_of_their_own():
    first, second, third = f.event(), f.event(), f.event()
    assert (first.slug, second.slug, third.slug) == (
        "progulka-po-matseste", "progulka-po-matseste-16-01-2027", "progulka-po-matseste-16-01-2027-2",
    )  # fmt: skip
    assert first.uid != second.uid


def test_an_edit_raises_the_sequence_and_a_stale_one_is_refused():
    event = f.published()
    fresh = edit_event(event, {"title": "Новое имя"}, seen=0, by=event.created_by)
    assert (fresh.sequence, fresh.occurrences.get().title) == (1, "Новое имя")
    with pytest.raises(Stale) as refusal:
        edit_event(event, {"title": "Другое имя"}, seen=0, by=event.created_by)
    assert refusal.value.fresh.title == "Новое имя"
    assert edit_event(event, {"title": "Новое имя"}, seen=1, by=event.created_by).sequence == 1
    assert Revision.objects.get(target="events.event", action="edit").changed == ["title"]


def test_another_community_holds_it_once_it_agrees():
    event, other = f.published(), f.approved().community
    leader = other.stewardships.get().user
    organiser = invite_organiser(event, other, by=event.created_by)
    assert invite_organiser(event, other, by=event.created_by) == organiser
    assert other.pk not in event.occurrences.get().communities
    answer_invitation(organiser, True, by=leader)
    assert other.pk in event.occurrences.get().communities
    assert list(Event.objects.held_by(other)) == [event]
    with pytest.raises(Refused, match="уже ответили"):
        answer_invitation(organiser, False, by=leader)
    own = event.organisers.exclude(pk=organiser.pk).get()
    remove_organiser(own, by=leader)
    assert event.occurrences.get().communities == [other.pk]
    with pytest.raises(Refused, match="единственный"):
        remove_organiser(organiser, by=leader)


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one():
    event, other = f.published(), f.approved().community
    organiser = invite_organiser(event, other, by=event.created_by)
    leader = other.stewardships.get().user

    outcomes = at_once(
        *(partial(answer_invitation, organiser, accept, by=leader) for accept in [True, False] * 6),
        refusals=Refused,
    )
    assert sum(isinstance(one, Refused) for one in outcomes) == 11


@pytest.mark.django_db(transaction=True)
def test_two_edits_at_once_are_one_and_a_clear_refusal():
    event = f.published()
    titles = [f"Имя {number}" for number in range(12)]
    outcomes = at_once(
        *(partial(edit_event, event, {"title": title}, seen=0, by=event.created_by) for title in titles),
        refusals=Stale,
    )
    assert Counter(map(type, outcomes)) == {Event: 1, Stale: 11}
