from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communities.choices import Fate, ImportStage
from communities.models import (
    CensusRecord,
    Claim,
    Community,
    FieldDecision,
    ImportBatch,
    ImportRow,
    NotDuplicate,
)
from hub.choices import State
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(client):
    boss = f.coordinator(name="Марина Гусева")
    client.force_login(boss)
    return boss


def waiting(days=0, **answers):
    record = f.submitted(**answers)
    CensusRecord.objects.filter(pk=record.pk).update(submitted_at=timezone.now() - timedelta(days=days))
    record.refresh_from_db()
    return record


def edit_of(public, **answers):
    record = f.draft(community=public.community, **answers)
    record.state, record.submitted_by, record.submitted_at = (
        State.SUBMITTED,
        public.submitted_by,
        timezone.now(),
    )
    record.save()
    return record


def claim(**extra):
    return Claim.objects.create(
        community=f.imported(name="Шапсугский двор").community,
        text="Веду с основания",
        state=State.SUBMITTED,
        submitted_by=f.UserFactory(name="Зара Нибо"),
        submitted_at=timezone.now(),
        **extra,
    )


def text(response):
    return response.content.decode()


def test_everything_to_decide_stands_in_one_list_oldest_first(client, boss):
    waiting(1, name="Новая")
    old = waiting(9, name="Старая")
    edit_of(f.approved(name="Правленая"), name="Правленая")
    claim()
    batch = ImportBatch.objects.create(
        branch=old.community.branch, filename="census.csv", stage=ImportStage.DONE
    )
    ImportRow.objects.create(
        batch=batch, branch=batch.branch, number=1, fate=Fate.DUPLICATE, needs_person=True
    )
    response = client.get(reverse("review-queue"))
    lines = response.context["lines"]
    assert [line["name"] for line in lines][:2] == ["Старая", "Новая"]
    assert {line["name"] for line in lines} == {
        "Старая",
        "Новая",
        "Правленая",
        "Шапсугский двор",
        "census.csv",
    }
    assert response.context["counts"] == {
        "all": 5,
        "late": 1,
        "new": 2,
        "edit": 1,
        "claim": 1,
        "import": 1,
        "event": 0,
        "event-edit": 0,
        "support": 0,
        "talk": 0,
    }
    # The oldest one is open beside the list.
    assert response.context["record"].name == "Старая"


@pytest.mark.parametrize(
    ("kind", "names"), [("new", ["Новая"]), ("edit", ["Тропа"]), ("claim", ["Шапсугский двор"])]
)
def test_tabs(client, boss, kind, names):
    waiting(name="Новая")
    edit_of(f.approved(name="Тропа"), name="Тропа")
    claim()
    response = client.get(reverse("review-queue"), {"kind": kind})
    assert [line["name"] for line in response.context["lines"]] == names


def test_pages_neither_skip_nor_repeat(client, boss, monkeypatch):
    monkeypatch.setattr("communities.querysets.queue.PAGE", 2)
    now = timezone.now()
    for n in range(5):
        waiting(name=f"Анкета {n}")
    CensusRecord.objects.update(submitted_at=now)
    Claim.objects.filter(pk=claim().pk).update(submitted_at=now)
    address, seen = reverse("review-queue"), []
    while True:
        response = client.get(address)
        seen += [line["name"] for line in response.context["lines"]]
        if not response.context["more"]:
            break
        address = reverse("review-queue") + response.context["more"]
    assert sorted(seen) == [*(f"Анкета {n}" for n in range(5)), "Шапсугский двор"]


@pytest.mark.parametrize(
    "after", ["", "чушь", "2026-01-01T00:00:00~record~1", "2026-13-01T00:00:00Z~record~1", "~~"]
)
def test_a_cursor_that_is_none_shows_the_beginning(client, boss, after):
    waiting()
    assert len(client.get(reverse("review-queue"), {"after": after}).context["lines"]) == 1


def test_an_empty_queue_says_what_will_be_here(client, boss):
    assert "Очередь пуста" in text(client.get(reverse("review-queue")))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("route", ["review-queue", "review-record"])
