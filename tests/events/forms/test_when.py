"""When it happens and how it repeats, as people fill it in: without scripts, too."""

import pytest
import time_machine
from django.http import QueryDict

from events.forms.event import EventForm
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def thursday():
    with time_machine.travel("2027-01-14T09:00Z", tick=False):
        yield


def form(event=None, **said: object) -> EventForm:
    data = QueryDict(mutable=True)
    plain = {"title": "Хор", "day": "2027-01-16", "start": "15:00", "end": "17:00", "is_free": "on"}
    for name, value in (plain | said).items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return EventForm(data, branch=event.branch if event else f.BranchFactory(), event=event)


@pytest.mark.parametrize(
    ("said", "first", "rule"),
    [
        ({"repeats": "weekly"}, "16.01", "FREQ=WEEKLY"),
        ({"repeats": "weekly", "weekdays": ["SA"]}, "16.01", "FREQ=WEEKLY"),
        ({"repeats": "weekly", "weekdays": ["TU", "TH"]}, "19.01", "FREQ=WEEKLY;BYDAY=TU,TH"),
        ({"repeats": "weekly", "weekdays": ["TU", "SA"]}, "16.01", "FREQ=WEEKLY;BYDAY=TU,SA"),
        ({"repeats": "weekly", "weekdays": ["SU"]}, "17.01", "FREQ=WEEKLY"),
        ({"repeats": "biweekly", "weekdays": ["TH", "TU"]}, "19.01", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH"),
        ({"repeats": "daily", "count": "5"}, "16.01", "FREQ=DAILY;COUNT=5"),
        (
            {"repeats": "weekly", "weekdays": ["MO", "WE", "FR"], "until": "2027-05-31"},
            "18.01",
            "FREQ=WEEKLY;UNTIL=20270531T205959Z;BYDAY=MO,WE,FR",
        ),
        ({"repeats": "monthly"}, "16.01", "FREQ=MONTHLY;BYDAY=3SA"),
        ({"repeats": "monthly_date"}, "16.01", "FREQ=MONTHLY;BYMONTHDAY=16"),
        # What is ticked in a part that scripts would have hidden means nothing.
        ({"repeats": "no", "weekdays": ["TU"], "until": "2026-01-01"}, "16.01", ""),
        ({"repeats": "monthly", "weekdays": ["TU"]}, "16.01", "FREQ=MONTHLY;BYDAY=3SA"),
    ],
)
def test_the_first_date_and_the_rule(said, first, rule):
    filled = form(**said)
    assert filled.is_valid(), filled.errors
    answers = filled.answers()
    assert (f"{answers['starts_at']:%d.%m}", answers["rrule"]) == (first, rule)
    assert f"{answers['starts_at']:%H:%M}–{answers['ends_at']:%H:%M}" == "15:00–17:00"


def test_a_night_stays_a_night_on_the_day_that_fits():
    filled = form(repeats="weekly", weekdays=["FR"], start="22:00", end="02:00", end_day="2027-01-17")
    assert filled.is_valid(), filled.errors
    answers = filled.answers()
    assert f"{answers['starts_at']:%d.%m %H} {answers['ends_at']:%d.%m %H}" == "22.01 22 23.01 02"


@pytest.mark.parametrize(
    ("said", "field", "words"),
    [
        ({"repeats": "daily"}, "until", "укажите последний день или сколько раз"),
        ({"repeats": "weekly", "weekdays": ["MO", "WE", "FR"]}, "until", "укажите последний день"),
        ({"repeats": "daily", "count": "3", "until": "2027-02-01"}, "count", "не то и другое"),
        ({"repeats": "daily", "count": "3", "end_day": "2027-01-18"}, "end_day", "раньше, чем кончится эта"),
        ({"repeats": "weekly", "weekdays": ["SA", "SU"], "end_day": "2027-01-18"}, "end_day", "раньше, чем"),
        ({"repeats": "weekly", "weekdays": ["TU"], "until": "2027-01-18"}, "until", "раньше, чем начинается"),
        ({"repeats": "weekly", "weekdays": ["XX"]}, "weekdays", "XX"),
    ],
)
def test_nonsense_is_refused_and_stays_typed(said, field, words):
    refused = form(**said)
    assert not refused.is_valid()
    assert words in refused.errors[field][0]
    assert refused["weekdays"].value() == said.get("weekdays", [])


def test_until_that_is_misread_is_the_only_mistake():
    refused = form(repeats="daily", until="завтра")
    assert refused.errors.keys() == {"until"}


def series(rule: str):
    return f.published(rrule=rule)


def again(event, **said):
    """The form as it came, with these answers otherwise."""
    known = EventForm(branch=event.branch, event=event).initial
    kept = {name: known[name] for name in ("repeats", "weekdays")} | {"day": f"{known['day']:%Y-%m-%d}"}
    return form(event, **kept | said)


def test_the_only_weekday_of_a_series_goes_along_with_its_day():
    moved = again(series("FREQ=WEEKLY"), day="2027-01-17")
    assert moved.is_valid(), moved.errors
    assert (f"{moved.answers()['starts_at']:%d.%m}", moved.answers()["rrule"]) == ("17.01", "FREQ=WEEKLY")
    # Among several it is not known which one is meant: the ticks are.
    kept = again(series("FREQ=WEEKLY;BYDAY=TU,SA"), day="2027-01-17")
    assert kept.is_valid(), kept.errors
    assert (f"{kept.answers()['starts_at']:%d.%m}", kept.answers()["rrule"]) == (
        "19.01",
        "FREQ=WEEKLY;BYDAY=TU,SA",
    )


@pytest.mark.parametrize(
    "rule", ["FREQ=WEEKLY;WKST=SU", "FREQ=WEEKLY;BYDAY=SA", "FREQ=MONTHLY", "FREQ=WEEKLY;BYDAY=SU,SA"]
)
def test_a_rule_that_is_not_touched_stays_as_it_is_written(rule):
    kept = again(series(rule), title="Хор ветеранов")
    assert kept.is_valid(), kept.errors
    assert kept.answers()["rrule"] == rule
