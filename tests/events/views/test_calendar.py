"""The calendar as the city sees it: a month, a list, its filters in the address."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse

from events.actions.announcing import edit_event
from events.actions.changing import cancel_event
from events.models import Event
from hub.small_pictures import ROW, small
from tests import factories as f

pytestmark = pytest.mark.django_db
CALENDAR = reverse("calendar")
HOUR, ONE = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def thursday():
    """Two days before SATURDAY."""
    with time_machine.travel(datetime(2027, 1, 14, 9, tzinfo=UTC), tick=False):
        yield


def in_month(response):
    """Day of the month → titles in its cell."""
    return {
        cell["day"].day: [row["title"] for row in cell["rows"]]
        for week in response.context["weeks"]
        for cell in week
        if cell["rows"] and not cell["out"]
    }


def in_list(response):
    return [row["title"] for day in response.context["agenda"] for row in day["rows"]]


def test_the_month_begins_on_monday_and_shows_what_is_on(client):
    f.published(title="Прогулка")
    f.event(title="Черновик")
    page = client.get(CALENDAR)
    weeks = page.context["weeks"]
    assert [cell["day"].isoformat() for cell in (weeks[0][0], weeks[-1][-1])] == ["2026-12-28", "2027-01-31"]
    assert in_month(page) == {16: ["Прогулка"]}
    text = page.content.decode()
    assert "Январь 2027" in text
    assert "<time>15:00</time><span>Прогулка</span>" in text
    assert "Черновик" not in text


def test_a_full_day_says_how_many_more_and_leads_to_them(client):
    community = f.approved().community
    for number in range(6):
        f.published(community, title=f"Событие {number}", starts_at=f.SATURDAY + timedelta(minutes=number))
    page = client.get(f"{CALENDAR}?topic=trails")
    assert "ещё 2" in page.content.decode()
    cell = next(cell for week in page.context["weeks"] for cell in week if cell["more"])
    assert cell["href"] == f"{CALENDAR}?topic=trails&amp;day=2027-01-16"
    day = client.get(f"{CALENDAR}?topic=trails&day=2027-01-16")
    assert in_list(day) == [f"Событие {number}" for number in range(6)]
    assert "16 января, суббота" in day.content.decode()


@pytest.mark.parametrize("query", ["month=2027-01", "topic=trails"])
def test_paper_has_all_of_a_full_day(client, monkeypatch, query):
    monkeypatch.setattr("events.views.calendar.ON_PAPER", 6)
    community = f.approved().community
    for number in range(7):
        title = f"<Событие {number}>"
        f.published(community, title=title, starts_at=f.SATURDAY + timedelta(minutes=number))
    screen, paper = (client.get(f"{CALENDAR}?{query}{more}").content.decode() for more in ("", "&print=1"))
    # The same sheet, and after it the rest: what is over as a number.
    assert in_month(client.get(f"{CALENDAR}?{query}&print=1")) == in_month(client.get(f"{CALENDAR}?{query}"))
    assert "hub-rest" not in screen
    rest = paper.partition('<section class="hub-rest"')[2].partition("</section>")[0]
    assert re.findall(r"<h3>(.*?)</h3>", rest) == ["16 января, суббота"]
    assert re.findall(r"<span>(.*?)</span>", rest) == ["&lt;Событие 4&gt;", "&lt;Событие 5&gt;"]
    assert "<p>ещё 1</p>" in rest
    assert f'href="{CALENDAR}?{query}&amp;print=1" rel="nofollow"' in screen
    assert "print=1" not in paper.partition("<main")[2]


def test_called_off_is_struck_and_said(client):
    event = f.published(title="Прогулка")
    cancel_event(event, reason="Дождь", by=event.created_by)
    assert "Отменено: <s>Прогулка</s>" in client.get(CALENDAR).content.decode()
    assert "Отменено" in client.get(f"{CALENDAR}?view=list").content.decode()


def test_the_list_of_this_month_begins_today(client):
    community = f.approved().community
    f.published(community, title="Вчера", starts_at=f.SATURDAY - 3 * ONE)
    f.published(community, title="Сегодня", starts_at=f.SATURDAY - 2 * ONE)
    f.published(community, title="Ёлка", starts_at=f.SATURDAY - 9 * ONE, ends_at=f.SATURDAY)
    f.published(community, title="Потом", starts_at=f.SATURDAY + 30 * ONE)
    page = client.get(f"{CALENDAR}?view=list")
    assert in_list(page) == ["Ёлка", "Сегодня"]
    assert in_list(client.get(CALENDAR + page.context["past"].removeprefix(CALENDAR))) == [
        "Ёлка",
        "Вчера",
        "Сегодня",
    ]
    assert in_list(client.get(f"{CALENDAR}?view=list&month=2027-02")) == ["Потом"]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2027, 1, 14, 9, tzinfo=UTC), ["Суббота", "Воскресенье"]),
        (datetime(2027, 1, 17, 9, tzinfo=UTC), ["Воскресенье"]),  # what has been is no more
        (datetime(2027, 1, 17, 21, 30, tzinfo=UTC), []),  # in Moscow it is Monday already
    ],
)
def test_this_weekend(client, now, expected):
    community = f.approved().community
    f.published(community, title="Суббота")
    f.published(community, title="Воскресенье", starts_at=f.SATURDAY + ONE)
    f.published(community, title="Понедельник", starts_at=f.SATURDAY + 2 * ONE)
    with time_machine.travel(now, tick=False):
        assert in_list(client.get(f"{CALENDAR}?when=weekend")) == expected


def test_long_lists_have_pages(client, monkeypatch):
    monkeypatch.setattr("events.views.calendar.PAGE", 2)
    community = f.approved().community
    for number in range(5):
        f.published(community, title=f"{number}", starts_at=f.SATURDAY + number * HOUR)
    seen, address = [], f"{CALENDAR}?view=list"
    while address:
        page = client.get(address)
        seen += in_list(page)
        address = page.context["next"] and CALENDAR + page.context["next"]
    assert seen == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("topic=music", ["Хор"]),
        ("topic=music&topic=trails", ["Тропа", "Хор"]),
        ("age=seniors", ["Хор"]),
        ("district=hosta", ["Хор"]),
        ("community=choir", ["Хор"]),
        ("state=true", ["Тропа"]),
        ("free=true", ["Тропа"]),
        ("free=false", ["Хор"]),
        ("online=true", ["Хор"]),
        ("topic=music&free=true", []),
        ("topic=nonsense&free=maybe&district=%00&month=2027-13&day=2027-02-31&page=x", ["Тропа", "Хор"]),
    ],
)
@pytest.mark.parametrize("view", ["month", "list"])
def test_filters_stand_in_the_address(client, query, expected, view):
    trail = f.published(title="Тропа")
    Event.objects.filter(pk=trail.pk).update(is_state=True)
    trail.occurrences.update(is_state=True)
    choir = f.approved(community=f.CommunityFactory(slug="choir")).community
    venue = f.VenueFactory(name="Дом культуры", district=f.DistrictFactory(slug="hosta", name="Хостинский"))
    f.published(
        choir, title="Хор", topics=["music"], ages=["seniors"], venue=venue, is_free=False, price="300 ₽",
        online_url="https://example.org/choir", starts_at=f.SATURDAY + HOUR,
    )  # fmt: skip
    page = client.get(f"{CALENDAR}?view={view}&{query}")
    if view == "month":
        assert in_month(page).get(16, []) == expected
    else:
        assert in_list(page) == expected


def test_chips_take_themselves_off(client):
    f.approved(community=f.CommunityFactory(slug="choir"), name="Хор")
    page = client.get(f"{CALENDAR}?month=2027-03&topic=music&community=choir&free=true")
    chips = {str(chip["label"]): chip["href"] for chip in page.context["bar"]()["chips"]}
    assert chips["Хор"] == f"{CALENDAR}?month=2027-03&topic=music&free=true"
    assert chips["Музыка и танец"] == f"{CALENDAR}?month=2027-03&community=choir&free=true"
    assert chips["Бесплатно"] == f"{CALENDAR}?month=2027-03&topic=music&community=choir"


def test_the_feed_has_the_filters_of_the_page_and_not_its_days(client):
    f.BranchFactory()
    feed = client.get(f"{CALENDAR}?month=2027-03&view=list&topic=music&free=true").context["bar"]()["feed"]
    assert feed["webcal"] == "webcal://testserver/calendar.ics?topic=music&free=true"
    assert feed["google"].endswith(
        "cid=webcal%3A%2F%2Ftestserver%2Fcalendar.ics%3Ftopic%3Dmusic%26free%3Dtrue"
    )


def test_an_event_elsewhere_says_its_zone(client):
    berlin = datetime(2027, 1, 16, 23, 30, tzinfo=ZoneInfo("Europe/Berlin"))
    f.published(title="Вебинар", starts_at=berlin, timezone="Europe/Berlin")
    page = client.get(CALENDAR)
    assert in_month(page)[16] == ["Вебинар"]  # by the clock of the place where it happens
    assert "<time>23:30</time><small>UTC+1</small>" in page.content.decode()
    assert "(UTC+1)" in client.get(f"{CALENDAR}?view=list").content.decode()


def test_empty_months_say_what_will_be_here_and_when(client):
    f.BranchFactory()
    assert "Здесь появятся события сообществ" in client.get(CALENDAR).content.decode()
    f.published(starts_at=f.SATURDAY + 60 * ONE)
    page = client.get(CALENDAR)
    assert "Ближайшее событие — 17 марта" in page.content.decode()
    assert f"{CALENDAR}?month=2027-03" in page.content.decode()
    assert "Таких событий нет" in client.get(f"{CALENDAR}?month=2027-03&topic=music").content.decode()


def test_nobody_pages_beyond_what_is_known(client):
    f.BranchFactory()
    assert client.get(f"{CALENDAR}?month=2020-01").context["bar"]()["before"] is None
    assert client.get(f"{CALENDAR}?month=2028-07").context["bar"]()["after"] is None
    assert client.get(f"{CALENDAR}?month=2099-01").context["first"].isoformat() == "2027-01-01"


def test_another_branch_stays_out(client):
    f.BranchFactory()
    other = f.BranchFactory(slug="kazan", name="Казань", is_default=False)
    f.published(
        f.approved(community=f.CommunityFactory(branch=other)).community, title="Казанское", venue=None
    )
    assert in_month(client.get(CALENDAR)) == {}
    assert in_month(client.get(CALENDAR, headers={"host": other.host})) == {16: ["Казанское"]}


def test_what_somebody_wrote_is_no_markup(client):
    f.published(title="<img src=x>&", place="<b>двор</b>")
    for view in ("month", "list"):
        text = client.get(f"{CALENDAR}?view={view}").content.decode()
        assert "<img src=x>" not in text
        assert "<b>двор</b>" not in text
        assert "&lt;img src=x&gt;&amp;" in text


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("query", "most"),
    [
        ("", 6),
        ("?print=1", 5),
        ("?view=list", 7),
        ("?day=2027-01-16", 7),
        ("?topic=trails&district=center&community=x", 6),
    ],
)
def test_queries_do_not_grow_with_rows(client, django_assert_num_queries, rows, query, most):
    community = f.approved(community=f.CommunityFactory(slug="x")).community
    venue = f.VenueFactory(district=f.DistrictFactory(slug="center"))
    for number in range(rows):
        f.published(community, venue=venue, starts_at=f.SATURDAY + number * HOUR)
    with django_assert_num_queries(most):
        assert client.get(CALENDAR + query).status_code == 200


def test_whoever_lists_events_draws_their_covers(client):
    community = f.approved().community
    cover = f.UploadFactory()
    event = f.published(community, title="С афишей", cover=cover)
    f.published(community, title="Без афиши", starts_at=f.SATURDAY + HOUR)
    drawn = f'<img src="{cover.file.url}" alt="" loading="lazy" decoding="async">'
    pages = [
        CALENDAR,
        f"{CALENDAR}?view=list",
        f"{reverse('calendar-search')}?q=афишей",
        community.get_absolute_url(),
    ]
    for page in pages:
        assert client.get(page).content.decode().count(drawn) == 1, page
    edit_event(event, {"cover": None}, seen=0, by=event.created_by)
    assert drawn not in client.get(f"{CALENDAR}?view=list&free=true").content.decode()


def test_the_list_shows_the_small_size_of_a_cover(client):
    cover = f.photo()
    f.published(cover=cover)
    page = client.get(f"{CALENDAR}?view=list").content.decode()
    assert f'src="/media/{small(cover.file.name, ROW)}"' in page
    assert cover.file.name not in page
