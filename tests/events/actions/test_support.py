"""Support of state events: offered once, answered once, proven, never confirmed by one's own."""

from collections import Counter
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from events.actions import support as acts
from events.actions.changing import cancel_event
from events.actions.stale import Stale
from events.actions.support import (
    answer_support,
    confirm_support,
    offer_support,
    prove_support,
    return_support,
    withdraw_support,
)
from events.choices import Offer
from events.models import StateEventSupport, SupportRequest
from hub.approvals import AlreadyDecided, OwnSubmission, Refused, revisions_of
from hub.choices import State
from hub.models import Notification
from tests import factories as f
from tests.at_once import at_once

pytestmark = pytest.mark.django_db

SAID = {"kinds": ["volunteers"], "how": "Восемь волонтёров", "people": 8}
PROOF = {"report": "Встретили гостей", "link": "https://vk.com/wall-1_2", "photo": None}
YESTERDAY = timezone.now() - timedelta(days=1)


def leader_of(community):
    return community.stewardships.get().user


def offered(event, community):
    return offer_support(event, community, SAID, by=leader_of(community))


def test_a_community_offers_once_and_again_after_taking_back():
    event, community = f.state_event(), f.approved().community
    support = offered(event, community)
    assert offered(event, community) == support  # a second click
    with pytest.raises(Refused, match="уже предложило"):
        offer_support(event, community, SAID | {"people": 9}, by=leader_of(community))
    withdraw_support(support, by=leader_of(community))
    with pytest.raises(Refused, match="уже не договариваются"):
        withdraw_support(support, by=leader_of(community))
    again = offered(event, community)
    assert (again.pk, again.offer) == (support.pk, Offer.OFFERED)
    assert [step.action for step in revisions_of(support)] == ["offer", "withdraw-offer", "offer"]


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda event: SupportRequest.objects.all().delete(), "не просит"),
        (lambda event: SupportRequest.objects.update(until=YESTERDAY.date()), "собирали до"),
        (lambda event: cancel_event(event, reason="Дождь", by=event.created_by), "отменили"),
    ],
)
def test_nothing_is_offered_where_nothing_is_asked(spoil, words):
    event, community = f.state_event(), f.approved().community
    spoil(event)
    with pytest.raises(Refused, match=words):
        offered(event, community)
    assert not StateEventSupport.objects.exists()


def test_a_community_that_is_not_public_yet_waits():
    record = f.draft()
    with pytest.raises(Refused, match="одобрит анкету"):
        offered(f.state_event(), record.community)


def test_the_administration_answers_once_and_may_think_better_of_a_refusal():
    official = f.UserFactory()
    support = f.support()
    with pytest.raises(Refused, match="пару слов"):
        answer_support(support, False, answer=" ", by=official)
    declined = answer_support(support, False, answer="Людей хватает", by=official)
    assert (declined.offer, declined.answer) == (Offer.DECLINED, "Людей хватает")
    with pytest.raises(AlreadyDecided):
        answer_support(support, False, answer="Ещё раз", by=official)
    assert answer_support(support, True, by=official).offer == Offer.ACCEPTED
    with pytest.raises(AlreadyDecided):
        answer_support(support, True, by=official)


def test_what_was_done_is_shown_after_the_event_with_a_proof():
    ahead = f.accepted()
    leader = ahead.offered_by
    with pytest.raises(Refused, match="ещё не началось"):
        prove_support(ahead, **PROOF, by=leader)
    over = f.state_event(starts_at=YESTERDAY)
    with pytest.raises(Refused, match="должна принять"):
        prove_support(f.support(over), **PROOF, by=leader)
    support = f.accepted(over)
    with pytest.raises(Refused, match="Приложите"):
        prove_support(support, **(PROOF | {"link": ""}), by=leader)
    assert prove_support(support, **PROOF, by=leader).state == State.SUBMITTED
    with pytest.raises(Refused, match="отозвать помощь нельзя"):
        withdraw_support(support, by=leader)


def test_nothing_is_shown_of_an_event_that_was_called_off():
    support = f.accepted(f.state_event(starts_at=YESTERDAY))
    cancel_event(support.event, reason="Шторм", by=support.event.created_by)
    with pytest.raises(Refused, match="отменили"):
        prove_support(support, **PROOF, by=support.offered_by)
    support.refresh_from_db()
    assert (support.state, support.report) == (State.DRAFT, "")


def test_a_proof_sent_by_two_is_not_overwritten_unseen():
    boss = f.coordinator()
    support = f.proven(f.state_event(starts_at=YESTERDAY))
    read, leader = support.submitted_at, support.offered_by
    return_support(support, reason="Нет фото", by=boss)
    f.StewardshipFactory(community=support.community, user=(other := f.UserFactory()), role="co_leader")
    theirs = prove_support(support, **(PROOF | {"report": "С фото"}), seen=read, by=other)
    return_support(support, reason="Нет фото хора", by=boss)
    with pytest.raises(Stale) as stale:
        prove_support(support, **PROOF, seen=read, by=leader)
    assert stale.value.fresh.report == "С фото"
    assert prove_support(support, **PROOF, seen=theirs.submitted_at, by=leader).report == PROOF["report"]
    assert prove_support(support, **PROOF, seen=theirs.submitted_at, by=leader).state == State.SUBMITTED
    with pytest.raises(AlreadyDecided):
        prove_support(support, **(PROOF | {"report": "Другое"}), by=other)


