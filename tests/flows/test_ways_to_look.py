"""Many ways to look at one calendar: a resident on Thursday, an official's month, a leader's phone, a school's site."""

import re

import icalendar
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db


@time_machine.travel("2027-01-14T09:00:00Z", tick=False)
def test_one_calendar_is_looked_at_in_many_ways():
    walks = f.approved(name="Тропа 862").community
    walk = f.published(walks, title="Прогулка по Мацесте")
    choir = f.approved(name="Хор «Прибой»").community
    f.published(choir, title="Спевка", topics=["music"], venue=None, online_url="https://example.org/live")
    f.event(walks, title="Ночной поход")
    ann = walks.stewardships.get().user

    # A resident: this weekend, by one tap; where that is, on the map; the whole week beside each other.
    anyone = Client()
    month = anyone.get(reverse("calendar"))
    chips = {str(chip["label"]): chip["href"] for chip in month.context["bar"]()["chips"]}
    weekend = anyone.get(chips["Эти выходные"])
    assert "Прогулка по Мацесте" in weekend.content.decode()
    views = {str(view["label"]): view["href"] for view in weekend.context["bar"]()["views"]}
    where = anyone.get(views["Карта"])
    assert [row["title"] for row in where.context["online"]] == ["Спевка"]
    [point] = anyone.get(where.context["source"]).json()["features"]
    assert point["properties"]["url"] == walk.get_absolute_url()
    week = anyone.get(views["Неделя"]).content.decode()
    assert re.search(r"16</b>.*Прогулка по Мацесте", week, re.S)
    assert "Ночной поход" not in week

    # A leader has her own calendar in the phone: what is not published yet stands there with a question mark.
    own = Visitor(ann).open("/cabinet/")
    assert own.sees("В мой телефон")
    own.open("/cabinet/calendar/").send(sources=["communities"])
    address = re.search(r"webcal://testserver(/calendar/my/[0-9a-f]{64}\.ics)", own.html)[1]
    told = b"".join(anyone.get(address).streaming_content)
    assert {str(one["SUMMARY"]): str(one["STATUS"]) for one in icalendar.Calendar.from_ical(told).walk("VEVENT")} == {
        "Прогулка по Мацесте": "CONFIRMED", "Ночной поход": "TENTATIVE",
    }  # fmt: skip
    # The phone is lost: the address is replaced, and the old one is dead.
    own.send("renew")
    assert anyone.get(address).status_code == 404

    # A school puts the songs on its own site.
    code = anyone.get(f"{reverse('calendar-embed-code')}?topic=music&n=3")
    frame = anyone.get(code.context["frame"])
    assert [row["title"] for row in frame.context["rows"]] == ["Спевка"]
    assert "frame-ancestors *" in frame.headers["Content-Security-Policy"]
