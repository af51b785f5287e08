"""The week's clashes: for the coordinator and the administration, with the way to who can do something about them."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import reverse

from communities.choices import Listing
from events.views import clashes_week
from hub.choices import RoleKind
from tests import factories as f

pytestmark = pytest.mark.django_db
WEEK = reverse("event-clashes-week")
#: Any day of the week of SATURDAY.
THEN = {"from": "2027-01-14"}


def sign_in(client, role):
    client.force_login(f.staff(role))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("role", "queries"), [(RoleKind.COORDINATOR, 9), (RoleKind.ADMINISTRATION, 8)])
def test_the_week_counts_its_clashes_in_few_queries(client, django_assert_num_queries, role, queries, rows):
    for number in range(rows + 1):
        f.published(title=f"Событие {number}")
    sign_in(client, role)
    client.get(WEEK)
    with django_assert_num_queries(queries):
        response = client.get(WEEK, THEN)
    assert len(response.context["pairs"]) == rows * (rows + 1) // 2
    assert client.get(WEEK, {"from": "2027-99-99"}).status_code == 200


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"topics": [], "ages": []}, "та же площадка"),
        ({"venue": "Дом культуры", "topics": []}, "те же люди и район"),
        ({"venue": "Дом культуры", "ages": []}, "та же тема"),
    ],
)
def test_each_reason_is_told(client, changed, words):
    f.published(title="Сажаем магнолии")
    venue = f.VenueFactory(name=changed.pop("venue", "Библиотека имени Пушкина"))
    f.published(title="Ярмарка", venue=venue, **changed)
    sign_in(client, RoleKind.COORDINATOR)
    page = client.get(WEEK, THEN).content.decode()
    assert all(text in page for text in (words, "Сажаем магнолии", "Ярмарка"))


def test_the_coordinator_comes_to_the_event_and_to_its_people(client):
    community = f.approved(name="Тропа 862").community
    event, city = f.published(community, title="Прогулка"), f.state_event(venue=f.VenueFactory())
    sign_in(client, RoleKind.COORDINATOR)
    page = client.get(WEEK, THEN).content.decode()
    for name, key in (
        ("event-manage", event.pk),
        ("event-manage", city.pk),
        ("registry-community", community.pk),
    ):
        assert f'href="{reverse(name, args=[key])}"' in page
        assert client.get(reverse(name, args=[key])).status_code == 200
    assert "Администрация города" in page
    assert f'href="{reverse("review-queue")}"' in page


def test_an_official_is_led_nowhere_that_is_not_for_officials(client):
    community, hidden = f.approved(name="Тропа 862").community, f.approved(name="Хор «Прибой»").community
    event, city = f.published(community, title="Прогулка"), f.state_event(venue=f.VenueFactory())
    f.published(hidden, title="Спевка")
    hidden.listing = Listing.ARCHIVED
    hidden.save()
    sign_in(client, RoleKind.ADMINISTRATION)
    response = client.get(WEEK, THEN)
    sides = [side for pair in response.context["pairs"] for side in pair["sides"]]
    addresses = {side["href"] for side in sides} | {one["href"] for side in sides for one in side["held_by"]}
    assert {event.get_absolute_url(), community.get_absolute_url()} < addresses
    assert reverse("event-manage", args=[city.pk]) in addresses
    assert {client.get(address).status_code for address in addresses if address} == {200}
    page = response.content.decode()
    assert "Хор «Прибой»" in page
    assert f'href="{reverse("state-event-desk")}"' in page
    assert WEEK in client.get(reverse("state-event-desk")).content.decode()


def test_of_many_the_strongest_are_shown_and_the_rest_is_a_number(client, monkeypatch):
    monkeypatch.setattr(clashes_week, "PAIRS", 2)
    for number in range(2):
        f.published(title=f"Тропа {number}", venue=None, ages=[])
        f.published(title=f"Зал {number}", topics=["music"], ages=[])
    f.published(title="Тропа 2", venue=None, ages=[])
    sign_in(client, RoleKind.COORDINATOR)
    page = client.get(WEEK, THEN)
    assert [pair["strong"] for pair in page.context["pairs"]] == [True, False]
    assert "Показаны 2 самых серьёзных из 4" in page.content.decode()


# --- in the calendar -------------------------------------------------------------------------------


def test_the_calendar_tells_staff_how_many_and_nobody_else(client):
    for title in ("Прогулка", "Спевка"):
        event = f.published(title=title)
    with time_machine.travel(datetime(2027, 1, 14, 9, tzinfo=UTC), tick=False):
        assert "Накладки" not in client.get(reverse("calendar")).content.decode()
        client.force_login(event.created_by)
        assert "Накладки" not in client.get(reverse("calendar")).content.decode()
        sign_in(client, RoleKind.ADMINISTRATION)
        for question, monday, total in (
            ("", "2027-01-11", 1),
            ("?view=list&month=2027-02", "2027-01-11", 1),
            ("?week=2027-W04", "2027-01-25", 0),
        ):
            page = client.get(reverse("calendar") + question)
            assert page.context["clashes"]() == {"total": total, "href": f"{WEEK}?from={monday}"}
            assert f'href="{WEEK}?from={monday}"' in page.content.decode()
        shown = client.get(f"{WEEK}?from=2027-01-11").context["pairs"]
        assert len(shown) == 1


@pytest.mark.parametrize(("role", "queries"), [(None, 6), (RoleKind.COORDINATOR, 12)])
def test_only_staff_pay_for_it(client, django_assert_num_queries, role, queries):
    f.published()
    if role:
        sign_in(client, role)
    client.get(reverse("calendar"))
    with django_assert_num_queries(queries):
        client.get(f"{reverse('calendar')}?month=2027-01")
