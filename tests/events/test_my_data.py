"""What a person's download holds of supports and talks, and what erasure leaves."""

import json
from datetime import timedelta

import pytest

from events.actions.changing import move_occurrence
from events.models import Event, StateEventSupport, Talk
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


@pytest.mark.django_db(transaction=True)
def test_a_name_is_gone_from_feeds_as_soon_as_it_is_erased(client):
    event = f.published(description="Ведёт Анна Ким, user@example.org", rrule="FREQ=WEEKLY;COUNT=2")
    person, date = event.created_by, event.occurrences.first()
    person.name = "Анна Ким"
    person.save()
    event.occurrences.filter(pk=date.pk).update(own_title="Анна Ким читает")
    move_occurrence(
        date,
        date.starts_at,
        date.ends_at + timedelta(hours=1),
        where=(None, "Двор, Анна Ким встретит"),
        note="Вместо Анна Ким",
        by=person,
    )
    stamp = Event.objects.get().changed_at
    feeds = ["/calendar.ics", f"/calendar/{event.slug}.ics", "/calendar.rss", "/calendar.ics?topic=trails"]

    def read(answer):
        whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return whole.decode().replace("\r\n ", "")

    tags = {feed: client.get(feed).headers["ETag"] for feed in feeds}
    assert "Анна Ким" in read(client.get("/calendar.ics"))
    erase(person, by=None)
    for feed, tag in tags.items():
        fresh = client.get(feed, headers={"if-none-match": tag})
        assert (fresh.status_code, fresh.headers["Cache-Control"]) == (200, "public, max-age=30")
        assert "Анна" not in read(fresh), feed
    assert Event.objects.get().changed_at > stamp


def test_an_erasure_leaves_events_without_the_name_as_they_are():
    event = f.published(description="Чай")
    before = Event.objects.get(pk=event.pk).changed_at
    erase(event.created_by, by=None)
    assert Event.objects.get(pk=event.pk).changed_at == before
