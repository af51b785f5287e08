"""What pages of other apps show of the calendar."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import translation

from events.actions.announcing import invite_organiser
from events.actions.changing import cancel_event
from events.templatetags.events import clock, hours, weekday, zone_words
from hub.small_pictures import ROW, small
from tests import factories as f

pytestmark = pytest.mark.django_db
ONE = timedelta(days=1)
#: The fragments ask the database what time it is.
SOON = (datetime.now(tz=ZoneInfo("Europe/Moscow")) + 2 * ONE).replace(
    hour=15, minute=0, second=0, microsecond=0
)


def test_home_tells_of_this_week(client):
    community = f.approved().community
    f.published(community, title="Скоро", starts_at=SOON)
    f.published(community, title="Нескоро", starts_at=SOON + 20 * ONE)
    f.published(community, title="Прошло", starts_at=SOON - 5 * ONE)
    f.event(community, title="Черновик", starts_at=SOON)
    off = f.published(community, title="Отменённое", starts_at=SOON)
    cancel_event(off, reason="", by=off.created_by)
    page = client.get("/").content.decode()
    assert "Скоро" in page
    for title in ("Нескоро", "Прошло", "Черновик", "Отменённое"):
        assert title not in page


def test_home_shows_the_small_size_of_a_cover(client):
    cover = f.photo()
    f.published(starts_at=SOON, cover=cover)
    page = client.get("/").content.decode()
    assert f'src="/media/{small(cover.file.name, ROW)}"' in page
    assert cover.file.name not in page


def test_an_empty_week_says_what_will_be_here(client):
    f.BranchFactory()
    assert "Здесь появятся события ближайших дней" in client.get("/").content.decode()


def test_a_community_tells_of_its_own(client):
    community, other = f.approved().community, f.approved().community
    f.published(community, title="Своё", starts_at=SOON + 30 * ONE)
    f.published(community, title="Прошло", starts_at=SOON - 5 * ONE)
    f.event(community, title="Черновик", starts_at=SOON)
    event = f.published(other, title="Чужое", starts_at=SOON)
    invite_organiser(event, community, by=event.created_by)  # has not agreed
    page = client.get(community.get_absolute_url()).content.decode()
    assert "Своё" in page
    for title in ("Прошло", "Черновик", "Чужое"):
        assert title not in page
    assert "Ближайшие события" not in client.get(f.approved().community.get_absolute_url()).content.decode()


@pytest.mark.parametrize("events", [0, 1, 3])
def test_each_costs_one_query(client, django_assert_num_queries, events):
    community = f.approved().community
    for number in range(events):
        f.published(community, starts_at=SOON + number * ONE)
    with django_assert_num_queries(4):  # one more are its talks
        client.get(community.get_absolute_url())
    with django_assert_num_queries(6):
        client.get("/")


def row(**of):
    starts = datetime(2027, 1, 16, 12, tzinfo=UTC)
    return {
        "starts_at": starts, "ends_at": starts + timedelta(hours=2), "day": starts.date(),
        "last_day": starts.date(), "all_day": False, "timezone": "Europe/Moscow",
    } | of  # fmt: skip


@pytest.mark.parametrize(
    ("of", "words"),
    [
        ({}, ("15:00", "—\u00a017:00")),
        ({"timezone": "Europe/Berlin"}, ("13:00", "—\u00a015:00 (UTC+1)")),
        ({"all_day": True}, ("весь день", "")),
        (
            {"all_day": True, "last_day": datetime(2027, 1, 18).date()},
            ("весь день", "до 18 января включительно"),
        ),
        (
            {"ends_at": datetime(2027, 1, 18, 9, tzinfo=UTC), "last_day": datetime(2027, 1, 18).date()},
            ("15:00", "до 18 января, 12:00"),
        ),
        (
            # Midnight belongs to the day before, but is told as the beginning of the next.
            {"ends_at": datetime(2027, 1, 18, 21, tzinfo=UTC), "last_day": datetime(2027, 1, 18).date()},
            ("15:00", "до 19 января, 00:00"),
        ),
    ],
)
def test_times_in_words(of, words):
    with time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC)):
        assert clock(row(**of), "Europe/Moscow") == words


@pytest.mark.parametrize(
    ("of", "words"),
    [
        ({}, "15:00 —\u00a017:00"),
        ({"ends_at": datetime(2027, 1, 18, 9, tzinfo=UTC)}, "15:00 до 18 января, 12:00"),
        ({"ends_at": datetime(2027, 1, 16, 21, tzinfo=UTC)}, "15:00 —\u00a000:00"),
        (
            {
                "all_day": True,
                "starts_at": datetime(2027, 1, 15, 21, tzinfo=UTC),
                "ends_at": datetime(2027, 1, 18, 21, tzinfo=UTC),
            },
            "весь день до 18 января включительно",
        ),
    ],
)
def test_hours_of_an_event_that_lasts_days(of, words):
    with time_machine.travel(datetime(2027, 1, 1, tzinfo=UTC)):
        assert hours(SimpleNamespace(**row(**of))) == words


def test_zones_and_days_in_words():
    noon = datetime(2027, 1, 16, 12, tzinfo=UTC)
    assert zone_words(noon.astimezone(ZoneInfo("Asia/Kolkata")), "Europe/Moscow") == "UTC+5:30"
    assert zone_words(noon.astimezone(ZoneInfo("America/St_Johns")), "Europe/Moscow") == "UTC−3:30"
    assert zone_words(noon.astimezone(ZoneInfo("Europe/Minsk")), "Europe/Moscow") == ""
    assert weekday(noon.date()) == "суббота"
    with translation.override("en"):
        assert weekday(noon.date()) == "Saturday"
