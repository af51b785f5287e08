"""A week: seven days beside each other, told apart by parts of the day, capped like a month."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from events.querysets.occurrence import A_WEEKDAY
from events.templatetags.week import part_of
from tests import factories as f

pytestmark = pytest.mark.django_db
CALENDAR = reverse("calendar")
HOUR, ONE = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def thursday():
    """Two days before SATURDAY."""
    with time_machine.travel(datetime(2027, 1, 14, 9, tzinfo=UTC), tick=False):
        yield


def week(client, query=""):
    return client.get(f"{CALENDAR}?view=week{query}")


def titles(page):
    """Day of the month → what stands in its column."""
    return {
        day["day"].day: [row["title"] for row in day["rows"]] for day in page.context["days"] if day["rows"]
    }


def test_the_week_has_seven_days_from_monday_with_times(client):
    f.published(title="Прогулка")
    f.published(title="Через неделю", starts_at=f.SATURDAY + 7 * ONE)
    page = week(client)
    assert [f"{day['day']:%d.%m}" for day in page.context["days"]] == [
        "11.01", "12.01", "13.01", "14.01", "15.01", "16.01", "17.01",
    ]  # fmt: skip
    assert titles(page) == {16: ["Прогулка"]}
    text = page.content.decode()
    assert "11–17 января" in text
    assert "15:00 —\u00a017:00" in text
    assert "Библиотека имени Пушкина" in text


@pytest.mark.parametrize(
    ("query", "monday"),
    [
        ("", "2027-01-11"),
        ("&week=2027-W03", "2027-01-18"),
        ("&day=2027-01-24", "2027-01-18"),
        ("&month=2027-03", "2027-03-01"),
        ("&month=2027-04", "2027-03-29"),
        ("&when=weekend", "2027-01-11"),
        ("&week=2026-W53", "2026-12-28"),
        ("&week=2027-W53", "2027-01-11"),  # that year has fifty-two
        ("&week=2099-W01", "2027-01-11"),
        ("&week=2027-W00&day=2027-02-31", "2027-01-11"),
    ],
)
def test_the_week_that_is_asked_for(client, query, monday):
    f.BranchFactory()
    assert week(client, query).context["days"][0]["day"].isoformat() == monday


def test_weeks_before_and_after_keep_the_filters(client):
    f.BranchFactory()
    page = week(client, "&week=2027-W01&topic=music")
    assert page.context["bar"]()["before"]["href"] == f"{CALENDAR}?view=week&week=2026-W53&topic=music"
    assert page.context["bar"]()["after"]["href"] == f"{CALENDAR}?view=week&week=2027-W02&topic=music"
    assert page.context["bar"]()["now"] == f"{CALENDAR}?view=week&topic=music"
    views = {str(view["label"]): view["href"] for view in page.context["bar"]()["views"]}
    assert views["Список"] == f"{CALENDAR}?view=list&week=2027-W01&topic=music"
    assert client.get(views["Список"]).context["title"] == "4–10 января"


def test_nobody_pages_beyond_what_is_known(client):
    f.BranchFactory()
    assert week(client, "&week=2020-W02").context["bar"]()["before"] is None
    assert week(client, "&week=2028-W29").context["bar"]()["after"] is None


def test_filters_come_before_the_cap(client):
    community = f.approved().community
    for number in range(A_WEEKDAY):
        f.published(community, title=f"Тропа {number}")
    f.published(community, title="Хор", topics=["music"], starts_at=f.SATURDAY + HOUR)
    assert titles(week(client, "&topic=music")) == {16: ["Хор"]}


def test_a_full_day_says_how_many_more_and_leads_to_them(client):
    community = f.approved().community
    for number in range(A_WEEKDAY + 2):
        f.published(community, title=f"{number}", starts_at=f.SATURDAY + timedelta(minutes=number))
    page = week(client)
    assert titles(page) == {16: [f"{number}" for number in range(A_WEEKDAY)]}
    assert "ещё 2" in page.content.decode()
    assert page.context["days"][5]["href"] == f"{CALENDAR}?day=2027-01-16"


@pytest.mark.parametrize(
    ("hour", "length", "part"),
    [
        (9, HOUR, "morning"),
        (12, HOUR, "day"),
        (16, HOUR, "day"),
        (17, HOUR, "evening"),
        (23, HOUR, "evening"),
    ],
)
def test_parts_of_the_day(client, hour, length, part):
    starts = f.SATURDAY.replace(hour=hour)
    f.published(starts_at=starts, ends_at=starts + length)
    page = week(client)
    [row] = page.context["days"][5]["rows"]
    assert part_of(row, row["day"]) == part
    assert f"hub-week__cell--{part}" in page.content.decode()


def test_what_lasts_takes_the_whole_of_the_days_that_follow(client):
    f.published(title="Фестиваль", starts_at=f.SATURDAY - ONE, ends_at=f.SATURDAY + ONE)
    page = week(client)
    assert titles(page) == {15: ["Фестиваль"], 16: ["Фестиваль"], 17: ["Фестиваль"]}
    assert page.content.decode().count('<ul class="hub-week__cell hub-week__cell--whole">') == 2


def test_what_somebody_wrote_is_no_markup(client):
    f.published(title="<img src=x>&", place="<b>двор</b>")
    text = week(client).content.decode()
    assert "<img src=x>" not in text
    assert "<b>двор</b>" not in text
    assert "&lt;img src=x&gt;&amp;" in text


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("query", ["", "&topic=trails&community=x"])
def test_queries_do_not_grow_with_rows(client, django_assert_num_queries, rows, query):
    community = f.approved(community=f.CommunityFactory(slug="x")).community
    for number in range(rows):
        f.published(community, starts_at=f.SATURDAY + number * HOUR)
    with django_assert_num_queries(5):
        assert week(client, query).status_code == 200
