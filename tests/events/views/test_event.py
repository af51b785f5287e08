"""An event's own page: what, when, where, by whom; what became of it."""

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from communities.choices import StewardRole
from events.actions.announcing import invite_organiser
from events.actions.changing import cancel_event, cancel_occurrence, move_occurrence
from events.models import Event
from hub.uploads import store_picture
from tests import factories as f
from tests.architecture.cast import picture

pytestmark = pytest.mark.django_db
HOUR, ONE = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def thursday():
    """Two days before SATURDAY."""
    with time_machine.travel(datetime(2027, 1, 14, 9, tzinfo=UTC), tick=False):
        yield


def text(client, event):
    response = client.get(event.get_absolute_url())
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\xa0", " ").split())


def data(client, event):
    content = client.get(event.get_absolute_url()).content.decode()
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', content, re.S)[1])


def test_the_page_says_what_when_where_and_who(client):
    community = f.approved(name="Тропа").community
    other = f.approved(name="Хор").community
    event = f.published(
        community, is_free=False, price="300 ₽", goal="Здоровый город", online_url="https://a.example/x"
    )
    invite_organiser(event, other, by=event.created_by)  # has not agreed yet
    said = text(client, event)
    for words in (
        "Прогулка по Мацесте", "16 января, суббота", "15:00 — 17:00", "Библиотека имени Пушкина",
        "Курортный проспект, 32", "300 ₽", "Семьи с детьми", "Здоровый город", "a.example", "Тропа",
    ):  # fmt: skip
        assert words in said, words
    assert "Хор" not in said


def shared(client, event):
    """What a messenger shows of the link."""
    html = client.get(event.get_absolute_url()).content.decode()
    return dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', html))


def test_a_shared_link_says_what_and_when(client):
    event = f.published(title="Прогулка & «чай»", short="Идём до водопадов.")
    said = shared(client, event)
    assert said["title"] == "Прогулка &amp; «чай»"
    assert said["description"] == "16 января, 15:00. Идём до водопадов."
    assert said["url"] == f"http://testserver{event.get_absolute_url()}"
    assert (said["type"], said["locale"]) == ("article", "ru_RU")
    assert said["image"] == "http://testserver/static/hub/img/og.png"


def test_a_shared_link_shows_the_cover(client):
    event = f.published(description="Подробности. " * 40, short="")
    cover = store_picture(SimpleUploadedFile("афиша.png", picture()), by=event.created_by, public=True)
    Event.objects.filter(pk=event.pk).update(cover=cover)
    said = shared(client, event)
    assert said["image"] == f"http://testserver{cover.file.url}"
    assert said["description"].startswith("16 января, 15:00. Подробности.")
    assert len(said["description"]) < 200


def test_a_phone_gets_the_small_cover_and_a_shared_link_the_whole_one(client):
    cover = f.photo()
    event = f.published(cover=cover)
    page = client.get(event.get_absolute_url()).content.decode()
    phone = f'<source srcset="{cover.small_url}" media="(max-width: 40rem)">'
    assert f'<picture>{phone}<img src="{cover.url}"' in page
    assert shared(client, event)["image"] == f"http://testserver{cover.url}"


@pytest.mark.parametrize("moved", [True, False])
def test_a_shared_link_of_a_series_says_its_next_date(client, moved):
    event = f.published(rrule="FREQ=WEEKLY;COUNT=3")
    date = event.occurrences.order_by("was_at")[0]
    if moved:
        move_occurrence(date, date.starts_at + ONE, date.ends_at + ONE, by=event.created_by)
    else:
        cancel_occurrence(date, by=event.created_by)
    assert shared(client, event)["description"].startswith("17 января" if moved else "23 января")


def test_nothing_of_a_draft_is_shared(client):
    event = f.event(title="Задумка")
    client.force_login(event.created_by)
    assert "Задумка" in text(client, event)
    assert shared(client, event) == {}


def test_machines_read_the_same(client):
    event = f.published(f.approved(name="Тропа").community, title="Прогулка </script>")
    said = data(client, event)
    assert said["@type"] == "Event"
    assert said["name"] == "Прогулка </script>"
    assert (said["startDate"], said["endDate"]) == ("2027-01-16T15:00:00+03:00", "2027-01-16T17:00:00+03:00")
    assert said["eventStatus"] == "https://schema.org/EventScheduled"
    assert said["location"]["geo"]["latitude"] == 43.57
    assert said["offers"]["price"] == 0
    assert said["organizer"][0]["name"] == "Тропа"


@pytest.mark.parametrize(
    ("price", "offer"),
    [("1 500 ₽ с человека", {"price": 1500}), ("сколько не жалко", {"description": "сколько не жалко"})],
)
def test_a_price_is_a_number_where_it_is_one(client, price, offer):
    offers = data(client, f.published(is_free=False, price=price))["offers"]
    assert offer.items() <= offers.items()


