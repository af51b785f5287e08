"""The map of the calendar: places of the chosen days, what is on there, and what has no place."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from events.views import calendar_map as shown
from tests import factories as f

pytestmark = pytest.mark.django_db
CALENDAR, POINTS = reverse("calendar"), reverse("calendar-map")
HOUR, ONE = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel(datetime(2027, 1, 14, 9, tzinfo=UTC), tick=False):
        yield


def points(client, query=""):
    """What each point says, and whether that is all there is."""
    told = client.get(f"{POINTS}?{query}").json()
    return [one["properties"] for one in told["features"]], told["whole"]


def listed(page):
    return [row["title"] for day in page.context["agenda"] for row in day["rows"]]


def test_a_place_says_what_is_on_there(client):
    event = f.published(title="Прогулка")
    [point], whole = points(client)
    assert whole
    assert (point["name"], point["url"]) == ("Прогулка", event.get_absolute_url())
    assert point["note"].startswith("16 января, 15:00. Библиотека имени Пушкина")


def test_several_at_one_place_are_one_point(client):
    community = f.approved().community
    for number in range(5):
        f.published(community, title=f"Чтения {number}", starts_at=f.SATURDAY + number * HOUR)
    [point], _whole = points(client)
    assert [one["name"] for one in point["items"]] == ["Чтения 0", "Чтения 1", "Чтения 2"]
    assert point["more"] == "и ещё 2"
    assert point["name"].startswith("Библиотека имени Пушкина")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("when=today", []),
        ("when=tomorrow", ["Завтра"]),
        ("when=weekend", ["Суббота"]),
        ("day=2027-01-16", ["Суббота"]),
        ("week=2027-W03", ["Потом"]),
        ("month=2027-02", ["Февраль"]),
        ("", ["Завтра", "Суббота", "Потом"]),
        ("topic=music", ["Завтра"]),
    ],
)
def test_the_days_and_filters_of_the_page(client, query, expected):
    community = f.approved().community
    for number, (title, days) in enumerate([("Завтра", -1), ("Суббота", 0), ("Потом", 4), ("Февраль", 20)]):
        f.published(
            community, title=title, starts_at=f.SATURDAY + days * ONE, topics=["music" if days < 0 else "trails"],
            venue=f.VenueFactory(name=title, lat=43.5 + number / 100),
        )  # fmt: skip
    found, _whole = points(client, query)
    assert sorted(one["name"] for one in found) == sorted(expected)
    page = client.get(f"{CALENDAR}?view=map&{query}")
    assert listed(page) == expected
    assert page.context["source"] == f"{POINTS}?view=map{'&' if query else ''}{query}"


def test_what_has_no_place_is_listed_apart(client):
    community = f.approved().community
    f.published(community, title="Вебинар", venue=None, online_url="https://example.org/live")
    f.published(community, title="Двор", venue=None, place="Во дворе")
    page = client.get(f"{CALENDAR}?view=map")
    assert listed(page) == []
    assert [row["title"] for row in page.context["online"]] == ["Вебинар"]
    assert [row["title"] for row in page.context["nowhere"]] == ["Двор"]
    assert points(client) == ([], True)


def test_crowds_are_numbers_until_one_comes_near(client, monkeypatch):
    monkeypatch.setattr(shown, "SEPARATE", 2)
    community = f.approved().community
    for number in range(4):
        f.published(community, venue=f.VenueFactory(name=f"{number}", lat=43.57 + number / 10_000))
    f.published(community, title="Далеко", venue=f.VenueFactory(name="Даль", lat=43.1, lng=40.4))
    far, whole = points(client, "zoom=9")
    assert not whole
    assert [one["n"] for one in far if "n" in one] == [4]
    assert [one["name"] for one in far if "n" not in one] == ["Далеко"]
    near, _whole = points(client, "zoom=17&bbox=39.7,43.5,39.8,43.6")
    assert len(near) == 4
    assert all("n" not in one for one in near)


def test_another_branch_stays_out(client):
    f.BranchFactory()
    other = f.BranchFactory(slug="kazan", name="Казань", is_default=False)
    f.published(
        f.approved(community=f.CommunityFactory(branch=other)).community, venue=f.VenueFactory(branch=other)
    )
    assert points(client) == ([], True)


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_rows(client, django_assert_num_queries, rows):
    community = f.approved().community
    for number in range(rows):
        f.published(community, venue=f.VenueFactory(name=f"{number}", lat=43.5 + number / 100))
    with django_assert_num_queries(3):
        assert len(points(client)[0]) == rows
    with django_assert_num_queries(7):
        assert client.get(f"{CALENDAR}?view=map").status_code == 200
