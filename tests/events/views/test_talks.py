"""Telling of talks: what is asked, what is refused, what the city reads of it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from communities.actions.stewardship import show_name
from events.actions.announcing import invite_organiser
from events.actions.talks import approve_talk
from events.models import Talk
from hub.choices import State
from hub.models import User
from tests import factories as f
from tests.architecture.cast import picture
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db

SAID = {"topic": "Тропы", "stage": "Форум", "place": "Москва", "link": "vk.com/x", "speaker": "Анна Ким"}


def today():
    return timezone.localdate()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"speaker": ""}, "Впишите, кто выступал"),
        ({"topic": ""}, "о чём говорили"),
        ({"stage": ""}, "на каком мероприятии"),
        ({"place": ""}, "Напишите город и место"),
        ({"link": ""}, "Приложите файл или ссылку"),
        ({"date": "2100-01-01"}, "ещё не наступил"),
        ({"date": "2001-01-01"}, "больше года назад"),
    ],
)
def test_what_is_missing_is_said_and_the_rest_is_kept(client, said, words):
    community = f.approved().community
    client.force_login(community.stewardships.get().user)
    address = f"{reverse('talk-tell')}?community={community.slug}"
    response = client.post(address, SAID | {"date": today().isoformat()} | said)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert any(kept in page for kept in ("Москва", "Форум"))
    assert not Talk.objects.exists()


def test_a_talk_at_an_event_needs_no_other_place(client):
    community = f.approved().community
    event = f.state_event(starts_at=timezone.now() - timedelta(days=2))
    client.force_login(community.stewardships.get().user)
    said = {"topic": "Тропы", "link": "vk.com/x", "speaker": "Анна Ким", "date": today(), "event": event.pk}
    client.post(f"{reverse('talk-tell')}?community={community.slug}", said)
    talk = Talk.objects.get()
    assert (talk.event, talk.stage, talk.state) == (event, "", State.SUBMITTED)


def test_deleted_when_told_by_mistake():
    talk = f.told_talk()
    leader = Visitor(talk.told_by).open(f"/cabinet/talks/{talk.pk}/discard/").send()
    assert leader.sees("Выступление удалено")
    assert not Talk.objects.exists()


def test_one_that_counts_is_only_read():
    talk = f.talk()
    page = Visitor(talk.told_by).open(f"/cabinet/talks/{talk.pk}/")
    assert page.sees("Засчитано", talk.topic, talk.place)
    assert not any(form.action == "" and form.method == "post" for form in page.forms)


def test_the_city_reads_a_name_only_while_its_owner_shows_it():
    talk = f.talk()
    steward, address = talk.community.stewardships.get(), talk.community.get_absolute_url()
    assert talk.speaker not in Visitor().open(address).text
    show_name(steward, True, by=steward.user, channel="test")
    assert Visitor().open(address).sees(talk.topic, talk.speaker)
    show_name(steward, False, by=steward.user, channel="test")
    assert talk.speaker not in Visitor().open(address).text


def test_a_speaker_without_a_name_is_not_told_by_their_address(client):
    community = f.approved().community
    steward, address = community.stewardships.get(), community.get_absolute_url()
    User.objects.filter(pk=steward.user_id).update(name="")
    client.force_login(steward.user)
    said = SAID | {"date": today().isoformat(), "speaker": "", "user": steward.user_id}
    client.post(f"{reverse('talk-tell')}?community={community.slug}", said)
    approve_talk(Talk.objects.get(), by=f.UserFactory())
    show_name(steward, True, by=steward.user, channel="test")
    page = Visitor().open(address)
    assert page.sees(SAID["topic"])
    assert steward.user.email not in page.html
    User.objects.filter(pk=steward.user_id).update(name="Анна Ким")
    assert Visitor().open(address).sees("Анна Ким")


def test_what_waits_or_was_returned_is_not_public():
    talk = f.told_talk()
    assert "Выступления" not in Visitor().open(talk.community.get_absolute_url()).text


def test_two_who_mend_at_once_see_both_versions():
    talk = f.told_talk()
    f.StewardshipFactory(community=talk.community, user=(other := f.UserFactory()), role="editor")
    address = f"/cabinet/talks/{talk.pk}/"
    mine, theirs = Visitor(talk.told_by).open(address), Visitor(other).open(address)
    theirs.send(topic="Тропы и мосты", place="Сочи")
    mine.send(topic="Тропы зимой", status=422)
    assert mine.sees("изменили в другом окне", "Тропы и мосты", "Тропы зимой", "Сочи")
    talk.refresh_from_db()
    assert talk.topic == "Тропы и мосты"
    mine.send()
    talk.refresh_from_db()
    assert (talk.topic, talk.place) == ("Тропы зимой", "Москва, ВДНХ")


def test_an_event_that_the_community_was_only_invited_to_is_not_offered_as_a_stage(client):
    community, over = f.approved().community, timezone.now() - timedelta(days=2)
    event = f.published(title="Чужой концерт", starts_at=over)
    invite_organiser(event, community, by=event.created_by)
    client.force_login(community.stewardships.get().user)
    page = client.get(f"{reverse('talk-tell')}?community={community.slug}").content.decode()
    assert "Чужой концерт" not in page


def test_a_refused_form_keeps_its_proof(client):
    community = f.approved().community
    client.force_login(community.stewardships.get().user)
    address = f"/cabinet/talks/new/?community={community.slug}"
    proof = SimpleUploadedFile("сцена.png", picture())
    page = client.post(
        address, SAID | {"date": today()} | {"topic": "", "link": "", "proof": proof}
    ).content.decode()
    assert "сцена.png" in page
    kept = page.partition('name="proof-kept" value="')[2].partition('"')[0]
    client.post(address, SAID | {"date": today()} | {"link": "", "proof-kept": kept})
    assert Talk.objects.get().proof.title == "сцена"
