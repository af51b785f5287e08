"""A resident registers from the event's page, sees where they go, and withdraws."""

import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from events.actions.changing import cancel_event, cancel_occurrence, move_occurrence
from events.actions.registering import register
from events.models import Registration
from hub import public
from tests import factories as f

pytestmark = pytest.mark.django_db
HOUR, ONE = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def thursday():
    """Two days before SATURDAY."""
    with time_machine.travel(datetime(2027, 1, 14, 9, tzinfo=UTC), tick=False):
        yield


@pytest.fixture
def person(client):
    f.BranchFactory()
    user = f.UserFactory(name="Анна Гостева")
    client.force_login(user)
    return user


def text(response):
    assert response.status_code == 200
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("\xa0", " ").split())


def page(client, event):
    return text(client.get(event.get_absolute_url()))


def send(client, event, number=0):
    date = event.occurrences.order_by("was_at")[number]
    return client.post(f"{event.get_absolute_url()}register/?date={date.pk}", follow=True)


# --- on the event's page -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("capacity", "people", "words"),
    [
        (None, 0, "Запись Записаться"),
        (None, 2, "Записались 2 человека Записаться"),
        (3, 0, "Осталось 3 места Записаться"),
        (3, 2, "Осталось 1 место Записаться"),
        (8, 3, "Осталось 5 мест Записаться"),
        (1, 4, "Мест нет, можно в лист ожидания: вы будете 4-й В лист ожидания"),
    ],
)
def test_seats_are_told_honestly(client, capacity, people, words):
    event = f.opened(capacity)
    for _ in range(people):
        f.registration(event)
    assert words in page(client, event)


def test_whoever_is_registered_takes_that_date_along(client, person):
    event = f.opened(1, rrule="FREQ=WEEKLY;COUNT=4")
    f.registration(event, number=2)
    send(client, event, 2)  # waits: nothing is sure yet
    said = send(client, event, 1).content.decode()
    [address] = re.findall(r'href="(/calendar/[^"]+\.ics\?date=\d+)"', said)
    [entry] = icalendar.Calendar.from_ical(client.get(address).content).walk("VEVENT")
    assert entry["DTSTART"].dt == f.SATURDAY + 7 * ONE


def test_an_event_without_registration_says_nothing_of_it(client):
    assert "Записаться" not in page(client, f.published())


def test_a_series_offers_its_next_dates(client):
    event = f.opened(1, rrule="FREQ=WEEKLY;COUNT=6")
    f.registration(event, number=1)
    said = page(client, event)
    assert "16 января , суббота, 15:00 Осталось 1 место Записаться" in said
    assert "23 января , суббота, 15:00 Мест нет" in said
    assert "Другие даты" in said
    assert "13 февраля , суббота, 15:00 Осталось" not in said


def test_an_off_or_begun_date_offers_no_button(client):
    event = f.opened(rrule="FREQ=WEEKLY;COUNT=2")
    cancel_occurrence(event.occurrences.order_by("was_at")[1], by=event.created_by)
    with time_machine.travel(f.SATURDAY + HOUR, tick=False):
        said = page(client, event)
    assert "Запись закрыта: событие уже началось" in said
    assert "Дата отменена" in said
    assert "Записаться" not in said


def test_the_page_of_strangers_holds_no_form_and_no_name_and_is_kept(client, person, settings):
    settings.PUBLIC_CACHE_SECONDS = 30
    public.forget()
    event = f.opened(1)
    f.registration(event, person)
    stranger = Client()
    first = stranger.get(event.get_absolute_url())
    assert not first.cookies
    assert "csrfmiddlewaretoken" not in first.content.decode()
    # The next stranger is answered from the cache, the person is not.
    assert "Вы записаны" in page(client, event)
    assert "Вы записаны" not in page(Client(), event)
    etag = first.headers["ETag"]
    assert Client().get(event.get_absolute_url(), headers={"if-none-match": etag}).status_code == 304
    cache.clear()
    public.forget()


@pytest.mark.parametrize("dates", [1, 3])
def test_queries_do_not_grow_with_dates(client, person, django_assert_num_queries, dates):
    event = f.opened(1, rrule=f"FREQ=WEEKLY;COUNT={dates}")
    for number in range(dates):
        f.registration(event, number=number)
        f.registration(event, person, number)
    stranger = Client()
    with django_assert_num_queries(3):
        stranger.get(event.get_absolute_url())
    with django_assert_num_queries(9):
        client.get(event.get_absolute_url())


