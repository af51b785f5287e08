"""The administration's pages: what it posts, what it asks for, whom it answers."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.choices import Offer
from events.models import Event, StateEventSupport, SupportRequest
from hub.choices import RoleKind
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db

ANSWERS = {"title": "День города", "day": "2027-01-16", "start": "11:00", "repeats": "no", "is_free": "on"}


@pytest.fixture
def official(client):
    official = f.staff(RoleKind.ADMINISTRATION)
    client.force_login(official)
    return official


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"help_until": "2027-01-10"}, "Отметьте, чем помочь"),
        ({"help_kinds": ["volunteers"]}, "Укажите день, до которого"),
        ({"help_text": "Десять человек", "help_until": "2020-01-01"}, "Этот день уже прошёл"),
        ({"help_text": "Десять человек", "help_until": "2027-01-17"}, "не позже 16.01.2027"),
    ],
)
def test_a_request_that_nobody_could_answer_is_refused_and_kept(client, official, asked, words):
    response = client.post(reverse("state-event-announce"), ANSWERS | {"asks": "on"} | asked)
    page = response.content.decode()
    assert words in page
    assert 'value="День города"' in page
    assert not Event.objects.exists()


def test_an_event_may_ask_for_nothing(client, official):
    response = client.post(reverse("state-event-announce"), ANSWERS)
    event = Event.objects.get()
    assert response.url == reverse("event-publish", args=[event.pk])
    assert not SupportRequest.objects.exists()


def test_asked_later_corrected_and_stopped(official):
    event = f.state_event(asked=False)
    city = Visitor(official).open(f"/state-events/desk/{event.pk}/")
    assert city.sees("Событие ещё не просило о поддержке")
    city.open(f"/state-events/desk/{event.pk}/ask/")
    city.send(help_kinds=["hosts"], help_until="2027-01-10")
    assert city.sees("Ведущие и экскурсоводы", "Отвечают до 10.01.2027")
    city.open(f"/state-events/desk/{event.pk}/ask/").send(help_text="Двое ведущих")
    assert SupportRequest.objects.get().text == "Двое ведущих"
    city.open(f"/state-events/desk/{event.pk}/ask/")
    city.client.handler.enforce_csrf_checks = False
    city.client.post(f"/state-events/desk/{event.pk}/ask/", {"do": "stop"})
    assert city.open(f"/state-events/desk/{event.pk}/").sees("Отвечали до")


def test_a_refusal_needs_a_word_and_keeps_its_place(client, official):
    support = f.support()
    answer = reverse("support-answer", args=[support.pk])
    refused = client.post(answer, {"do": "decline", "answer": " "})
    assert refused.status_code == 422
    assert "лидер прочитает их вместо звонка" in refused.content.decode()
    client.post(answer, {"do": "decline", "answer": "Людей хватает"})
    support.refresh_from_db()
    assert (support.offer, support.answer) == (Offer.DECLINED, "Людей хватает")
    client.post(answer, {"do": "accept"})
    support.refresh_from_db()
    assert support.offer == Offer.ACCEPTED
    late = client.post(answer, {"do": "decline", "answer": "Поздно"}, follow=True)
    assert "На это уже ответили" in late.content.decode()


def test_an_answer_that_is_too_long_is_not_cut_but_said(client, official):
    support = f.support()
    client.force_login(official)
    words = "Ждём вас у арки. " * 20
    response = client.post(reverse("support-answer", args=[support.pk]), {"do": "accept", "answer": words})
    page = response.content.decode()
    assert response.status_code == 422
    assert "уложитесь в 300 знаков" in page
    assert words.strip() in page
    support.refresh_from_db()
    assert support.answered_at is None


def test_nobody_answers_their_own_community(client, official):
    community = f.approved().community
    f.StewardshipFactory(community=community, user=official, role="editor")
    support = f.support(community=community)
    assert client.post(reverse("support-answer", args=[support.pk]), {"do": "accept"}).status_code == 403


def test_events_of_communities_are_their_own(client, official):
    theirs, city = f.published(), f.state_event(title="День города")
    date = theirs.occurrences.get()
    for name, keys in (("event-edit", ()), ("event-cancel", ()), ("event-date", (date.pk,))):
        answer = {"reason": "Площадка занята", "do": "cancel"}
        assert client.post(reverse(name, args=[theirs.pk, *keys]), answer).status_code == 403
    client.post(reverse("event-cancel", args=[city.pk]), {"reason": "Шторм"})
    theirs.refresh_from_db()
    city.refresh_from_db()
    date.refresh_from_db()
    assert (theirs.is_cancelled, date.cancelled_at, city.cancelled_because) == (False, None, "Шторм")


def test_another_branch_does_not_exist_here(client, official):
    kazan = f.BranchFactory(slug="kazan")
    event = f.state_event(branch=kazan, title="Сабантуй")
    support = f.support(event, f.approved(community=f.CommunityFactory(branch=kazan)).community)
    for name, pk in (("state-event-answers", event.pk), ("state-event-ask", event.pk)):
        assert client.get(reverse(name, args=[pk])).status_code == 404
    assert client.post(reverse("support-answer", args=[support.pk]), {"do": "accept"}).status_code == 404
    assert event.title not in client.get(reverse("state-event-desk")).content.decode()


def test_what_has_passed_stands_apart(client, official):
    f.state_event(title="Впереди")
    f.state_event(title="Прошло", starts_at=timezone.now() - timedelta(days=3))
    f.published(title="Чужое")
    address = reverse("state-event-desk")
    for when, seen in (("", "Впереди"), ("past", "Прошло")):
        titles = [event.title for event in client.get(address, {"when": when}).context["page"]]
        assert titles == [seen]


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_depend_on_rows(client, official, django_assert_num_queries, rows):
    for number in range(rows):
        event = f.state_event(title=f"Событие {number}", venue=f.VenueFactory())
        for _ in range(rows):
            f.confirmed(event)
    pages = {reverse("state-event-desk"): 7, reverse("state-event-answers", args=[event.pk]): 7}
    for page, queries in pages.items():
        client.get(page)
        with django_assert_num_queries(queries):
            assert client.get(page).status_code == 200
    assert StateEventSupport.objects.confirmed().count() == rows * rows


def test_empty_pages_say_what_will_be_here(client, official):
    assert "Пока ни одного события" in client.get(reverse("state-event-desk")).content.decode()
    past = client.get(reverse("state-event-desk"), {"when": "past"}).content.decode()
    assert "Прошедших пока нет" in past


def test_two_officials_who_correct_a_request_at_once_see_both_versions(official):
    event = f.state_event()
    address = f"/state-events/desk/{event.pk}/ask/"
    mine, theirs = Visitor(official).open(address), Visitor(f.staff(RoleKind.ADMINISTRATION)).open(address)
    theirs.send(help_text="Пятеро на вход")
    mine.send(help_text="Двое на сцену", status=422)
    assert mine.sees("изменили в другом окне", "Пятеро на вход", "Двое на сцену")
    assert SupportRequest.objects.get().text == "Пятеро на вход"
    mine.send()
    assert SupportRequest.objects.get().text == "Двое на сцену"


@pytest.mark.parametrize("number", [1, 3])
def test_the_cabinet_names_whose_help_waits_for_the_citys_word(
    client, official, number, django_assert_num_queries
):
    for turn in range(number):
        city = f.state_event(title=f"Праздник {turn}")
        f.support(city, f.approved().community)
        f.support(city, f.approved().community)
    f.accepted(f.state_event(title="Решённое"), f.approved().community)
    with django_assert_num_queries(10):
        page = client.get(reverse("cabinet")).content.decode()
    assert page.count("Ответьте сообществам") == number
    assert "ждут ответа 2 предложени" in page
    assert ("Решённое" in page, "Здесь будет ваше сообщество" in page) == (False, False)