def test_a_returned_proof_is_mended_and_confirmed():
    boss = f.coordinator()
    support = f.proven(f.state_event(starts_at=YESTERDAY))
    with pytest.raises(Refused, match="чего не хватает"):
        return_support(support, reason=" ", by=boss)
    sent = support.submitted_at
    return_support(support, reason="Нет ни одного лица", by=boss)
    prove_support(support, **PROOF, by=support.offered_by)
    with pytest.raises(Refused, match="прислало другое"):
        confirm_support(support, seen=sent, by=boss)
    fresh = confirm_support(support, by=boss)
    assert (fresh.state, fresh.decided_by) == (State.APPROVED, boss)
    kinds = Notification.objects.filter(user=support.offered_by).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["support_returned", "support_confirmed"]


def test_nobody_decides_on_ones_own():
    boss = f.coordinator()
    community = f.approved().community
    f.StewardshipFactory(community=community, user=boss, role="editor")
    event = f.state_event(starts_at=YESTERDAY)
    with pytest.raises(OwnSubmission):
        answer_support(f.support(event, community), True, by=boss)
    StateEventSupport.objects.all().delete()
    support = f.proven(event, community)
    for decide in (confirm_support, lambda row, by: return_support(row, reason="Нет", by=by)):
        with pytest.raises(OwnSubmission):
            decide(support, by=boss)
    sent_by_boss = f.proven(event)
    StateEventSupport.objects.filter(pk=sent_by_boss.pk).update(submitted_by=boss)
    with pytest.raises(OwnSubmission):
        confirm_support(sent_by_boss, by=boss)


# --- at once ---------------------------------------------------------------------------------------


def without_lock(parties):
    """The same read without FOR UPDATE: everybody has read before anybody writes."""
    everyone_has_read = Barrier(parties)

    def read(row):
        fresh = type(row)._base_manager.get(pk=row.pk)
        everyone_has_read.wait(10)
        return fresh

    return read


@pytest.mark.django_db(transaction=True)
def test_of_twenty_offers_at_once_one_is_made():
    event, community = f.state_event(), f.approved().community
    leader, offers = leader_of(community), [SAID | {"people": number} for number in range(1, 21)]
    outcomes = at_once(
        *(partial(offer_support, event, community, offer, by=leader) for offer in offers), refusals=Refused
    )
    assert sum(isinstance(one, Refused) for one in outcomes) == 19
    assert StateEventSupport.objects.count() == 1
    assert Notification.objects.filter(kind="support_offered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_offer_clicked_many_times_is_one_and_nobody_is_told_off():
    event, community = f.state_event(), f.approved().community
    made = at_once(*[lambda: offered(event, community).pk] * 8)
    assert (len(set(made)), StateEventSupport.objects.count()) == (1, 1)
    assert Notification.objects.filter(kind="support_offered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_offers_collide(monkeypatch):
    event, community = f.state_event(), f.approved().community
    monkeypatch.setattr(acts, "lock", without_lock(6))
    outcomes = at_once(*[partial(offered, event, community)] * 6, refusals=(IntegrityError, Refused))
    # The constraint alone says no then, and nobody is told why.
    assert any(isinstance(one, IntegrityError) for one in outcomes)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_answers_at_once_one_holds():
    support, officials = f.support(), [f.UserFactory() for _ in range(20)]

    outcomes = at_once(
        *(partial(answer_support, support, False, answer="Людей хватает", by=who) for who in officials),
        refusals=AlreadyDecided,
    )
    assert Counter(map(type, outcomes)) == {StateEventSupport: 1, AlreadyDecided: 19}
    assert Notification.objects.filter(kind="support_answered").count() == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_everybody_answers(monkeypatch):
    support, officials = f.support(), [f.UserFactory() for _ in range(6)]
    monkeypatch.setattr(acts, "lock", without_lock(6))
    at_once(*(partial(answer_support, support, False, answer="Нет", by=who) for who in officials))
    assert revisions_of(support).filter(action="decline").count() == 6


@pytest.mark.django_db(transaction=True)
def test_of_twenty_confirmations_at_once_one_counts():
    support, judges = f.proven(f.state_event(starts_at=YESTERDAY)), [f.UserFactory() for _ in range(20)]
    outcomes = at_once(
        *(partial(confirm_support, support, by=judge) for judge in judges), refusals=AlreadyDecided
    )
    assert Counter(map(type, outcomes)) == {StateEventSupport: 1, AlreadyDecided: 19}
    assert Notification.objects.filter(kind="support_confirmed").count() == 1


def test_a_day_ends_by_the_clock_of_the_branch():
    event, community = f.state_event(), f.approved().community
    SupportRequest.objects.update(until=datetime(2026, 11, 20).date())
    with time_machine.travel(datetime(2026, 11, 20, 23, 30, tzinfo=ZoneInfo("Europe/Moscow")), tick=False):
        support = offered(event, community)
    with time_machine.travel(datetime(2026, 11, 21, 0, 30, tzinfo=ZoneInfo("Europe/Moscow")), tick=False):
        withdraw_support(support, by=leader_of(community))
        with pytest.raises(Refused, match="собирали до"):
            offered(event, community)
