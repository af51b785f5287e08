"""The calendar's open data: filters of the page, days, pages, its own schema, limits."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse
from rest_framework.throttling import AnonRateThrottle

from events.actions.changing import cancel_event, move_occurrence
from events.api.shapes import EventShape, OccurrenceShape
from tests import factories as f

pytestmark = pytest.mark.django_db
EVENTS, TIMES = reverse("api-event-list"), reverse("api-occurrence-list")
HOUR, ONE = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel(datetime(2027, 1, 14, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture(autouse=True)
def unthrottled(monkeypatch):
    monkeypatch.setattr(AnonRateThrottle, "rate", "10000/min", raising=False)


def titles(answer):
    assert answer.status_code == 200, answer.content
    return [row["title"] for row in answer.json()["results"]]


def test_answers_are_what_the_schema_says(client):
    event = f.published(f.approved(name="Тропа").community)
    [row] = client.get(EVENTS).json()["results"]
    assert set(row) == set(EventShape().fields)
    assert client.get(row["api_url"]).json() == row
    assert row["url"] == f"http://testserver{event.get_absolute_url()}"
    assert row["organisers"][0]["name"] == "Тропа"
    assert row["starts_at"] == "2027-01-16T15:00:00+03:00"
    [time] = client.get(TIMES).json()["results"]
    assert set(time) == set(OccurrenceShape().fields)
    assert (time["event"], time["starts_at"], time["cancelled"]) == (event.slug, row["starts_at"], False)


def test_times_are_by_the_clock_of_the_event(client):
    f.published(timezone="Europe/Berlin")
    for address in (EVENTS, TIMES):
        [row] = client.get(address).json()["results"]
        assert row["starts_at"] == "2027-01-16T13:00:00+01:00"


def test_filters_are_those_of_the_page(client):
    f.published(title="Тропа")
    f.published(title="Хор", topics=["music"], is_free=False, price="300 ₽")
    for address in (EVENTS, TIMES):
        assert titles(client.get(address, {"topic": "music"})) == ["Хор"]
        assert titles(client.get(address, {"free": "true"})) == ["Тропа"]
        assert titles(client.get(address, {"community": "nobody"})) == []


def test_drafts_are_not_there_and_called_off_ones_say_so(client):
    event = f.published(title="Отменённое")
    cancel_event(event, reason="", by=event.created_by)
    draft = f.event(title="Черновик")
    assert [row["cancelled"] for row in client.get(EVENTS).json()["results"]] == [True]
    assert [row["cancelled"] for row in client.get(TIMES).json()["results"]] == [True]
    assert client.get(reverse("api-event-detail", args=[draft.slug])).status_code == 404


def test_days_are_those_that_are_asked_for(client):
    event = f.published(rrule="FREQ=DAILY;COUNT=10")
    date = event.occurrences.order_by("was_at")[1]
    move_occurrence(date, date.starts_at + 20 * ONE, date.ends_at + 20 * ONE, by=event.created_by)

    def days(**asked):
        return [row["starts_at"][8:10] for row in client.get(TIMES, asked).json()["results"]]

    assert days(**{"from": "2027-01-16", "to": "2027-01-19"}) == ["16", "18", "19"]
    assert days(**{"from": "2027-02-06", "to": "2027-02-06"}) == ["06"]
    assert len(days()) == 10


@pytest.mark.parametrize("address", [EVENTS, TIMES])
def test_pages_by_cursor_meet_everything_once(client, address):
    community = f.approved().community
    for number in range(5):
        f.published(community, title=f"{number}", starts_at=f.SATURDAY + (number // 2) * HOUR)
    following, seen = f"{address}?page_size=2", []
    while following:
        answer = client.get(following)
        seen += titles(answer)
        following = answer.json()["next"]
    assert sorted(seen) == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("address", "query"),
    [
        (EVENTS, "topic=nonsense"), (EVENTS, "free=1"), (EVENTS, "page_size=101"), (EVENTS, "cursor=zz"),
        (TIMES, "district=%00"), (TIMES, "from=2027-02-31"), (TIMES, "from=20270116"), (TIMES, "to=2026-01-01"),
        (TIMES, "to=2029-01-01"), (TIMES, "from=0001-01-01"), (TIMES, "from=%00"),
    ],
)  # fmt: skip
def test_nonsense_is_said_to_be(client, address, query):
    f.BranchFactory()
    answer = client.get(f"{address}?{query}")
    assert answer.status_code == 400
    assert set(answer.json()) == {query.split("=")[0]}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(client, method):
    event = f.published()
    for address in (EVENTS, TIMES, reverse("api-event-detail", args=[event.slug])):
        assert getattr(client, method)(address).status_code == 405


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_rows(client, django_assert_num_queries, rows):
    community = f.approved().community
    for number in range(rows):
        event = f.published(community, starts_at=f.SATURDAY + number * HOUR)
    for address in (EVENTS, TIMES, f"{EVENTS}?topic=trails", reverse("api-event-detail", args=[event.slug])):
        with django_assert_num_queries(2):
            assert client.get(address).status_code == 200


def test_the_schema_and_its_page_know_it(client):
    f.BranchFactory()
    paths = client.get(reverse("api-schema")).json()["paths"]
    assert {"/api/v1/events/", "/api/v1/events/{slug}/", "/api/v1/occurrences/"} <= set(paths)
    named = {one["name"] for one in paths["/api/v1/occurrences/"]["get"]["parameters"]}
    assert {"from", "to", "topic", "age", "district", "community", "state", "free", "online"} <= named
    assert "Когда что проходит" in client.get(reverse("api-docs")).content.decode()
