"""Beside the form: who is in the way, how to look at them, and what nobody may learn of others' drafts."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from communities.choices import Listing
from events.actions.announcing import publish
from tests import factories as f

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def typed(client, **answers):
    """The piece of the form for two hours on SATURDAY."""
    said = {"day": "2027-01-16", "start": "15:00", "end": "17:00"} | answers
    return client.get(reverse("event-clashes"), said).content.decode()


@pytest.fixture
def leader(client):
    leader = f.approved().community.stewardships.get().user
    client.force_login(leader)
    return leader


def test_a_rival_opens_beside_the_form(client, leader):
    rival = f.published(f.approved(name="Хор «Прибой»").community, title="Спевка")
    page = typed(client, venue=rival.venue_id)
    assert f'<a href="{rival.get_absolute_url()}" target="_blank" rel="noopener">Спевка</a>' in page
    assert "Площадка в это время занята" in page
    assert "Хор «Прибой». <span" in page


def test_of_what_waits_only_title_and_community_are_told(client, leader):
    community = f.approved(name="Хор «Прибой»").community
    waits = f.event(community, title="Спевка", place="вход по коду 862", short="Только свои")
    publish(waits, by=waits.created_by)
    page = typed(client, venue=waits.venue_id)
    assert "На эту площадку в это же время уже просятся" in page
    assert all(words in page for words in ("<b>Спевка</b>", "Хор «Прибой»", "Та же площадка, на проверке."))
    assert "862" not in page
    assert "Только свои" not in page
    assert waits.slug not in page


def test_a_community_that_the_city_does_not_see_is_not_named(client, leader):
    community = f.approved(name="Тайный хор").community
    waits = f.event(community, title="Спевка")
    publish(waits, by=waits.created_by)
    community.listing = Listing.UNLISTED
    community.save()
    page = typed(client, venue=waits.venue_id)
    assert "Спевка" in page
    assert "Тайный" not in page


def test_an_event_of_a_whole_day_has_no_hour(client, leader):
    day = f.SATURDAY.replace(hour=0)
    rival = f.published(title="Форум", all_day=True, starts_at=day, ends_at=day.replace(day=17))
    page = typed(client, venue=rival.venue_id)
    assert "16.01.2027, Библиотека" in page


def test_of_a_series_that_goes_on_only_what_is_to_come_is_looked_at(client, leader):
    community = leader.stewardships.get().community
    series = f.published(community, title="Чай", rrule="FREQ=WEEKLY;COUNT=9")
    f.published(title="Было", venue=series.venue)
    f.published(title="Будет", venue=series.venue, starts_at=f.SATURDAY + 28 * DAY)
    with time_machine.travel(f.SATURDAY + 15 * DAY):
        client.force_login(leader)
        page = typed(client, event=series.pk, repeats="weekly", count="9", venue=series.venue_id)
    assert "Будет" in page
    assert "Было" not in page
    days = re.findall(r"day=(\d{4}-\d\d-\d\d)", page)
    assert days
    assert min(days) > "2027-01-31"


def test_two_that_wait_see_each_other_in_the_queue(client):
    first, second = f.event(title="Спевка"), f.event(title="Шахматы")
    for event in (first, second):
        publish(event, by=event.created_by)
    client.force_login(f.coordinator())
    for event, other in ((first, second), (second, first)):
        page = client.get(reverse("event-review", args=[event.pk]))
        assert [(clash["occurrence"].title, clash["waits"]) for clash in page.context["clashes"]] == [
            (other.title, True)
        ]