def test_a_series_names_its_dates_and_what_became_of_them(client):
    event = f.published(rrule="FREQ=WEEKLY;COUNT=4")
    dates = list(event.occurrences.order_by("was_at"))
    move_occurrence(
        dates[1], dates[1].starts_at + ONE, dates[1].ends_at + ONE, note="Зал занят", by=event.created_by
    )
    cancel_occurrence(dates[2], note="Праздник", by=event.created_by)
    said = text(client, event)
    assert "каждую субботу, 4 раза" in said
    assert "24 января , воскресенье, 15:00 — 17:00 Перенесено было 23 января, 15:00 Зал занят" in said
    assert "30 января , суббота, 15:00 — 17:00 Отменено Праздник" in said


def test_the_calling_off_stays_to_be_read(client):
    event = f.published()
    cancel_event(event, reason="Штормовое предупреждение", by=event.created_by)
    assert "Событие отменено. Штормовое предупреждение" in text(client, event)
    assert data(client, event)["eventStatus"] == "https://schema.org/EventCancelled"


def test_a_moved_one_says_when_it_was_to_be(client):
    event = f.published()
    [date] = event.occurrences.all()
    move_occurrence(date, date.starts_at + ONE, date.ends_at + ONE, by=event.created_by)
    assert "Перенесено: было 16 января, 15:00" in text(client, event)
    said = data(client, event)
    assert said["eventStatus"] == "https://schema.org/EventRescheduled"
    assert (said["startDate"], said["previousStartDate"]) == (
        "2027-01-17T15:00:00+03:00",
        "2027-01-16T15:00:00+03:00",
    )


def test_elsewhere_the_clock_is_another(client):
    berlin = datetime(2027, 1, 16, 19, tzinfo=ZoneInfo("Europe/Berlin"))
    said = text(client, f.published(starts_at=berlin, timezone="Europe/Berlin"))
    assert "19:00 — 21:00 (UTC+1)" in said
    assert "по часам Сочи: 16 января, 21:00" in said


def test_it_goes_into_other_calendars(client):
    event = f.published()
    page = client.get(event.get_absolute_url())
    add = page.context["add"]
    assert add["webcal"] == "webcal://testserver/calendar/progulka-po-matseste.ics"
    assert "dates=20270116T150000%2F20270116T170000&ctz=Europe%2FMoscow" in add["google"]
    assert client.get(add["path"]).status_code == 200


def google(client, event):
    add = client.get(event.get_absolute_url()).context["add"]
    return add, dict(parse_qsl(urlsplit(add["google"]).query))


@pytest.mark.parametrize(
    ("answers", "recur", "dates"),
    [
        ({"rrule": "FREQ=WEEKLY"}, "RRULE:FREQ=WEEKLY", "20270116T150000/20270116T170000"),
        (
            {"rrule": "FREQ=WEEKLY;UNTIL=20270530"},
            "RRULE:FREQ=WEEKLY;UNTIL=20270530T205959Z",
            "20270116T150000/20270116T170000",
        ),
        (
            {
                "rrule": "FREQ=MONTHLY;COUNT=3;BYDAY=3SA",
                "all_day": True,
                "starts_at": f.SATURDAY.replace(hour=0),
                "ends_at": f.SATURDAY.replace(hour=0) + ONE,
            },
            "RRULE:FREQ=MONTHLY;COUNT=3;BYDAY=3SA",
            "20270116/20270117",
        ),
    ],
)
def test_a_series_goes_to_google_with_its_rule(client, answers, recur, dates):
    add, asked = google(client, f.published(**answers))
    assert (asked["recur"], asked["dates"], asked["action"]) == (recur, dates, "TEMPLATE")
    assert "addfromweb" in add["outlook"]  # it takes no rules


def test_what_goes_on_begins_in_google_with_what_is_to_come_and_what_is_counted_with_the_first(client):
    endless, counted = f.published(rrule="FREQ=WEEKLY"), f.published(rrule="FREQ=WEEKLY;COUNT=9")
    with time_machine.travel(f.SATURDAY + 2 * ONE, tick=False):
        assert google(client, endless)[1]["dates"] == "20270123T150000/20270123T170000"
        assert google(client, counted)[1]["dates"] == "20270116T150000/20270116T170000"


def test_what_no_rule_says_is_followed_by_its_feed(client):
    left_out = f.published(rrule="FREQ=WEEKLY", exdates=[f.SATURDAY + 7 * ONE])
    moved = f.published(title="Иначе", rrule="FREQ=WEEKLY")
    cancel_occurrence(moved.occurrences.order_by("was_at")[2], by=moved.created_by)
    for event in (left_out, moved):
        add, asked = google(client, event)
        assert asked == {"cid": add["webcal"]}
        said = text(client, event)
        assert "Откроется календарь: нажмите «Добавить»" in said
        assert "Откроется готовое событие" not in said


