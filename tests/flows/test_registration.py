"""From one seat to the right guest: register, wait, withdraw, be promoted, and hear of another day."""

import re

import icalendar
import pytest
from django.core import mail
from django.core.cache import cache

from events.models import Event, Registration
from hub.models import User
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
    [file] = re.findall(r"http\S+\.ics\?\S+", told[-1].body)
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


# --- from the button to a seat, without an account ---------------------------------------------------

EMAIL = "nina@example.org"


def sign_up_for_a_seat(settings):
    """A stranger presses «Записаться» and signs up: (their browser, the date's address, the link of the letter)."""
    cache.clear()
    event = f.opened(2, title="Ночёвка в приюте")
    phone = Visitor().open(event.get_absolute_url())
    [button] = re.findall(r'href="(/calendar/[^"]+/register/\?date=\d+)"', phone.html)
    phone.open(button)
    assert phone.sees("чтобы записаться на «Ночёвка в приюте»", "Потом вернём вас к записи")
    phone.open(re.findall(r'href="(/accounts/signup/[^"]*)"', phone.html)[-1])
    assert phone.sees("чтобы записаться на «Ночёвка в приюте»")
    phone.send("signup", name="Нина Озерова", email=EMAIL, password1=f.PASSWORD, consent="on")
    assert phone.sees("Проверьте почту")
    read_post(settings)
    [letter] = [letter for letter in mail.outbox if letter.to == [EMAIL]]
    return phone, button, re.search(r"http://testserver(/accounts/confirm-email/\S+)", letter.body)[1]


def take_the_seat(browser, button, settings):
    assert browser.path == button
    assert browser.sees("Осталось 2 места", "Организаторы увидят ваше имя: Нина Озерова")
    browser.send("register")
    assert browser.sees("Вы записаны")
    assert Registration.objects.live().get().user == User.objects.get(email=EMAIL)
    read_post(settings)
    assert letters(User.objects.get(email=EMAIL))[-1].subject.startswith("Вы записаны: Ночёвка в приюте")


def test_a_stranger_signs_up_for_a_seat(settings):
    phone, button, link = sign_up_for_a_seat(settings)
    phone.open(link).send("confirm-email")
    take_the_seat(phone, button, settings)


def test_a_stranger_whose_letters_open_in_another_browser_comes_back_to_the_seat(settings):
    _phone, button, link = sign_up_for_a_seat(settings)
    mail_app = Visitor().open(link)
    mail_app.send("confirm-email")
    assert mail_app.sees("Вход", "чтобы записаться на «Ночёвка в приюте»")
    mail_app.send("login", login=EMAIL, password=f.PASSWORD)
    take_the_seat(mail_app, button, settings)
    # Opened once more, the link is spent; the way in that it offers leads to the same seat.
    again = Visitor().open(link)
    assert again.sees("Ссылка больше не действует")
    again.open(re.findall(r'href="(/accounts/login/\?next[^"]*)"', again.html)[0])
    again.send("login", login=EMAIL, password=f.PASSWORD)
    assert again.path == button
    assert again.sees("Вы записаны")


def test_a_stranger_who_signs_in_before_confirming_gets_a_letter_that_leads_to_the_seat(settings):
    phone, button, _link = sign_up_for_a_seat(settings)
    cache.clear()  # an hour later: a second letter may go out
    phone.open(re.findall(r'href="(/accounts/login/\?next[^"]*)"', phone.html)[0])
    phone.send("login", login=EMAIL, password=f.PASSWORD)
    assert phone.sees("Проверьте почту")
    read_post(settings)
    link = re.search(r"http://testserver(/accounts/confirm-email/\S+)", mail.outbox[-1].body)[1]
    mail_app = Visitor().open(link).send("confirm-email")
    mail_app.send("login", login=EMAIL, password=f.PASSWORD)
    take_the_seat(mail_app, button, settings)