def test_queries_do_not_depend_on_rows(client, boss, django_assert_num_queries, rows, route):
    for n in range(rows):
        record = edit_of(f.approved(name=f"Тропа {n}"), name=f"Тропа {n} новая")
        claim()
    address = reverse(route, args=[] if route == "review-queue" else [record.pk])
    client.get(address)
    with django_assert_num_queries(12):
        assert client.get(address).status_code == 200


def test_changed_fields_come_first_in_words(client, boss):
    public = f.approved(name="Тропа", short="Чистим тропы Хостинского района", topics=["trails"])
    record = edit_of(public, name="Тропа", short="Чистим тропы от Мацесты", topics=["trails", "ecology"])
    response = client.get(reverse("review-record", args=[record.pk]))
    page = text(response)
    assert [row["diff"].name for row in response.context["wanted"]] == ["short", "topics"]
    assert "<ins>от Мацесты</ins>" in page
    assert "<ins>Экология</ins>" in page
    assert "без изменений" in page


def test_html_in_answers_is_shown_as_text(client, boss):
    record = waiting(name="<script>alert(1)</script>", short='"><img src=x onerror=alert(1)>')
    page = text(client.get(reverse("review-record", args=[record.pk])))
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_another_branch_sees_nothing(client):
    record, request = waiting(), claim()
    client.force_login(f.coordinator(f.BranchFactory(slug="kazan", name="Казань")))
    kazan = {"HTTP_HOST": "kazan.example.org"}
    assert client.get(reverse("review-queue"), **kazan).context["lines"] == []
    for address in (
        reverse("review-record", args=[record.pk]),
        reverse("review-similar", args=[record.pk]),
        reverse("review-claim", args=[request.pk]),
    ):
        assert client.get(address, **kazan).status_code == 404
        assert client.get(address).status_code == 403
    assert (
        client.post(reverse("review-decide", args=[record.pk]), {"do": "approve"}, **kazan).status_code == 404
    )
    record.refresh_from_db()
    assert record.state == State.SUBMITTED


def test_decisions_on_fields_are_kept_one_by_one(client, boss):
    record = waiting()
    address = reverse("review-field", args=[record.pk, "short"])
    response = client.post(
        address, {"short": "return", "short-reason": "Где вы ходите?"}, HTTP_HX_REQUEST="true"
    )
    assert "Вернуть (1)" in text(response).replace("</svg>", "").replace("\n", "") or "(1)" in text(response)
    assert FieldDecision.objects.get().reason == "Где вы ходите?"
    client.post(address, {"short": "accept"}, HTTP_HX_REQUEST="true")
    assert FieldDecision.objects.get().accepted
    hint = client.post(address, {"short": "return", "short-reason": " "}, HTTP_HX_REQUEST="true")
    assert "напишите, что поправить" in text(hint)


def test_the_whole_form_works_without_scripts(client, boss):
    record = waiting()
    address = reverse("review-decide", args=[record.pk])
    form = {"name": "accept", "short": "return", "short-reason": "Скажите, где", "do": "save"}
    client.post(address, form)
    assert set(FieldDecision.objects.values_list("field", "accepted")) == {("name", True), ("short", False)}
    refused = client.post(address, form | {"do": "approve"}, follow=True)
    assert "Нельзя одобрить" in text(refused)
    client.post(address, form | {"do": "return"})
    record.refresh_from_db()
    assert record.state == State.RETURNED


def test_a_return_without_a_reason_keeps_the_rest(client, boss):
    record = waiting()
    response = client.post(
        reverse("review-decide", args=[record.pk]),
        {"name": "accept", "short": "return", "short-reason": "", "do": "return"},
        follow=True,
    )
    assert "Напишите, что поправить: Коротко" in text(response)
    assert FieldDecision.objects.get().field == "name"


