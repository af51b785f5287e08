"""Talks: told of once, mended until they count, never approved by one's own."""

from collections import Counter
from datetime import date
from functools import partial

import pytest
from django.db import IntegrityError

from events.actions import talks as acts
from events.actions.stale import Stale
from events.actions.talks import approve_talk, discard_talk, edit_talk, return_talk, tell_talk
from events.models import Talk
from hub.approvals import AlreadyDecided, OwnSubmission, Refused, revisions_of
from hub.choices import State
from hub.models import Notification
from tests import factories as f
from tests.at_once import at_once

pytestmark = pytest.mark.django_db

SAID = {
    "speaker": "Анна Ким", "user": None, "topic": "Тропы без бульдозера", "date": date(2026, 11, 18), "event": None,
    "stage": "Форум", "place": "Москва", "link": "https://vk.com/wall-1_2",
}  # fmt: skip


def told(community, by=None, **more):
    return tell_talk(community, SAID | more, by=by or community.stewardships.get().user)


def test_told_of_twice_it_is_one():
    community = f.approved().community
    leader, talk = community.stewardships.get().user, told(community)
    assert told(community) == talk
    f.StewardshipFactory(community=community, user=(other := f.UserFactory()), role="editor")
    with pytest.raises(Refused, match="уже рассказали"):
        told(community, by=other)
    assert told(community, by=leader, topic="Другая тема") != talk
    assert Talk.objects.count() == 2


def test_without_a_proof_there_is_nothing_to_look_at():
    with pytest.raises(Refused, match="Приложите"):
        told(f.approved().community, link="")
    assert not Talk.objects.exists()


def test_mended_while_it_waits_and_after_a_return_but_not_once_it_counts():
    boss, community = f.coordinator(), f.approved().community
    leader, talk = community.stewardships.get().user, told(community)
    sent = talk.submitted_at
    edited = edit_talk(talk, SAID | {"topic": "Тропы"}, by=leader)
    assert (edited.topic, edited.state) == ("Тропы", State.SUBMITTED)
    with pytest.raises(Refused, match="прислало другое"):
        approve_talk(talk, seen=sent, by=boss)
    with pytest.raises(Refused, match="чего не хватает"):
        return_talk(talk, reason="", by=boss)
    return_talk(talk, reason="Нужна программа", by=boss)
    edit_talk(talk, SAID, by=leader)
    approve_talk(talk, by=boss)
    with pytest.raises(AlreadyDecided):
        edit_talk(talk, SAID, by=leader)
    with pytest.raises(Refused, match="уже засчитано"):
        discard_talk(talk, by=leader)
    kinds = Notification.objects.filter(user=leader).order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["talk_returned", "talk_approved"]


def test_what_somebody_else_has_mended_meanwhile_is_not_overwritten_unseen():
    community = f.approved().community
    leader, talk = community.stewardships.get().user, told(community)
    f.StewardshipFactory(community=community, user=(other := f.UserFactory()), role="editor")
    theirs = edit_talk(talk, SAID | {"place": "Сочи"}, seen=talk.submitted_at, by=other)
    with pytest.raises(Stale) as stale:
        edit_talk(talk, SAID | {"stage": "Школа"}, seen=talk.submitted_at, by=leader)
    assert (stale.value.fresh.place, stale.value.fresh.stage) == ("Сочи", "Форум")
    mine = edit_talk(talk, SAID | {"stage": "Школа"}, seen=theirs.submitted_at, by=leader)
    assert (mine.place, mine.stage) == ("Москва", "Школа")


def test_an_edit_clicked_twice_is_one_edit():
    community = f.approved().community
    leader, talk = community.stewardships.get().user, told(community)
    first, second = (
        edit_talk(talk, SAID | {"place": "Сочи"}, seen=talk.submitted_at, by=leader) for _click in range(2)
    )
    assert first.submitted_at == second.submitted_at
    assert [step.action for step in revisions_of(talk)] == ["tell", "submit", "withdraw", "submit"]


def test_told_again_after_a_return_it_is_not_lost_without_a_word():
    boss, community = f.coordinator(), f.approved().community
    talk = told(community)
    return_talk(talk, reason="Нужна программа", by=boss)
    with pytest.raises(Refused, match="уже рассказали"):
        told(community, link="https://vk.com/wall-1_3")
    talk.refresh_from_db()
    assert (talk.state, talk.link) == (State.RETURNED, SAID["link"])


def test_an_edit_does_not_turn_it_into_another_ones():
    community = f.approved().community
    told(community)
    other = told(community, topic="Другая тема")
    with pytest.raises(Refused, match="уже рассказали"):
        edit_talk(other, SAID, by=other.told_by)
    other.refresh_from_db()
    assert (other.topic, other.state) == ("Другая тема", State.SUBMITTED)


def test_nobody_decides_on_ones_own():
    boss, community = f.coordinator(), f.approved().community
    spoken = told(community, user=boss, speaker="Марина")
    ours = told(community, topic="Наша")
    with pytest.raises(OwnSubmission):
        approve_talk(spoken, by=boss)
    f.StewardshipFactory(community=community, user=boss, role="editor")
    for decide in (approve_talk, lambda row, by: return_talk(row, reason="Нет", by=by)):
        with pytest.raises(OwnSubmission):
            decide(ours, by=boss)


@pytest.mark.django_db(transaction=True)
def test_sent_many_times_at_once_it_is_one():
    community = f.approved().community
    leader = community.stewardships.get().user
    made = at_once(*[lambda: told(community, by=leader).pk] * 12)
    assert (len(set(made)), Talk.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_without_the_look_for_a_twin_the_race_is_real(monkeypatch):
    community = f.approved().community
    leader = community.stewardships.get().user
    monkeypatch.setattr(acts, "_twin", lambda talk: None)

    outcomes = at_once(*[partial(told, community, by=leader)] * 6, refusals=Refused)
    assert sum(isinstance(one, Refused) for one in outcomes) == 5
    with pytest.raises(IntegrityError):
        Talk.objects.create(community=community, branch=community.branch, told_by=leader, **SAID)


@pytest.mark.django_db(transaction=True)
def test_of_twenty_decisions_at_once_one_holds():
    talk, judges = f.told_talk(), [f.UserFactory() for _ in range(20)]

    outcomes = at_once(*(partial(approve_talk, talk, by=judge) for judge in judges), refusals=AlreadyDecided)
    assert Counter(map(type, outcomes)) == {Talk: 1, AlreadyDecided: 19}
    assert Notification.objects.filter(kind="talk_approved").count() == 1
