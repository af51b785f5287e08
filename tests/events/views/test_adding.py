"""Ways into other calendars: for the city's events by filters, and for one event."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.urls import reverse

from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel(datetime(2027, 1, 14, 9, tzinfo=UTC), tick=False):
        yield


def asked(address):
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}{parts.path}", {
        name: values[0] for name, values in parse_qs(parts.query).items()
    }


def test_the_citys_calendar_by_filters(client):
    f.BranchFactory()
    page = client.get(f"{reverse('calendar')}?topic=music&view=week")
    feed, url = page.context["feed"], "http://testserver/calendar.ics?topic=music"
    assert feed["url"] == url
    assert feed["webcal"] == url.replace("http", "webcal")
    assert asked(feed["google"]) == ("https://calendar.google.com/calendar/r", {"cid": feed["webcal"]})
    assert asked(feed["outlook"]) == (
        "https://outlook.live.com/calendar/0/addfromweb",
        {"url": url, "name": "Календарь сообществ Сочи"},
    )
    assert feed["yandex"] == "https://calendar.yandex.ru/week?sidebar=addFeed"
    text = page.content.decode()
    for words in (
        "Яндекс Календарь",
        "Apple: iPhone, iPad, Mac",
        "Outlook",
        "Скопировать адрес",
        "Скачать файл",
    ):
        assert words in text
    assert f"{reverse('calendar-embed-code')}?topic=music" in text


def test_one_event(client):
    event = f.published(title="Прогулка & чай")
    add = client.get(event.get_absolute_url()).context["add"]
    where, said = asked(add["google"])
    assert where == "https://calendar.google.com/calendar/render"
    assert (said["action"], said["text"], said["ctz"]) == ("TEMPLATE", "Прогулка & чай", "Europe/Moscow")
    assert said["dates"] == "20270116T150000/20270116T170000"
    where, said = asked(add["outlook"])
    assert where == "https://outlook.live.com/calendar/0/deeplink/compose"
    assert (said["path"], said["rru"], said["subject"]) == (
        "/calendar/action/compose", "addevent", "Прогулка & чай",
    )  # fmt: skip
    assert (said["startdt"], said["enddt"]) == ("2027-01-16T15:00:00+03:00", "2027-01-16T17:00:00+03:00")
    assert add["path"] == f"/calendar/{event.slug}.ics"


def test_a_whole_day(client):
    midnight = f.SATURDAY.replace(hour=0)
    event = f.published(all_day=True, starts_at=midnight, ends_at=midnight + timedelta(days=2))
    add = client.get(event.get_absolute_url()).context["add"]
    assert asked(add["google"])[1]["dates"] == "20270116/20270118"
    said = asked(add["outlook"])[1]
    assert (said["allday"], said["startdt"], said["enddt"]) == ("true", "2027-01-16", "2027-01-18")
