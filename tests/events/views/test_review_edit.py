"""Edits of published events in the coordinator's queue."""

import pytest
from django.urls import reverse

from events.models import Event, EventEdit
from hub.choices import State
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    boss = f.coordinator(name="Марина Гусева")
    client.force_login(boss)
    return boss


def test_an_edit_waits_in_the_queue_with_what_was_and_what_is(client, boss):
    edit = f.edited(title="Казино")
    response = client.get(reverse("review-queue"))
    assert [line["name"] for line in response.context["lines"]] == ["Казино"]
    assert response.context["counts"]["event-edit"] == 1
    page = Visitor(boss).open(f"/queue/event-edits/{edit.pk}/?kind=event-edit")
    assert page.sees("Прогулка, которую правят", "Казино", "Правка события", "Всё в порядке")


def test_let_be_or_put_back(boss):
    for press, reason, title, state in (
        ("approve", {}, "Казино", State.APPROVED),
        ("return", {"reason": "Не то"}, "Прогулка, которую правят", State.RETURNED),
    ):
        edit = f.edited(title="Казино")
        page = Visitor(boss).open(f"/queue/event-edits/{edit.pk}/")
        page.send("decide", press=("do", press), **reason)
        edit.refresh_from_db()
        assert (edit.state, Event.objects.get(pk=edit.event_id).title) == (state, title)
        assert Visitor(boss).open(f"/queue/event-edits/{edit.pk}/").sees("Решение уже есть: Марина Гусева")


def test_a_reason_is_needed_and_what_was_read_must_be_what_is(client, boss):
    edit = f.edited()
    path = f"/queue/event-edits/{edit.pk}/decide/"
    assert client.post(path, {"do": "return"}).status_code == 422
    for seen in ("", "x", "999999", "9" * 40):
        client.post(path, {"do": "approve", "seen": seen})
        edit.refresh_from_db()
        assert edit.state == State.SUBMITTED


def test_another_branch_has_its_own(client):
    edit = f.edited()
    f.BranchFactory(slug="kazan", host="kazan.example.org")
    kazan = f.coordinator(f.h.Branch.objects.get(slug="kazan"))
    client.force_login(kazan)
    page = client.get(f"/queue/event-edits/{edit.pk}/", headers={"host": "kazan.example.org"})
    assert page.status_code == 404
    assert EventEdit.objects.get().state == State.SUBMITTED


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_depend_on_rows(client, boss, django_assert_num_queries, rows):
    for _number in range(rows):
        edit = f.edited()
    client.get(reverse("review-queue"))
    with django_assert_num_queries(11):
        client.get(reverse("event-edit-review", args=[edit.pk]))
