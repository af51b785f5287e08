"""Proofs of support and talks in the coordinator's queue: one list, decided once, never one's own."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from events.actions.announcing import publish
from events.models import Event, TrustedAdministration
from hub.choices import State
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db

YESTERDAY = timezone.now() - timedelta(days=1)
MADE = {"support": lambda: f.proven(f.state_event(starts_at=YESTERDAY)), "talk": f.told_talk}


@pytest.fixture
def boss(client):
    boss = f.coordinator(name="Марина Гусева")
    client.force_login(boss)
    return boss


def test_both_wait_in_the_one_queue_and_have_a_tab(client, boss):
    support, talk = MADE["support"](), MADE["talk"]()
    response = client.get(reverse("review-queue"))
    assert [line["name"] for line in response.context["lines"]] == [support.event.title, talk.topic]
    counts = response.context["counts"]
    assert (counts["support"], counts["talk"], counts["all"]) == (1, 1, 2)


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_depend_on_rows(client, boss, django_assert_num_queries, kind, rows):
    for _ in range(rows):
        row = MADE[kind]()
    address = reverse(f"{kind}-review", args=[row.pk])
    client.get(address)
    with django_assert_num_queries({"support": 10, "talk": 10}[kind]):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize("kind", MADE)
def test_a_return_needs_a_reason_and_a_decision_is_made_once(client, boss, kind):
    row = MADE[kind]()
    decide = reverse(f"{kind}-decide", args=[row.pk])
    assert client.post(decide, {"do": "return", "reason": " "}).status_code == 422
    page = Visitor(boss).open(f"/queue/{kind}s/{row.pk}/")
    page.send("decide", press=("do", "return"), reason="Нет ни одного лица")
    row.refresh_from_db()
    assert row.state == State.RETURNED
    assert client.post(decide, {"do": "approve", "seen": row.submitted_at.isoformat()}).status_code == 302
    row.refresh_from_db()
    assert row.state == State.RETURNED


@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("seen", ["", "вчера", "2026-01-01T00:00:00+03:00", "2026-13-45T00:00:00Z"])
def test_what_was_not_read_is_not_approved(client, boss, kind, seen):
    row = MADE[kind]()
    client.post(reverse(f"{kind}-decide", args=[row.pk]), {"do": "approve", "seen": seen})
    row.refresh_from_db()
    assert row.state == State.SUBMITTED


@pytest.mark.parametrize("kind", MADE)
def test_nobody_decides_for_their_own_community(client, boss, kind):
    row = MADE[kind]()
    f.StewardshipFactory(community=row.community, user=boss, role="editor")
    page = client.get(reverse(f"{kind}-review", args=[row.pk])).content.decode()
    assert "решает другой координатор" in page
    decide = reverse(f"{kind}-decide", args=[row.pk])
    assert client.post(decide, {"do": "approve", "seen": row.submitted_at.isoformat()}).status_code == 403


@pytest.mark.parametrize("kind", MADE)
def test_another_branch_does_not_exist_here(client, kind):
    client.force_login(f.coordinator(f.BranchFactory(slug="kazan", host="kazan.example.org")))
    row = MADE[kind]()
    address = reverse(f"{kind}-review", args=[row.pk])
    assert client.get(address, headers={"host": "kazan.example.org"}).status_code == 404


def test_trust_in_the_administration_and_back(boss):

    draft = f.state_event()
    Event.objects.filter(pk=draft.pk).update(state=State.DRAFT, decided_at=None, decided_by=None)
    draft.refresh_from_db()
    publish(draft, by=draft.created_by)
    page = Visitor(boss).open(f"/queue/events/{draft.pk}/").send("administration/trust")
    assert page.sees("Её события выходят без проверки")
    page.send("administration/distrust")
    assert not TrustedAdministration.objects.exists()