# --- registering ---------------------------------------------------------------------------------------


def test_one_tap_registers_and_the_second_tells_the_same(client, person):
    event = f.opened(1)
    assert "Вы записаны. Напомним за день" in text(send(client, event))
    assert "Вы записаны. Напомним за день" in text(send(client, event))
    assert Registration.objects.get().user == person
    assert "Вы записаны Отменить запись В мой календарь Мои записи" in page(client, event)


def test_the_line_tells_ones_place(client, person):
    event = f.opened(1)
    for _ in range(3):
        f.registration(event)
    said = text(send(client, event))
    assert "Вы в листе ожидания, 3-й. Освободится место — сразу напишем." in said
    assert "Вы в листе ожидания, 3-й Отменить" in page(client, event)


def test_refusals_are_told_and_nothing_is_written(client, person):
    event = f.opened(1)
    cancel_event(event, reason="Ливень", by=event.created_by)
    assert "Эта дата отменена" in text(send(client, event))
    address = f"{event.get_absolute_url()}register/"
    for wrong in ("", "?date=", "?date=abc", f"?date={'9' * 30}"):
        assert "Выберите дату." in text(client.post(address + wrong, follow=True))
    assert "Этой даты больше нет" in text(client.post(f"{address}?date=999999", follow=True))
    assert not Registration.objects.exists()


def test_a_date_of_another_event_is_not_this_ones(client, person):
    event, other = f.opened(1), f.opened(1, title="Другое")
    date = other.occurrences.get()
    said = text(client.post(f"{event.get_absolute_url()}register/?date={date.pk}", follow=True))
    assert "Этой даты больше нет" in said


def test_signing_in_leads_back_to_the_seat(client):
    event = f.opened(1)
    address = f"{event.get_absolute_url()}register/?date={event.occurrences.get().pk}"
    for answer in (client.get(address), client.post(address)):
        assert (
            answer.headers["Location"]
            == f"/accounts/login/?next={address.replace('?', '%3F').replace('=', '%3D')}"
        )


def test_the_page_of_registering_says_what_it_cannot_do(client, person):
    for event, words in (
        (f.published(), "записываться не нужно"),
        (f.opened(title="Отменённое"), "Событие отменено. Ливень"),
        (f.opened(title="Прошлое", starts_at=f.SATURDAY - 3 * ONE), "уже прошло"),
    ):
        if "Отмен" in event.title:
            cancel_event(event, reason="Ливень", by=event.created_by)
        assert words in text(client.get(f"{event.get_absolute_url()}register/"))


def test_who_has_no_name_is_asked_for_one(client):
    client.force_login(f.UserFactory(name=""))
    assert "Укажите имя и фамилию" in text(client.get(f"{f.opened().get_absolute_url()}register/"))


# --- my registrations ----------------------------------------------------------------------------------


def test_nothing_yet_leads_to_the_calendar(client, person):
    assert "Здесь будут события" in text(client.get("/cabinet/registrations/"))


def test_where_i_go_and_where_i_was(client, person):
    event = f.opened(1, title="Чай", rrule="FREQ=WEEKLY;COUNT=3")
    f.registration(event, person, 0)
    f.registration(event, number=1)
    f.registration(event, person, 1)
    f.registration(event, person, 2)
    third = event.occurrences.order_by("was_at")[2]
    move_occurrence(third, third.starts_at + ONE, third.ends_at + ONE, note="Снег", by=event.created_by)
    said = text(client.get("/cabinet/registrations/"))
    assert "сб 16 января Чай 15:00, Библиотека имени Пушкина Вы идёте Отменить запись" in said
    assert "Ждёте, 1-й" in said
    assert "перенесено с 30.01.2027, 15:00: Снег" in said
    with time_machine.travel(f.SATURDAY + ONE, tick=False):
        assert "Прошли сб 16 января Чай" in text(client.get("/cabinet/registrations/"))
    assert "Мои записи" in text(client.get("/cabinet/"))


