"""A leader's side of state events: what is asked, what is offered, what was done; who opens whose proof."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from events.models import StateEventSupport
from hub.choices import RoleKind
from hub.uploads import store_document
from tests import factories as f
from tests.architecture.cast import picture
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db

YESTERDAY = timezone.now() - timedelta(days=1)


def leader_of(community):
    return community.stewardships.get().user


def test_the_list_shows_what_can_still_be_answered(client):
    f.state_event(title="Просит")
    f.state_event(title="Не просит", asked=False)
    f.state_event(title="Прошло", starts_at=YESTERDAY)
    rows = client.get(reverse("state-event-list")).context["page"]
    assert [row.event.title for row in rows] == ["Просит"]


def test_nothing_to_help_with_says_so(client):
    f.BranchFactory()
    assert "Сейчас помощь не нужна" in client.get(reverse("state-event-list")).content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_asks_as_little(client, django_assert_num_queries, rows):
    for number in range(rows):
        f.accepted(f.state_event(title=f"Событие {number}"))
    address = reverse("state-event-list")
    client.get(address)
    with django_assert_num_queries(3):
        assert client.get(address).status_code == 200


def test_who_leads_several_says_which():
    first, second = f.approved(name="Хор").community, f.approved(name="Тропа").community
    leader = leader_of(first)
    f.StewardshipFactory(community=second, user=leader, role="co_leader")
    event = f.state_event()
    page = Visitor(leader).open(f"/cabinet/state-events/{event.pk}/support/")
    assert page.sees("Какое сообщество поможет?", "Хор", "Тропа")
    page.open(f"/cabinet/state-events/{event.pk}/support/?community={second.slug}")
    page.send(kinds=["stage"], how="Споём")
    assert StateEventSupport.objects.get().community == second


def test_who_leads_nothing_reads_how_to_help(client):
    client.force_login(f.UserFactory())
    page = client.get(reverse("support-offer", args=[f.state_event().pk])).content.decode()
    assert "Помогают сообщества" in page
    assert "Предложить помощь</button>" not in page


def test_a_wrong_offer_keeps_what_was_typed(client):
    community = f.approved().community
    client.force_login(leader_of(community))
    address = reverse("support-offer", args=[f.state_event().pk])
    response = client.post(address, {"how": "Восемь волонтёров", "people": "много"})
    page = response.content.decode()
    assert response.status_code == 422
    assert all(words in page for words in ("Отметьте, чем поможете", "Напишите число цифрами"))
    assert all(words in page for words in ("Восемь волонтёров", 'value="много"'))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"link": "vk.com/x"}, "что вы сделали"),
        ({"report": "Помогли"}, "Приложите фото или ссылку"),
        ({"report": "Помогли", "link": "не ссылка"}, "не похоже на адрес"),
        ({"report": "Помогли", "photo": SimpleUploadedFile("x.png", b"no picture")}, "JPEG"),
    ],
)
def test_a_proof_that_proves_nothing_is_refused(client, said, words):
    support = f.accepted(f.state_event(starts_at=YESTERDAY))
    client.force_login(support.offered_by)
    response = client.post(reverse("support-detail", args=[support.pk]), said)
    assert response.status_code == 422
    assert words in response.content.decode()
    support.refresh_from_db()
    assert support.submitted_at is None


def test_the_photo_opens_to_those_who_count_and_to_its_people(client):
    support = f.confirmed(f.state_event(starts_at=YESTERDAY))
    file = SimpleUploadedFile("вход.png", picture())
    upload = store_document(file, by=support.offered_by)
    StateEventSupport.objects.update(photo=upload)
    colleague = f.StewardshipFactory(community=support.community, role="editor").user
    for person in (support.offered_by, colleague, f.coordinator(), f.staff(RoleKind.FEDERAL)):
        client.force_login(person)
        assert client.get(upload.url).status_code == 200
    others = (
        f.UserFactory(),
        leader_of(f.approved().community),
        f.coordinator(f.BranchFactory(slug="kazan")),
    )
    for person in others:
        client.force_login(person)
        assert client.get(upload.url).status_code == 404


def test_taken_back_in_time():
    support = f.support()
    leader = Visitor(support.offered_by).open(f"/cabinet/supports/{support.pk}/").send("withdraw")
    assert leader.sees("Отозвано", "Отозвали")


@pytest.mark.parametrize("rows", [1, 3])
def test_the_cabinet_counts_what_waits(rows):
    community = f.approved().community
    for number in range(rows):
        f.accepted(f.state_event(title=f"Прошло {number}", starts_at=YESTERDAY), community)
    f.state_event(title="Просит")
    page = Visitor(leader_of(community)).open("/cabinet/")
    assert page.text.count("Покажите, как помогли") == rows
    assert page.text.count("Поддержите город: «Просит»") == 1


def test_more_than_three_requests_lead_to_their_list():
    community = f.approved().community
    for number in range(5):
        f.state_event(title=f"Просит {number}")
    page = Visitor(leader_of(community)).open("/cabinet/")
    assert page.text.count("Поддержите город") == 3
    assert page.sees("Ещё события города, которым нужна помощь")


def test_the_event_says_what_the_city_asks_for_and_who_helps():
    event = f.state_event()
    f.accepted(event, f.approved(name="Хор").community)
    f.support(event, f.approved(name="Ждёт ответа").community)
    page = Visitor().open(event.get_absolute_url())
    assert page.sees("Город просит поддержать", "Волонтёры", "Уже помогают: Хор", "Администрация города")
    assert "Ждёт ответа" not in page.text
    assert "Город просит" not in Visitor().open(f.published().get_absolute_url()).text
