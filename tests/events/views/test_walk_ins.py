"""The door, as those see it who stand there: a name or a number, one tap, and never a seat too many in silence."""

from datetime import UTC, datetime

import pytest
import time_machine

from events.models import WalkIn
from hub.my_data import erase, export
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def saturday():
    with time_machine.travel(datetime(2027, 1, 16, 11, 30, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def event():
    return f.opened(3, title="Мастерская")


@pytest.fixture
def door(event):
    return Visitor(event.created_by).open(f"/cabinet/events/{event.pk}/registrations/")


def test_a_guest_is_let_in_counted_and_taken_back(event, door):
    f.registration(event, f.UserFactory(name="Анна Первая"))
    door.send("walk-ins", name="Глеб с улицы", people="2")
    assert door.sees("Без записи 2", "Глеб с улицы · 2 человека", "Пришли 2", "14:30")
    door.send("remove")
    assert door.sees("Пришли 0")
    assert not door.sees("Глеб")
    assert not WalkIn.objects.exists()


def test_just_one_more_head_needs_no_words(event, door):
    door.send("walk-ins")
    assert door.sees("Без записи 1", "Имя не указано", "Пришли 1")


def test_without_a_free_seat_it_is_asked_once_and_nothing_typed_is_lost(event, door):
    for _number in range(2):
        f.registration(event)
    door.send("walk-ins", name="Семья Ким", people="2")
    assert door.sees("Мест не хватает.", "Свободно мест: 1 из 3", "Впустить сверх мест", "Не впускать")
    assert 'value="Семья Ким"' in door.html
    assert not WalkIn.objects.exists()
    door.send("walk-ins", press=("over", "1"))
    assert door.sees("Семья Ким · 2 человека", "Пришли 2")


@pytest.mark.parametrize(
    ("people", "says"),
    [("0", "Хотя бы один"), ("51", "Больше пятидесяти разом не бывает"), ("двое", "Напишите число цифрами")],
)
def test_a_number_that_is_none_is_said(door, people, says):
    door.send("walk-ins", name="Глеб", people=people)
    assert door.sees(says)
    assert 'value="Глеб"' in door.html
    assert not WalkIn.objects.exists()


def test_before_the_day_the_door_is_shut(event):
    with time_machine.travel(datetime(2027, 1, 15, 9, tzinfo=UTC), tick=False):
        door = Visitor(event.created_by).open(f"/cabinet/events/{event.pk}/registrations/")
        assert door.sees("Гостей без записи отмечают в день события")
        assert not door.sees("Пришёл без записи")


def test_the_table_has_them(event, door):
    f.walk_in(event, "=Глеб", 3)
    date = event.occurrences.get()
    table = door.client.get(f"/cabinet/events/{event.pk}/registrations/{date.pk}.csv").content.decode(
        "utf-8-sig"
    )
    assert "+3" in table
    assert "'=Глеб" in table
    assert "Без записи" in table


def test_another_events_guest_is_not_there(event, door):
    other = f.walk_in(f.opened(3))
    door.client.post(f"/cabinet/events/{event.pk}/registrations/walk-ins/{other.pk}/remove/")
    assert WalkIn.objects.get() == other


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_guests(event, door, rows, django_assert_num_queries):
    for number in range(rows):
        f.walk_in(event, f"Гость {number}")
    with django_assert_num_queries(12):
        door.client.get(f"/cabinet/events/{event.pk}/registrations/")


def test_the_page_offers_no_seat_that_a_guest_has(event):
    f.walk_in(event, people=2)
    assert Visitor().open(event.get_absolute_url()).sees("Осталось 1 место")


def test_a_person_who_is_erased_is_called_so_at_no_door(event):
    person = f.UserFactory(name="Анна Ким")
    f.walk_in(event, "Анна Ким")
    assert "Анна Ким" in export(event.created_by)
    erase(person, by=None)
    assert WalkIn.objects.get().name == "…"
