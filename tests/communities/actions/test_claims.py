import threading
from functools import partial

import pytest
from django.db import DatabaseError

from communities.actions import claims
from communities.actions.claims import approve_claim, return_claim, submit_claim
from communities.choices import StewardRole
from communities.models import Claim, Stewardship
from hub.approvals import AlreadyDecided, OwnSubmission, Refused
from hub.choices import State
from hub.models import Notification
from tests import factories as f
from tests.at_once import at_once

pytestmark = pytest.mark.django_db


def test_a_claim_makes_a_leader_and_a_draft_but_confirms_nothing():
    record = f.imported(name="Шапсугский двор")
    claimant, boss = f.UserFactory(), f.coordinator()
    claim = submit_claim(record.community, by=claimant, text="Веду с основания")
    assert submit_claim(record.community, by=claimant, text="Ещё раз") == claim
    approve_claim(claim, by=boss)
    assert Stewardship.objects.get().user == claimant
    draft = record.community.records.in_work().get()
    assert (draft.name, draft.state) == ("Шапсугский двор", State.DRAFT)
    record.refresh_from_db()
    assert record.state == State.IMPORTED
    assert Notification.objects.get(kind="claim_approved").user == claimant


def test_others_hear_that_somebody_else_was_confirmed():
    record = f.imported()
    first = submit_claim(record.community, by=f.UserFactory(), text="Я")
    second = submit_claim(record.community, by=f.UserFactory(), text="Нет, я")
    approve_claim(first, by=f.coordinator())
    second.refresh_from_db()
    assert (second.state, second.reason) == (
        State.RETURNED,
        "Координатор подтвердил лидером другого человека.",
    )
    with pytest.raises(AlreadyDecided):
        approve_claim(second, by=f.coordinator())


def test_a_return_says_why():
    claim = submit_claim(f.imported().community, by=f.UserFactory(), text="Я")
    with pytest.raises(Refused, match="Напишите, почему"):
        return_claim(claim, by=f.coordinator(), reason=" ")
    return_claim(claim, by=f.coordinator(), reason="Нет подтверждения")
    assert Notification.objects.get(kind="claim_returned").context["reason"] == "Нет подтверждения"


def test_what_is_led_cannot_be_claimed():
    with pytest.raises(Refused, match="уже есть лидер"):
        submit_claim(f.approved().community, by=f.UserFactory(), text="Я")


def test_nobody_decides_on_their_own_claim():
    boss = f.coordinator()
    claim = submit_claim(f.imported().community, by=boss, text="Я")
    with pytest.raises(OwnSubmission):
        approve_claim(claim, by=boss)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_claims_approved_at_once_one_wins():
    f.RoundFactory()
    community, boss = f.imported().community, f.coordinator()
    asked = [submit_claim(community, by=f.UserFactory(), text="Я") for _ in range(20)]
    outcomes = at_once(*(partial(approve_claim, claim, by=boss) for claim in asked), refusals=Refused)
    assert sum(isinstance(outcome, Claim) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 19
    assert Stewardship.objects.filter(role=StewardRole.LEADER).count() == 1
    assert Claim.objects.filter(state=State.APPROVED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_person_who_clicks_twenty_times_claims_once():
    community, claimant = f.imported().community, f.UserFactory()
    outcomes = at_once(*[partial(submit_claim, community, by=claimant, text="Я")] * 20)
    assert {outcome.pk for outcome in outcomes} == {Claim.objects.get().pk}


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_two_claims_collide(monkeypatch):
    """Only the database's own constraint is left, and it answers with an error page."""
    f.RoundFactory()
    community, boss = f.imported().community, f.coordinator()
    asked = [submit_claim(community, by=f.UserFactory(), text="Я") for _ in range(6)]
    meeting, met = threading.Barrier(len(asked)), set()

    def unlocked(pk):
        if threading.get_ident() not in met:  # whoever wins asks again, to turn the others down
            met.add(threading.get_ident())
            meeting.wait(timeout=20)
        return type(community).objects.get(pk=pk)

    monkeypatch.setattr(claims, "hold", unlocked)
    outcomes = at_once(
        *(partial(approve_claim, claim, by=boss) for claim in asked), refusals=(DatabaseError, Refused)
    )
    assert any(isinstance(outcome, DatabaseError) for outcome in outcomes)
