"""The announcement: days and numbers that nobody means are refused in words, and what was typed stays."""

import pytest
import time_machine

from events.forms.event import EventForm
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel("2027-01-14T09:00Z", tick=False):
        yield


def form(**said: str) -> EventForm:
    plain = {"title": "Хор", "day": "2027-01-16", "start": "15:00", "repeats": "no", "is_free": "on"}
    return EventForm(plain | said, branch=f.BranchFactory())


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"day": "9999-12-31"}, "day", "Проверьте год"),
        ({"day": "0001-01-01"}, "day", "Проверьте год"),
        ({"end_day": "9999-12-31"}, "end_day", "Проверьте год"),
        ({"end_day": "9999-12-31", "all_day": "on"}, "end_day", "Проверьте год"),
        ({"end_day": "0001-01-01"}, "end_day", "Проверьте год"),
        ({"repeats": "weekly", "until": "9999-12-31"}, "until", "Проверьте год"),
        ({"repeats": "weekly", "count": "9" * 5000}, "count", "цифрами"),
        ({"repeats": "weekly", "count": "601"}, "count", "600"),
        ({"takes_registrations": "on", "capacity": "0"}, "capacity", "Хотя бы одно место"),
        ({"takes_registrations": "on", "capacity": "-5"}, "capacity", "Хотя бы одно место"),
        ({"takes_registrations": "on", "capacity": str(2**40)}, "capacity", "Столько не поместится"),
        ({"repeats": "hourly"}, "repeats", "hourly"),
        ({"venue": "9" * 30}, "venue", "площадки больше нет"),
    ],
)
def test_what_nobody_means_is_refused_in_words(said, field, words):
    refused = form(**said)
    assert not refused.is_valid()
    assert words in refused.errors[field][0]
    assert refused[field].value() == said[field]


def test_nul_letters_are_nobodys_words():
    said = form(title="Хор\x00 ветеранов", place="у\x00фонтана")
    assert said.is_valid(), said.errors
    assert (said.cleaned_data["title"], said.cleaned_data["place"]) == ("Хор ветеранов", "уфонтана")
