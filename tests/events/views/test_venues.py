"""The coordinator's desk of venues: found, mended, put together with a twin."""

import pytest
from django.urls import reverse

from events.models import Event, Venue
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db
LIBRARY = "Библиотека имени Пушкина"  # as the factory calls a venue


@pytest.fixture
def boss(client):
    boss = f.coordinator()
    client.force_login(boss)
    return boss


def test_the_way_there_leads_from_the_queue(boss):
    assert reverse("venue-list") in Visitor(boss).open("/queue/").html
    assert Visitor(boss).open("/queue/venues/").sees("Здесь будут площадки города")


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_depend_on_rows(client, boss, django_assert_num_queries, rows):
    community = f.approved().community
    for number in range(rows):
        venue = f.VenueFactory(name=f"Площадка {number}", is_roomy=True)
        f.published(community, title=f"Событие {number}", venue=venue)
    client.get(reverse("venue-list"))
    with django_assert_num_queries(9):
        client.get(reverse("venue-list"))
    with django_assert_num_queries(11):
        client.get(reverse("venue-edit", args=[venue.pk]))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", [LIBRARY, "Парк", "Стадион"]),
        ("q=курортный", [LIBRARY]),
        ("only=pinless", ["Стадион"]),
        ("only=roomy", ["Парк"]),
        ("only=accessible", ["Стадион"]),
        ("only=idle", ["Парк", "Стадион"]),
        ("district={host}", ["Парк"]),
        ("only=nonsense&district=9999999", [LIBRARY, "Парк", "Стадион"]),
        ("q=луна", []),
    ],
)
def test_looking_for_some(client, boss, asked, found):
    f.published()
    host = f.DistrictFactory(slug="host", name="Хостинский")
    f.VenueFactory(name="Парк", address="Егорова, 1", is_roomy=True, district=host)
    f.VenueFactory(name="Стадион", address="", lat=None, lng=None, accessible=True)
    response = client.get(f"/queue/venues/?{asked.format(host=host.pk)}")
    assert [venue.name for venue in response.context["page"]] == found
    assert ("Таких площадок нет" in response.content.decode()) == (not found)


def test_a_wrong_pin_is_mended_and_the_park_is_roomy_from_now_on(boss):
    event = f.published(venue=f.VenueFactory(name="Парк", lat=None, lng=None))
    page = Visitor(boss).open(f"/queue/venues/{event.venue_id}/")
    page.send(lat="43,57", lng="39,73", is_roomy="on", other_names="Ривьера\n\nпарк РИВЬЕРА\n")
    assert page.sees("«Парк»: сохранено.", "Изменена, было:", "1 событие: дат впереди — 1, прошло — 0.")
    venue = Venue.objects.get(name="Парк")
    assert (venue.lat, venue.lng, venue.is_roomy) == (43.57, 39.73, True)
    assert venue.other_names == ["ривьера", "парк ривьера"]
    assert event.occurrences.get().lat == 43.57


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"name": ""}, "Напишите, как называется площадка"),
        ({"name": "стадион"}, "Площадка с таким названием уже есть"),
        ({"other_names": "Стадион"}, "«стадион» — название другой площадки"),
        ({"other_names": "а" * 121}, "длиннее 120 знаков"),
        ({"other_names": "\n".join(map(str, range(21)))}, "Названий больше 20"),
        ({"lat": ""}, "Нужны оба числа"),
        ({"lng": "где-то тут"}, "Напишите градусы числом"),
        ({"lat": "430"}, "меньше либо равно 90"),
        ({"name": "я" * 121}, "Сократите"),
    ],
)
def test_a_mistake_is_named_and_nothing_typed_is_lost(boss, said, words):
    f.VenueFactory(name="Стадион")
    venue = f.VenueFactory(name="Парк")
    page = Visitor(boss).open(f"/queue/venues/{venue.pk}/").send(**{"address": "Егорова, 1"} | said)
    assert page.sees(words)
    assert 'value="Егорова, 1"' in page.html
    venue.refresh_from_db()
    assert (venue.name, venue.address) == ("Парк", "Курортный проспект, 32")


def test_a_stale_edit_shows_both_and_goes_through_the_second_time(boss):
    venue = f.VenueFactory(name="Парк")
    first, second = (Visitor(boss).open(f"/queue/venues/{venue.pk}/") for _ in range(2))
    first.send(address="Егорова, 1")
    second.send(address="Егорова, 1а")
    assert second.sees("Площадку изменили, пока вы писали", "Егорова, 1 Егорова, 1а")
    second.send()
    venue.refresh_from_db()
    assert venue.address == "Егорова, 1а"


def test_twins_are_compared_and_become_one(boss):
    twin = f.VenueFactory(name="Библиотека Пушкина", address="", accessible=True, lat=43.5702)
    target = f.VenueFactory()
    event = f.published(venue=twin)
    page = Visitor(boss).open(f"/queue/venues/{twin.pk}/")
    assert f"/queue/venues/{twin.pk}/merge/?into={target.pk}" in page.html
    page.open(f"/queue/venues/{twin.pk}/merge/?into={target.pk}")
    assert page.sees("перейдёт событий: 1. Дат впереди — 1, прошедших — 0.", "Последняя — 16.01.2027")
    assert page.sees("Метка на карте, между ними 22 м")
    late = Visitor(boss).open(page.path)
    page.send()
    assert page.sees("«Библиотека Пушкина» объединена с «Библиотека имени Пушкина».")
    event.refresh_from_db()
    assert event.venue == target
    assert event.venue.accessible
    assert late.send().sees("Эти площадки уже объединены.")


def test_the_twin_is_chosen_among_all(boss):
    alone = f.VenueFactory(name="Парк")
    assert Visitor(boss).open(f"/queue/venues/{alone.pk}/merge/").sees("Объединять не с чем")
    other = f.VenueFactory(name="Стадион", lat=43.4)
    page = Visitor(boss).open(f"/queue/venues/{alone.pk}/merge/")
    assert f'<option value="{other.pk}">Стадион' in page.html
    page.open(f"/queue/venues/{alone.pk}/merge/?into={other.pk}")
    assert page.sees("«Парк» войдёт в «Стадион».", "На «Парк» ничего не проходит")


def test_another_branch_is_not_ours(client, boss):
    theirs = f.VenueFactory(branch=f.BranchFactory(slug="kazan", name="Казань"))
    ours = f.VenueFactory(name="Парк")
    for address in (f"/queue/venues/{theirs.pk}/", f"/queue/venues/{ours.pk}/merge/?into={theirs.pk}"):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
    assert client.get(f"/queue/venues/{ours.pk}/merge/?into=abc").status_code == 200
    assert "Казань" not in client.get("/queue/venues/").content.decode()


def test_a_leader_whose_choice_is_gone_chooses_again_and_loses_nothing(boss):
    event = f.published(venue=f.VenueFactory(name="Библиотека Пушкина"))
    target = f.VenueFactory()
    form = Visitor(event.created_by).open(f"/cabinet/events/{event.pk}/edit/")
    Visitor(boss).open(f"/queue/venues/{event.venue_id}/merge/?into={target.pk}").send()
    form.send(title="Прогулка вечером")
    assert form.sees("Этой площадки больше нет: её объединили с другой")
    assert 'value="Прогулка вечером"' in form.html
    form.send(venue=str(target.pk))
    assert Event.objects.get().title == "Прогулка вечером"
