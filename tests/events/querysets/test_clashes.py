"""Clashes are told with the rival's name and why, the strongest first; one rule for a plan and for a week."""

from datetime import timedelta

import pytest

from events.actions.announcing import publish, return_event
from events.actions.changing import cancel_event, move_occurrence
from events.models import Occurrence, Venue
from events.querysets.clashes import Plan, clashes, clashes_between
from tests import factories as f

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def plan(**changed):
    venue = f.VenueFactory()
    said = {
        "branch": venue.branch, "starts_at": f.SATURDAY + HOUR, "ends_at": f.SATURDAY + 3 * HOUR, "venue": venue,
        "district": venue.district_id, "ages": ["families"], "topics": ["trails"],
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


def test_a_strong_one_is_not_lost_behind_soft_ones():
    community = f.approved().community
    for number in range(21):
        f.published(community, title=f"Тропы {number}", venue=None, ages=[], starts_at=f.SATURDAY)
    f.published(title="Хор", topics=["music"], ages=[], starts_at=f.SATURDAY + 2 * HOUR)
    other = f.VenueFactory(name="Дом культуры")
    f.published(title="Семьям", venue=other, topics=["music"], starts_at=f.SATURDAY + 2 * HOUR)
    soft = [(f"Тропы {number}", "topic") for number in range(3)]
    assert told(plan()) == [("Хор", "venue"), ("Семьям", "audience"), *soft]


def test_what_waits_for_a_decision_is_seen_at_its_place_only():
    waits = f.event(title="Спевка")
    publish(waits, by=waits.created_by)
    f.event(title="Черновик")
    back = f.event(title="Возвращено")
    return_event(publish(back, by=back.created_by), reason="Где?", by=f.UserFactory())
    elsewhere = f.event(title="Те же темы", venue=f.VenueFactory(name="Дом культуры"))
    publish(elsewhere, by=elsewhere.created_by)
    [clash] = clashes(plan())
    assert (clash.occurrence.title, clash.reason, clash.waits) == ("Спевка", "venue", True)
    assert told(plan(event=waits.pk)) == []
    assert told(plan(starts_at=f.SATURDAY + 2 * HOUR, ends_at=f.SATURDAY + 3 * HOUR)) == []
    Venue.objects.update(is_roomy=True)
    assert told(plan(venue=Venue.objects.get(pk=waits.venue_id))) == []


# --- a week ----------------------------------------------------------------------------------------


def week():
    """Titles of both and why, of the week of SATURDAY."""
    rows = Occurrence.objects.in_branch(f.BranchFactory()).listed()
    monday = f.SATURDAY.replace(hour=0) - timedelta(days=5)
    found = clashes_between(rows, monday, monday + timedelta(days=7))
    dates = Occurrence.objects.in_bulk()
    return [(dates[one].title, dates[other].title, reason) for reason, one, other in found]


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"topics": ["music"], "ages": ["seniors"]}, "venue"),
        ({"venue": "Дом культуры", "topics": ["music"]}, "audience"),
        ({"venue": "Дом культуры", "ages": ["seniors"]}, "topic"),
        ({"venue": "Дом культуры", "ages": [], "topics": []}, None),
        ({"starts_at": f.SATURDAY + 2 * HOUR}, None),
        ({"starts_at": f.SATURDAY - HOUR}, "venue"),
    ],
)
def test_a_week_is_judged_by_the_rule_of_those_who_type(changed, reason):
    first = f.published(title="Хор")
    venue = f.VenueFactory(name=changed.pop("venue", first.venue.name))
    other = f.published(title="Театр", venue=venue, **changed)
    assert [why for _one, _other, why in week()] == ([reason] if reason else [])
    for event in (first, other):
        [date] = event.occurrences.all()
        said = plan(
            starts_at=date.starts_at, ends_at=date.ends_at, venue=event.venue, district=event.venue.district_id,
            ages=event.ages, topics=event.topics, event=event.pk,
        )  # fmt: skip
        assert [clash.reason for clash in clashes(said)] == ([reason] if reason else [])


def test_the_strongest_of_a_week_come_first_each_pair_once():
    club = f.VenueFactory(name="Дом культуры")
    f.published(title="Понедельник", starts_at=f.SATURDAY - 5 * DAY, venue=club, ages=[])
    f.published(title="Тоже", starts_at=f.SATURDAY - 5 * DAY, venue=None, ages=[])
    f.published(title="Хор", rrule="FREQ=WEEKLY;COUNT=3")
    f.published(title="Театр", starts_at=f.SATURDAY + HOUR, topics=["music"], ages=[])
    off = f.published(title="Отменено")
    cancel_event(off, reason="", by=off.created_by)
    assert week() == [("Хор", "Театр", "venue"), ("Понедельник", "Тоже", "topic")]


def test_roomy_places_and_what_came_from_the_week_before():
    park = f.VenueFactory(name="Парк", is_roomy=True, district=None)
    f.published(title="Выставка", venue=park, starts_at=f.SATURDAY - 8 * DAY, ends_at=f.SATURDAY, ages=[])
    f.published(title="Йога", venue=park, starts_at=f.SATURDAY - HOUR, topics=["sport"], ages=[])
    f.published(title="Тропа", venue=None, starts_at=f.SATURDAY - DAY)
    assert week() == [("Выставка", "Тропа", "topic")]


def test_what_has_no_venue_stands_in_the_way_of_its_own_district():
    khosta = f.DistrictFactory(slug="khosta", name="Хоста")
    f.published(f.approved(district=khosta).community, title="Двор", venue=None, topics=["music"])
    assert told(plan(venue=None, district=khosta.pk, topics=[])) == [("Двор", "audience")]
    assert told(plan(venue=None, district=f.DistrictFactory().pk, topics=[])) == []


def test_a_date_at_another_place_leaves_its_own_free_and_takes_the_other():
    event = f.published(title="Хор", topics=[], ages=[])
    date, hall = event.occurrences.get(), f.VenueFactory(name="Дом культуры")
    move_occurrence(date, date.starts_at, date.ends_at, where=(hall, ""), by=event.created_by)
    assert told(plan(ages=[], topics=[])) == []
    [clash] = clashes(plan(venue=hall, ages=[], topics=[]))
    assert (clash.reason, clash.occurrence.place) == ("venue", "Дом культуры")