def test_approval_goes_on_to_the_next(client, boss):
    first, second = waiting(5, name="Первая"), waiting(1, name="Вторая")
    response = client.post(reverse("review-decide", args=[first.pk]), {"do": "approve"})
    assert response.url == reverse("review-record", args=[second.pk])
    response = client.post(reverse("review-decide", args=[second.pk]), {"do": "approve"})
    assert response.url == reverse("review-queue")
    assert Community.objects.listed().count() == 2


def test_what_another_approved_meanwhile_is_told_in_words(client, boss):
    record = waiting(name="Тропа")
    client.post(reverse("review-decide", args=[record.pk]), {"do": "approve"})
    client.force_login(f.coordinator(name="Пётр"))
    page = text(client.post(reverse("review-decide", args=[record.pk]), {"do": "approve"}, follow=True))
    assert "Марина Гусева уже одобрил" in page
    assert "Здесь можно только читать" in page


def test_the_submitter_reads_but_does_not_decide(client, boss):
    record = f.submitted(boss)
    page = client.get(reverse("review-record", args=[record.pk]))
    assert "решение принимает другой координатор" in text(page)
    assert client.post(reverse("review-decide", args=[record.pk]), {"do": "approve"}).status_code == 403


def test_a_second_look_begins_with_what_is_not_accepted_yet(client, boss):
    record = waiting(name="Тропа")
    before = timezone.now() - timedelta(days=2)
    for field, accepted in (("name", True), ("short", False)):
        decision = record.decisions.create(
            field=field, accepted=accepted, reason="" if accepted else "Уточните", by=boss
        )
        FieldDecision.objects.filter(pk=decision.pk).update(at=before)
    context = client.get(reverse("review-record", args=[record.pk])).context
    assert [row["diff"].name for row in context["accepted"]] == ["name"]
    stuck = next(row for row in context["wanted"] if row["diff"].name == "short")
    assert stuck["stuck"]
    assert context["returned"] == 1


def test_similar_records_are_told_with_reasons_and_told_apart(client, boss):
    f.approved(name="Тропы Хосты", lat=43.5505, lng=39.79, founded=None)
    record = waiting(name="Тропа 862", lat=43.55, lng=39.79)
    address = reverse("review-similar", args=[record.pk])
    assert "56 м" in text(client.get(address, HTTP_HX_REQUEST="true"))
    assert "<html" in text(client.get(address))
    other = Community.objects.exclude(pk=record.community_id).get()
    client.post(reverse("not-duplicate", args=[record.community_id, other.pk]), HTTP_HX_REQUEST="true")
    assert NotDuplicate.objects.count() == 1
    assert "Тропы Хосты" not in text(client.get(address, HTTP_HX_REQUEST="true"))


def test_a_claim_is_read_and_decided(client, boss):
    request = claim(link="https://vk.com/shapsug")
    page = text(client.get(reverse("review-claim", args=[request.pk])))
    assert "Веду с основания" in page
    assert "https://vk.com/shapsug" in page
    refused = client.post(reverse("review-claim-decide", args=[request.pk]), {"do": "return", "reason": ""})
    assert refused.status_code == 422
    assert "Напишите причину" in text(refused)
    client.post(reverse("review-claim-decide", args=[request.pk]), {"do": "approve"})
    request.refresh_from_db()
    assert request.state == State.APPROVED
    assert request.community.stewardships.get().user == request.submitted_by


def test_the_header_counts_for_coordinators_alone(client, boss):
    waiting()
    assert client.get(reverse("review-queue")).context["request"].queue_count == 1


def test_a_nul_letter_in_a_reason_is_left_out(client, boss):
    record = waiting()
    said = {"name": "return", "name-reason": "Проверьте\0 имя", "do": "return"}
    client.post(reverse("review-field", args=[record.pk, "name"]), said)
    assert client.post(reverse("review-decide", args=[record.pk]), said).status_code == 302
    assert record.decisions.get().reason == "Проверьте имя"


def test_a_community_is_not_told_apart_from_itself(client, boss):
    pk = waiting().community_id
    answer = client.post(reverse("not-duplicate", args=[pk, pk]))
    assert (answer.status_code, NotDuplicate.objects.count()) == (302, 0)
