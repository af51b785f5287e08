"""Events in the coordinator's queue: found, read, decided once, never by their sender."""

import pytest
from django.urls import reverse

from events.actions.announcing import edit_event, publish
from events.models import TrustedOrganiser
from hub.choices import State
from hub.models import Notification
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    boss = f.coordinator(name="Марина Гусева")
    client.force_login(boss)
    return boss


def sent(**answers):
    event = f.event(**answers)
    return publish(event, by=event.created_by)


def test_events_wait_in_the_one_queue_and_have_a_tab(client, boss):
    f.submitted(name="Тропа")
    event = sent()
    response = client.get(reverse("review-queue"))
    assert [line["name"] for line in response.context["lines"]] == ["Тропа", event.title]
    assert response.context["counts"]["event"] == 1
    page = Visitor(boss).open("/queue/?kind=event")
    assert page.sees(event.title, "Событие · ", "16 января 2027", event.venue.name)


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_depend_on_rows(client, boss, django_assert_num_queries, rows):
    community = f.approved().community
    for number in range(rows):
        f.published(community, title=f"Соседнее {number}")
        event = sent(community=community, title=f"Ждёт {number}")
    client.get(reverse("review-queue"))
    with django_assert_num_queries(12):
        client.get(reverse("event-review", args=[event.pk]))


def test_approval_leads_on_and_is_made_once(boss):
    first, second = sent(title="Первое"), sent(title="Второе")
    page, late = (Visitor(boss).open(f"/queue/events/{first.pk}/?kind=event") for _ in range(2))
    page.send("decide", press=("do", "approve"))
    assert page.path.startswith(f"/queue/events/{second.pk}/")
    first.refresh_from_db()
    assert first.state == State.APPROVED
    late.client.post(f"/queue/events/{first.pk}/decide/", {"do": "return", "reason": "Нет"})
    first.refresh_from_db()
    assert first.state == State.APPROVED


def test_a_return_needs_a_reason_and_is_told(boss):
    event = sent()
    page = Visitor(boss).open(f"/queue/events/{event.pk}/")
    page.client.handler.enforce_csrf_checks = False
    refused = page.client.post(f"/queue/events/{event.pk}/decide/", {"do": "return"})
    assert refused.status_code == 422
    page.send("decide", press=("do", "return"), reason="Где встреча?")
    event.refresh_from_db()
    assert event.state == State.RETURNED
    assert Notification.objects.get(user=event.created_by).context["reason"] == "Где встреча?"
    leader = Visitor(event.created_by).open(f"/cabinet/events/{event.pk}/publish/")
    assert leader.sees("Координатор просит поправить", "Где встреча?", "Отправить снова")
    leader.send()
    event.refresh_from_db()
    assert event.state == State.SUBMITTED


def test_what_was_changed_after_reading_is_not_approved_unread(boss):
    event = sent()
    page = Visitor(boss).open(f"/queue/events/{event.pk}/")
    edit_event(event, {"title": "Совсем другое"}, seen=0, by=event.created_by)
    page.send("decide", press=("do", "approve"))
    assert page.sees("событие изменили", "Совсем другое")
    event.refresh_from_db()
    assert event.state == State.SUBMITTED


def test_never_by_the_sender(client):
    boss = f.coordinator()
    event = f.event()
    event = publish(event, by=boss)
    client.force_login(boss)
    assert "другой координатор" in client.get(f"/queue/events/{event.pk}/").content.decode()
    assert client.post(f"/queue/events/{event.pk}/decide/", {"do": "approve"}).status_code == 403


def test_trust_and_distrust(boss):
    event = sent()
    page = Visitor(boss).open(f"/queue/events/{event.pk}/").send("/trust/")
    assert page.sees("Доверенный организатор")
    assert TrustedOrganiser.objects.get().by == boss
    page.send("distrust")
    assert not TrustedOrganiser.objects.exists()
