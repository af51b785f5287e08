"""The open API: filters, keyset pages, its own schema, limits."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from rest_framework.throttling import AnonRateThrottle

from communities.api.shapes import CommunityShape, CommunityWhole
from communities.models import Community
from tests.factories import BranchFactory, approved, draft, imported

pytestmark = pytest.mark.django_db
LIST = reverse("api-community-list")


@pytest.fixture(autouse=True)
def unthrottled(monkeypatch):
    monkeypatch.setattr(AnonRateThrottle, "rate", "10000/min", raising=False)


def names(answer):
    return [row["name"] for row in answer.json()["results"]]


def test_answers_are_what_the_schema_says(client):
    record = approved(name="Тропа", vk="https://vk.com/tropa")
    row = client.get(LIST).json()["results"][0]
    assert set(row) == set(CommunityShape().fields)
    whole = client.get(row["api_url"]).json()
    assert set(whole) == set(CommunityWhole().fields)
    assert whole["links"] == [{"label": "ВКонтакте", "url": "https://vk.com/tropa"}]
    assert whole["url"] == f"http://testserver{record.community.get_absolute_url()}"


def test_filters_are_those_of_the_page(client):
    approved(name="Тропа")
    imported(name="Чай", short="", directions=["culture"], topics=["food"], description="")
    assert names(client.get(LIST, {"direction": "culture"})) == ["Чай"]
    assert names(client.get(LIST, {"confirmed": "true"})) == ["Тропа"]
    assert names(client.get(LIST, {"q": "тропы"})) == ["Тропа"]


def test_pages_by_cursor_meet_everybody_once(client):
    for _ in range(7):
        approved()
    same = Community.objects.order_by("pk").first().listed_at
    Community.objects.filter(pk__lte=Community.objects.order_by("pk")[3].pk).update(listed_at=same)
    address, seen = f"{LIST}?page_size=2", []
    while address:
        answer = client.get(address).json()
        seen += [row["slug"] for row in answer["results"]]
        address = answer["next"]
    assert len(seen) == len(set(seen)) == 7


@pytest.mark.parametrize(
    "query",
    [
        "direction=nonsense",
        "looking=1",
        "page_size=0",
        "page_size=101",
        "page_size=x",
        "cursor=zz",
        "district=%00",
        "q=%00",
    ],
)
def test_nonsense_is_said_to_be(client, query):
    BranchFactory()
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == 400
    assert set(answer.json()) == {query.split("=")[0]}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client, method):
    record = approved()
    for address in (LIST, reverse("api-community-detail", args=[record.community.slug])):
        assert getattr(client, method)(address).status_code == 405


def test_what_is_not_public_is_not_there(client):
    record = draft()
    for address in (f"{LIST}{record.community.slug}/", f"{LIST}no-such/", "/api/v1/nothing/here"):
        answer = client.get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (404, "application/json")
    assert names(client.get(LIST)) == []


@pytest.mark.parametrize("rows", [1, 3])
def test_queries(client, django_assert_num_queries, rows):
    for _ in range(rows):
        slug = approved().community.slug
    with django_assert_num_queries(2):
        client.get(LIST)
    with django_assert_num_queries(3):
        client.get(reverse("api-community-detail", args=[slug]))


def test_too_many_questions_wait(client, monkeypatch):
    BranchFactory()
    monkeypatch.setattr(AnonRateThrottle, "rate", "2/min", raising=False)
    cache.clear()
    codes = [client.get(LIST).status_code for _ in range(3)]
    assert codes == [200, 200, 429]
    answer = client.get(LIST)
    assert "Retry-After" in answer.headers
    assert answer.json()["detail"].startswith("Слишком часто.")
    cache.clear()


def test_schema_and_its_page(client):
    BranchFactory()
    schema = client.get(reverse("api-schema")).json()
    assert {"/api/v1/communities/", "/api/v1/communities/{slug}/"} <= set(schema["paths"])
    page = client.get(reverse("api-docs")).content.decode()
    assert "Сообщества города" in page
    assert "results[].name" in page
