"""A calendar of another program does not say what an event costs: the portal does not say it either."""

import json
import re

import pytest
import time_machine

from events.actions.trusting import trust
from events.models import Event
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel("2027-01-14T09:00:00Z", tick=False):
        yield


def imported(words=""):
    """An event of another program with this in its description, in the city's calendar."""
    said = f"SUMMARY:Прогулка из календаря\nDESCRIPTION:{words}"
    community = f.approved().community
    trust(community, by=f.UserFactory())
    f.remote_calendar(community, f.CALENDAR.replace("SUMMARY:Прогулка из календаря", said))
    return Event.objects.get()


def structured(page):
    """What search engines read of the page."""
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page.html, re.S)[1])


def test_nothing_is_said_where_its_program_says_nothing(client):
    event = imported()
    page = Visitor().open(event.get_absolute_url())
    assert page.sees("Прогулка из календаря")
    assert not page.sees("Бесплатно")
    assert not page.sees("Сколько стоит")
    assert not structured(page).keys() & {"isAccessibleForFree", "offers"}
    assert client.get(f"/api/v1/events/{event.slug}/").json()["free"] is None
    everything = "/api/v1/occurrences/?from=2027-01-01&to=2027-01-31"
    [date] = client.get(everything).json()["results"]
    assert date["free"] is None
    assert client.get(f"{everything}&free=true").json()["results"] == []
    assert not Visitor().open("/calendar/?month=2027-01&free=true").sees("Прогулка из календаря")
    listed = Visitor().open("/calendar/?month=2027-01&view=list")
    assert listed.sees("Прогулка из календаря")
    assert not listed.sees("Платно")


@pytest.mark.parametrize(
    ("words", "is_free", "price"),
    [
        ("Вход свободный", True, ""),
        ("Участие бесплатное\\, по записи", True, ""),
        ("Free admission", True, ""),
        ("Детям бесплатно", None, ""),
        ("Стоимость: 300 ₽\\nДетям вход свободный", False, "300 ₽"),
        ("Берите термос", None, ""),
    ],
)
def test_what_its_program_says_is_taken(words, is_free, price):
    event = imported(words)
    assert (event.is_free, event.price) == (is_free, price)
    assert event.occurrences.get().is_free == is_free


def test_an_event_of_ones_own_is_asked_about():
    event = imported()
    event.imported.delete()
    page = Visitor(event.created_by).open(f"/cabinet/events/{event.pk}/edit/").send(title="Новое имя")
    assert page.sees("Напишите, сколько стоит, или отметьте «Вход бесплатный».")
    page.send(is_free="on")
    event.refresh_from_db()
    assert (event.title, event.is_free) == ("Новое имя", True)