def test_dates_beyond_the_first_dozen_are_a_link_away(client):
    event = f.published(rrule="FREQ=WEEKLY;COUNT=15")
    page = client.get(event.get_absolute_url()).content.decode()
    link = re.search(r'href="([^"]+/dates/)"', page)[1]
    dates = client.get(link).content.decode()
    assert dates.count("<time") == 15
    assert "Каждую субботу, 15 раз" in dates
    assert "24 апреля" in dates
    assert (
        "/dates/"
        not in client.get(f.published(rrule="FREQ=WEEKLY;COUNT=12").get_absolute_url()).content.decode()
    )


def test_without_dates_to_come_all_dates_lead_to_the_event(client):
    event = f.published(rrule="FREQ=WEEKLY;COUNT=2")
    draft = f.event(title="Задумка", rrule="FREQ=WEEKLY")
    assert client.get(f"{draft.get_absolute_url()}dates/").status_code == 404
    with time_machine.travel(f.SATURDAY + 30 * ONE, tick=False):
        assert client.get(f"{event.get_absolute_url()}dates/").url == event.get_absolute_url()


@pytest.mark.parametrize("dates", [1, 3])
def test_queries_of_all_dates_do_not_grow(client, django_assert_num_queries, dates):
    event = f.published(rrule=f"FREQ=WEEKLY;COUNT={dates}")
    with django_assert_num_queries(3):
        client.get(f"{event.get_absolute_url()}dates/")


def test_what_is_over_says_so(client):
    event = f.published()
    with time_machine.travel(f.SATURDAY + ONE, tick=False):
        assert "Уже прошло" in text(client, event)


def test_a_draft_is_seen_by_its_people_alone(client):
    event = f.event(title="Задумка")
    assert client.get(event.get_absolute_url()).status_code == 404
    coordinator = f.coordinator(event.branch)
    leader = event.organisers.get().community.stewardships.get(role=StewardRole.LEADER).user
    for user, status in ((leader, 200), (coordinator, 200), (f.UserFactory(), 404)):
        visitor = Client()
        visitor.force_login(user)
        response = visitor.get(event.get_absolute_url())
        assert response.status_code == status
        if status == 200:
            assert "Так событие увидит город" in response.content.decode()
            assert "ld+json" not in response.content.decode()


def test_another_branch_and_the_unknown_are_not_there(client):
    event = f.published()
    other = f.BranchFactory(slug="kazan", name="Казань", is_default=False)
    assert client.get(event.get_absolute_url(), headers={"host": other.host}).status_code == 404
    assert client.get("/calendar/no-such/").status_code == 404


@pytest.mark.parametrize("dates", [1, 3])
def test_queries_do_not_grow_with_dates_and_organisers(client, django_assert_num_queries, dates):
    event = f.published(rrule=f"FREQ=WEEKLY;COUNT={dates}")
    with django_assert_num_queries(3):
        client.get(event.get_absolute_url())
    assert Event.objects.count() == 1


def test_the_page_leads_where_one_goes_next_and_tells_which_dates_are_elsewhere(client):
    event = f.published(rrule="FREQ=WEEKLY;COUNT=3", place="зал 2")
    usual, second = "Библиотека имени Пушкина, зал 2", event.occurrences.order_by("was_at")[1]
    hall = f.VenueFactory(name="Дом культуры", address="Навагинская, 9")
    event.occurrences.filter(pk=second.pk).update(own_title="Ночная")  # calendars of other programs say so
    move_occurrence(second, second.starts_at, second.ends_at, where=(hall, ""), by=event.created_by)
    said = text(client, event)
    assert f"Где {usual} Курортный проспект, 32" in said
    assert "23 января , суббота, 15:00 — 17:00 Ночная Дом культуры" in said
    assert said.count(usual) == 1
    with time_machine.travel(f.SATURDAY + ONE, tick=False):
        said, told = text(client, event), data(client, event)
    assert "Где Дом культуры Навагинская, 9" in said
    assert said.count(usual) == 1  # the third date says so itself
    assert (told["name"], told["location"]["name"]) == ("Ночная", "Дом культуры")


def test_the_page_of_a_single_event_says_the_place_that_it_went_to(client):
    event = f.published()
    date = event.occurrences.get()
    move_occurrence(
        date, date.starts_at, date.ends_at, where=(None, "У фонтана"), note="Ремонт", by=event.created_by
    )
    said = text(client, event)
    assert "Где У фонтана" in said
    assert "Ремонт" in said
    assert "Библиотека" not in said
