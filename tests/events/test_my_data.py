"""What a person's download holds of supports and talks, and what erasure leaves."""

import json

import pytest

from events.models import StateEventSupport, Talk
from hub.my_data import erase, export
from tests import factories as f

pytestmark = pytest.mark.django_db


def test_supports_and_talks_are_handed_out():
    support, talk = f.proven(), f.told_talk()
    told = json.loads(export(support.offered_by))["events.stateeventsupport"]
    assert (told[0]["how"], told[0]["report"]) == (support.how, support.report)
    told = json.loads(export(talk.user))["events.talk"]
    assert (told[0]["speaker"], told[0]["topic"]) == (talk.speaker, talk.topic)
    assert "events.talk" not in json.loads(export(f.UserFactory()))


def test_after_an_erasure_the_facts_stay_and_the_person_does_not():
    support = f.confirmed(report="Писать на user@example.org, Анна Ким")
    person = support.offered_by
    person.name = "Анна Ким"
    person.save()
    f.talk(support.community, user=person, speaker="Анна Ким", topic="Анна Ким о тропах")
    f.talk(support.community, user=person, speaker="Анна Ким", topic="О реках")
    erase(person, by=None)
    fresh = StateEventSupport.objects.get()
    assert (fresh.state, "Анна Ким" in fresh.report) == ("approved", False)
    talks = Talk.objects.order_by("pk")
    assert [(talk.user, talk.state, "Анна" in talk.speaker + talk.topic) for talk in talks] == [
        (None, "approved", False)
    ] * 2
