"""Finding a venue: by what it is called, by pieces of it, by what it looks like."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.actions.changing import cancel_occurrence
from events.models import Venue
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["Дом книги", "ДОМ КНИГИ", "Пушкинка", "пушкинка"])
def test_it_is_known_by_any_of_its_names(name):
    venue = f.VenueFactory(name="Дом книги", other_names=["пушкинка"])
    f.VenueFactory(name="Дом кино")
    assert Venue.objects.in_branch(venue.branch).called(name).get() == venue


def test_the_name_of_today_goes_before_that_of_another_day():
    f.VenueFactory(name="Новый парк", other_names=["парк"])
    park = f.VenueFactory(name="Парк")
    assert Venue.objects.called("парк").first() == park


@pytest.mark.parametrize("words", ["звездный", "ЗВЁЗДНЫЙ гагарина", "гагарина 5", "дк", "  "])
def test_pieces_of_its_names_and_address_find_it(words):
    venue = f.VenueFactory(name="Клуб «Звёздный»", other_names=["дк моряков"], address="ул. Гагарина, 5")
    f.VenueFactory(name="Школа 5", address="Тепличная, 1")
    assert venue in Venue.objects.sought(words)
    assert Venue.objects.sought(words).count() == (1 if words.strip() else 2)


def test_what_is_still_to_be_there_is_counted():
    now = timezone.now()
    event = f.published(rrule="FREQ=DAILY;COUNT=4", starts_at=now - timedelta(days=1, hours=1))
    idle = f.VenueFactory(name="Пустырь")
    cancel_occurrence(event.occurrences.order_by("was_at").last(), by=event.created_by)
    counted = dict(Venue.objects.with_coming().values_list("pk", "coming"))
    # One is over, one goes on, one comes, one is off.
    assert counted == {event.venue_id: 2, idle.pk: 0}


def test_a_twin_is_called_alike_or_stands_next_door():
    venue = f.VenueFactory(name="Библиотека имени Пушкина", lat=43.57, lng=39.73)
    alike = f.VenueFactory(name="Библиотека им. Пушкина", lat=None, lng=None)
    near = f.VenueFactory(name="Пушкинка", lat=43.5704, lng=39.7304)
    f.VenueFactory(name="Стадион", lat=43.4, lng=39.9)
    f.VenueFactory(branch=f.BranchFactory(slug="kazan", name="Казань"), name=venue.name)
    assert list(Venue.objects.like(venue)) == [alike, near]
