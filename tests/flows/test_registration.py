"""From one seat to the right guest: register, wait, withdraw, be promoted, and hear of another day."""

import re

import icalendar
import pytest
from django.core import mail

from events.models import Event
from hub.outbox.delivery import deliver
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)


def letters(user):
    return [letter for letter in mail.outbox if letter.to == [user.email]]


def read_post(settings):
    settings.QUIET_HOURS = None
    deliver()


def test_one_seat_two_guests_and_another_day(settings):
    leader = f.UserFactory(name="Ольга Савченко")
    community = f.approved(leader, name="Тропа 862").community
    ann, bob = f.UserFactory(name="Анна Первая"), f.UserFactory(name="Борис Второй")

    # The leader announces it with one seat; the coordinator publishes.
    page = Visitor(leader).open(f"/cabinet/events/new/?community={community.slug}")
    page.send(
        title="Ночёвка в приюте", day="2027-01-16", start="18:00", end="20:00", repeats="no", is_free="on",
        takes_registrations="on", capacity="1",
    )  # fmt: skip
    assert page.sees("Запись", "нужна, 1 место")
    page.send()
    event = Event.objects.get(title="Ночёвка в приюте")
    Visitor(f.coordinator()).open(f"/queue/events/{event.pk}/").send("decide", press=("do", "approve"))
    path = f"/calendar/{event.slug}/"

    # Without an account the button leads to signing in, and from there back to the seat.
    stranger = Visitor().open(path)
    assert stranger.sees("Запись", "Осталось 1 место", "Записаться")
    [button] = re.findall(r'href="(/calendar/[^"]+/register/\?date=\d+)"', stranger.html)
    sign_in = stranger.client.get(button)
    assert sign_in.headers["Location"].startswith("/accounts/login/?next=/calendar/")
    stranger.open(button)
    stranger.send("login", login=ann.email, password=f.PASSWORD)
    assert stranger.path.startswith(button)
    assert stranger.sees("Осталось 1 место", "Организаторы увидят ваше имя: Анна Первая")
    first = stranger.send("register")
    assert first.sees("Вы записаны")

    # The next one waits, and is told in which place.
    second = Visitor(bob).open(path)
    assert second.sees("Мест нет, можно в лист ожидания: вы будете 1-й")
    second.send("register")
    assert second.sees("Вы в листе ожидания, 1-й")
    hosts = Visitor(leader).open(f"/cabinet/events/{event.pk}/registrations/")
    assert hosts.sees("Анна Первая", "Борис Второй", "Идут 1", "Ждут 1")

    # The first one cannot come: the second goes, and reads so, with the file for the calendar.
    first.open("/cabinet/registrations/")
    link = re.findall(r'href="(/cabinet/registrations/\d+/withdraw/)"', first.html)[0]
    first.open(link).send()
    assert first.sees("Запись отменена")
    assert second.open("/cabinet/registrations/").sees("Ночёвка в приюте", "Вы идёте")
    read_post(settings)
    told = letters(bob)
    assert [letter.subject for letter in told] == [
        "Вы в листе ожидания: Ночёвка в приюте", "Место освободилось, вы идёте: Ночёвка в приюте",
    ]  # fmt: skip
    [file] = re.findall(r"http\S+\.ics", told[-1].body)
    assert second.client.get("/" + file.split("/", 3)[3]).status_code == 200

    # Another day: the letter, the page and the feeds say the same.
    date = event.occurrences.get()
    hosts.open(f"/cabinet/events/{event.pk}/dates/{date.pk}/")
    hosts.send(press=("do", "move"), day="2027-01-17", start="19:00", end="21:00", note="Снег на перевале")
    read_post(settings)
    moved = letters(bob)[-1]
    assert moved.subject == "Изменилось: Ночёвка в приюте, 17.01.2027, 19:00"
    assert "было 16.01.2027, 18:00, теперь 17.01.2027, 19:00. Снег на перевале" in moved.body
    assert len(letters(ann)) == 1  # who has withdrawn hears nothing more
    assert second.open("/cabinet/registrations/").sees("19:00", "перенесено с 16.01.2027, 18:00")
    assert second.open(path).sees("17 января", "19:00", "Вы записаны")
    for feed in (f"/calendar/{event.slug}.ics", "/cabinet/registrations.ics"):
        [entry] = icalendar.Calendar.from_ical(second.client.get(feed).content).walk("VEVENT")
        assert f"{entry['DTSTART'].dt:%d.%m.%Y %H:%M}" == "17.01.2027 19:00"
