"""Clashes are told with the rival's name and free times, never forbidden."""

from datetime import timedelta

import pytest

from events.actions.changing import cancel_event
from events.querysets.clashes import Plan, clashes, free_slots
from tests import factories as f

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def plan(**changed):
    venue = f.VenueFactory()
    said = {
        "branch": venue.branch, "starts_at": f.SATURDAY + HOUR, "ends_at": f.SATURDAY + 3 * HOUR, "venue": venue,
        "district": venue.district, "ages": ["families"], "topics": ["trails"],
    }  # fmt: skip
    return Plan(**said | changed)


def told(one):
    return [(clash.occurrence.title, clash.reason) for clash in clashes(one)]


def test_the_same_place_at_one_time_is_strong():
    f.published(title="Хор")
    [clash] = clashes(plan())
    assert (clash.occurrence.title, clash.reason, clash.is_strong) == ("Хор", "venue", True)


def test_one_after_another_is_none():
    f.published(title="Хор")
    assert told(plan(starts_at=f.SATURDAY + 2 * HOUR, ends_at=f.SATURDAY + 3 * HOUR)) == []


def test_the_same_people_or_topic_are_soft():
    other = f.VenueFactory(name="Дом культуры")
    f.published(title="Семьям", venue=other, topics=["music"])
    f.published(title="Тропы", venue=None, ages=["seniors"])
    assert sorted(told(plan())) == [("Семьям", "audience"), ("Тропы", "topic")]
    assert told(plan(venue=None, district=None, ages=[], topics=[])) == []


def test_a_roomy_place_and_what_is_off_clash_with_nobody():
    park = f.VenueFactory(name="Парк", is_roomy=True, district=None)
    f.published(title="Йога", venue=park, topics=["sport"], ages=[])
    off = f.published(title="Хор")
    cancel_event(off, reason="", by=off.created_by)
    f.event(title="Черновик")
    assert told(plan(venue=park)) == []


def test_its_own_dates_and_other_cities_are_no_rivals():
    event = f.published(rrule="FREQ=WEEKLY;COUNT=2")
    assert told(plan(event=event.pk)) == []
    kazan = f.BranchFactory(slug="kazan", name="Казань")
    assert told(plan(branch=kazan)) == []


def test_free_times_are_near_and_free():
    f.published(title="Хор", starts_at=f.SATURDAY, ends_at=f.SATURDAY + 3 * HOUR)
    f.published(
        title="Лекция",
        starts_at=f.SATURDAY + timedelta(days=1),
        ends_at=f.SATURDAY + timedelta(days=1, hours=8),
    )
    wanted = plan()
    slots = free_slots(wanted, f.SATURDAY.tzinfo)
    assert len(slots) == 3
    for starts_at, ends_at in slots:
        assert ends_at - starts_at == 2 * HOUR
        assert told(plan(starts_at=starts_at, ends_at=ends_at)) == []
    assert slots[0][0] == f.SATURDAY + 3 * HOUR
