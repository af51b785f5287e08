"""State events: posted by the administration, told of once, published at once when it is trusted."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from events.actions.announcing import approve_event, publish
from events.actions.changing import cancel_event
from events.actions.stale import Stale
from events.actions.state_events import (
    announce_state_event,
    ask_for_support,
    distrust_administration,
    mark_of_request,
    stop_asking,
    trust_administration,
)
from events.models import Event, SupportRequest
from hub.approvals import Refused
from hub.choices import State
from hub.models import Notification
from tests import factories as f
from tests.at_once import at_once

pytestmark = pytest.mark.django_db

DAY = f.SATURDAY.date()
ASKED = {"kinds": ["volunteers"], "text": "Десять человек", "until": DAY}
ANSWERS = {"title": "День города", "starts_at": f.SATURDAY, "ends_at": f.SATURDAY + timedelta(hours=4)}


def posted(by=None, **more):
    return announce_state_event(f.BranchFactory(), ANSWERS, by=by or f.UserFactory(), **more)


def told():
    return Notification.objects.filter(kind="support_asked")


def test_it_is_the_citys_own_and_needs_no_community():
    event = posted(asked=ASKED)
    assert (event.is_state, event.organisers.count(), event.state) == (True, 0, State.DRAFT)
    assert event.occurrences.get().is_state
    assert event.support_request.kinds == ["volunteers"]


def test_the_same_form_sent_twice_makes_one():
    by = f.UserFactory()
    first, second = (posted(by=by, token="a" * 32, asked=ASKED) for _ in range(2))
    assert first == second
    assert (Event.objects.count(), SupportRequest.objects.count()) == (1, 1)


def test_a_request_that_somebody_else_has_corrected_is_not_overwritten_unseen():
    event, official = posted(asked=ASKED), f.UserFactory()
    read = mark_of_request(event.support_request)
    theirs = ask_for_support(event, **(ASKED | {"text": "Пятеро"}), seen=read, by=official)
    with pytest.raises(Stale) as stale:
        ask_for_support(event, **(ASKED | {"text": "Двое"}), seen=read, by=event.created_by)
    assert stale.value.fresh.text == "Пятеро"
    assert ask_for_support(event, **(ASKED | {"text": "Пятеро"}), seen=read, by=official) == theirs
    ask_for_support(event, **(ASKED | {"text": "Двое"}), seen=mark_of_request(theirs), by=official)
    assert SupportRequest.objects.get().text == "Двое"


def test_leaders_hear_of_it_once_it_is_published_and_only_once():
    leader, other = f.approved().community.stewardships.get().user, f.approved().community
    f.StewardshipFactory(community=other, user=leader, role="co_leader")  # speaks for two
    f.StewardshipFactory(community=other, role="editor")  # speaks for nobody
    f.draft()  # not in the catalogue yet
    elsewhere = f.BranchFactory(slug="kazan")
    f.approved(community=f.CommunityFactory(branch=elsewhere))
    event = posted(asked=ASKED)
    assert told().count() == 0
    event = approve_event(publish(event, by=event.created_by), by=f.UserFactory())
    people = {leader, other.stewardships.get(role="leader").user}
    assert {note.user for note in told()} == people
    ask_for_support(event, **(ASKED | {"text": "Двадцать человек"}), by=event.created_by)
    assert told().count() == len(people)
    assert event.support_request.text == "Двадцать человек"


def test_asked_later_it_is_told_then():
    f.approved()
    event = f.state_event(asked=False)
    assert told().count() == 0
    ask_for_support(event, **ASKED, by=event.created_by)
    assert told().count() == 1


def test_nothing_is_told_when_nobody_could_answer_in_time():
    f.approved()
    yesterday = timezone.localdate() - timedelta(days=1)
    event = posted(asked=ASKED | {"until": yesterday})
    approve_event(publish(event, by=event.created_by), by=f.UserFactory())
    assert told().count() == 0


def test_a_request_says_what_for_and_is_of_the_city():
    event = posted()
    with pytest.raises(Refused, match="Отметьте"):
        ask_for_support(event, kinds=[], text=" ", until=DAY, by=event.created_by)
    with pytest.raises(Refused, match="только государственные"):
        ask_for_support(f.event(), **ASKED, by=event.created_by)
    cancel_event(event, reason="Дождь", by=event.created_by)
    with pytest.raises(Refused, match="отменено"):
        ask_for_support(event, **ASKED, by=event.created_by)


def test_enough_is_enough():
    event = f.state_event()
    stop_asking(event, by=event.created_by)
    today = timezone.localdate()
    assert not SupportRequest.objects.open_on(today).exists()
    assert SupportRequest.objects.get().until == today - timedelta(days=1)


def test_a_trusted_administration_publishes_at_once_but_never_by_itself():
    branch, boss = f.BranchFactory(), f.coordinator()
    trust_administration(branch, by=boss)
    event = posted()
    fresh = publish(event, by=event.created_by)
    assert (fresh.state, fresh.decided_by) == (State.APPROVED, boss)
    # The trust is about the city's own events.
    ours = f.event()
    assert publish(ours, by=ours.created_by).state == State.SUBMITTED
    # Whoever trusts does not let their own out.
    own = posted(by=boss)
    assert publish(own, by=boss).state == State.SUBMITTED
    distrust_administration(branch, by=boss)
    later = posted()
    assert publish(later, by=later.created_by).state == State.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_asked_by_many_at_once_each_leader_hears_once():
    f.approved()
    event = f.state_event(asked=False)

    wishes = [ASKED | {"text": f"Человек: {number}"} for number in range(16)]
    at_once(*(partial(ask_for_support, event, **wish, by=event.created_by) for wish in wishes))
    assert (SupportRequest.objects.count(), told().count()) == (1, 1)