def test_withdrawing_is_asked_once(client, person):
    row = f.registration(f.opened(1), person)
    f.registration(row.occurrence.event)
    address = f"/cabinet/registrations/{row.pk}/withdraw/"
    assert "Ваше место сразу получит тот, кто ждёт." in text(client.get(address))
    assert Registration.objects.going().get().user == person
    assert "Запись отменена" in text(client.post(address, follow=True))
    assert Registration.objects.going().get().user != person
    # From another tab, after it is done.
    assert "Запись отменена" in text(client.post(address, follow=True))
    assert client.get(address).status_code == 302


def test_too_late_is_said(client, person):
    row = f.registration(f.opened(1), person)
    with time_machine.travel(f.SATURDAY + HOUR, tick=False):
        said = text(client.post(f"/cabinet/registrations/{row.pk}/withdraw/", follow=True))
    assert "Событие уже началось" in said


def test_ones_own_calendar_file_follows_the_dates(client, person):
    event = f.opened(1, rrule="FREQ=WEEKLY;COUNT=3")
    f.registration(event, person, 0)
    f.registration(event, person, 2)
    f.registration(event, number=1)
    register(event.occurrences.order_by("was_at")[1], by=person)  # waits: not in the file
    address = "/cabinet/registrations.ics"
    first = icalendar.Calendar.from_ical(client.get(address).content).walk("VEVENT")
    assert [f"{entry['DTSTART'].dt:%d.%m %H:%M}" for entry in first] == ["16.01 15:00", "30.01 15:00"]
    date = event.occurrences.order_by("was_at")[0]
    move_occurrence(date, date.starts_at + ONE, date.ends_at + ONE, by=event.created_by)
    moved = icalendar.Calendar.from_ical(client.get(address).content).walk("VEVENT")
    assert {entry["UID"] for entry in moved} == {entry["UID"] for entry in first}
    assert f"{moved[0]['DTSTART'].dt:%d.%m %H:%M}" == "17.01 15:00"
    assert moved[0]["SEQUENCE"] > first[0]["SEQUENCE"]
    cancel_event(event, reason="Ливень", by=event.created_by)
    off = icalendar.Calendar.from_ical(client.get(address).content).walk("VEVENT")
    assert {entry["STATUS"] for entry in off} == {"CANCELLED"}


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow_with_registrations(client, person, django_assert_num_queries, rows):
    for number in range(rows):
        event = f.opened(1, title=f"Чай {number}", rrule="FREQ=WEEKLY;COUNT=2")
        f.registration(event, person)
        f.registration(event, number=1)
        f.registration(event, person, 1)
    with django_assert_num_queries(8):
        client.get("/cabinet/registrations/")
    with django_assert_num_queries(6):
        client.get("/cabinet/registrations.ics")


# --- the way to a seat ---------------------------------------------------------------------------------


def bar(client, event):
    """What the bar under the thumb offers first."""
    html = client.get(event.get_absolute_url()).content.decode()
    return text_of(re.search(r'<div class="hub-actbar.*', html, re.S).group()).split(" Скопировать")[0]


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(
    ("answers", "people", "words"),
    [
        ({}, 0, "Записаться"),
        ({"capacity": 1}, 1, "В лист ожидания"),
        ({"takes_registrations": False}, 0, "В мой календарь"),
        ({"starts_at": f.SATURDAY - 3 * ONE}, 0, "В мой календарь"),
    ],
)
def test_the_bar_under_the_thumb_leads_to_the_seats(client, answers, people, words):
    event = f.published(**({"takes_registrations": True} | answers))
    for _ in range(people):
        f.registration(event)
    assert bar(client, event) == words


def test_the_bar_knows_my_seat(client, person):
    event = f.opened(2)
    assert bar(client, event) == "Записаться"
    send(client, event)
    assert bar(client, event) == "Моя запись"


@pytest.mark.parametrize("page", ["login", "signup"])
def test_who_must_sign_in_is_told_what_for(client, page):
    event, hidden = f.opened(title="Птичий час"), f.event(title="Задумка")
    address = f"/accounts/{page}/?next={event.get_absolute_url()}register/%3Fdate%3D1"
    assert "чтобы записаться на «Птичий час»" in text(client.get(address))
    for other in (hidden.get_absolute_url() + "register/", "/cabinet/", "//evil.example/", "%00"):
        assert "чтобы записаться" not in text(client.get(f"/accounts/{page}/?next={other}"))
    answer = client.post(f"/accounts/{page}/", {"next": f"{event.get_absolute_url()}register/?date=1"})
    assert "чтобы записаться на «Птичий час»" in text(answer)
