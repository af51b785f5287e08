"""One screen for the leader."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communities.actions import census, stewardship
from communities.models import Claim, FieldDecision
from hub.approvals import move
from hub.choices import State
from tests.factories import (
    BranchFactory,
    RoundFactory,
    UserFactory,
    approved,
    coordinator,
    draft,
    imported,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader(client):
    user = UserFactory(name="Ольга Тарасова")
    client.force_login(user)
    return user


def page(client) -> str:
    response = client.get(reverse("cabinet"))
    assert response.status_code == 200
    return response.content.decode()


def test_asks_to_sign_in(client):
    BranchFactory()
    assert client.get(reverse("cabinet")).url.startswith(reverse("account_login"))


def test_without_a_community_says_what_will_be_here(client, leader):
    BranchFactory()
    text = page(client)
    assert "Зарегистрировать сообщество" in text
    assert "Найти своё сообщество" in text


def test_staff_find_their_pages(client):
    client.force_login(coordinator())
    assert "Страницы отделения" in page(client)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (draft, ["Черновик", "Продолжить анкету"]),
        (submitted, ["Проверяет координатор", "Отозвать и поправить"]),
        (approved, ["Одобрено", "Изменить анкету", "ничего не нужно"]),
    ],
)
def test_shows_where_the_record_stands(client, leader, make, words):
    make(leader)
    text = page(client)
    assert all(word in text for word in words)


def test_a_returned_record_tells_the_reason_and_leads_to_the_field(client, leader):
    record, judge = submitted(leader), UserFactory(name="Марина Гегечкори")
    FieldDecision.objects.create(
        record=record, field="place", accepted=False, reason="Закрытый двор", by=judge
    )
    move(record, "return", by=judge)
    text = page(client)
    assert "Закрытый двор" in text
    assert "Марина Гегечкори" in text
    assert f"{reverse('census-step', args=[record.pk, 'meetings'])}?fix=1#id_place" in text
    record.refresh_from_db()
    census.save_answers(record, {"place": "Новый вход"}, by=leader, version=record.version)
    assert "Отправьте анкету снова" in page(client)


def test_a_newer_round_asks_with_its_deadline(client, leader):
    record = approved(leader)
    round_ = RoundFactory(branch=record.community.branch, year=2027)
    text = page(client)
    assert f"до {round_.closes_on:%d.%m.%Y}" in text
    assert "Ничего не изменилось" in text


def test_an_open_invitation_and_claims_are_told(client, leader):
    community = draft(leader).community
    stewardship.invite_steward(community, by=leader, email="nina@example.org")
    Claim.objects.create(
        community=imported(name="Берег памяти").community,
        text="Я",
        state=State.SUBMITTED,
        submitted_by=leader,
        submitted_at=timezone.now(),
    )
    text = page(client)
    assert "Приглашение ещё не приняли" in text
    assert "Берег памяти" in text


@pytest.mark.parametrize("number", [1, 3])
def test_queries_do_not_grow_with_communities(client, leader, number):
    for _each in range(number):
        census.begin_edit(approved(leader).community, by=leader)
    page(client)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page(client)
    assert len(queries) == 13  # one of them the events, one what the city asks for and is given
