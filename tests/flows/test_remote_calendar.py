"""A leader keeps a calendar elsewhere: connected once, the city follows it, and nothing is lost when it breaks."""

import pytest
from django.utils import timezone

from events.actions.following import load_waiting, read_due
from events.models import Event, Occurrence, RemoteCalendar
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db


def again():
    RemoteCalendar.objects.update(next_try_at=timezone.now())
    read_due()


def test_a_calendar_is_connected_and_followed(site):
    boss = f.coordinator(name="Марина Гегечкори")
    walks = f.approved(name="Тропа 862").community
    url = site.put("/feed.ics", f.CALENDAR)

    # She pastes the link and sees what will come before anything is written.
    leader = Visitor(walks.stewardships.get().user).open(f"/cabinet/communities/{walks.slug}/calendars/")
    assert leader.sees("Ведёте календарь в Google")
    leader.open(f"/cabinet/communities/{walks.slug}/calendars/new/").send(press=("do", "link"), url="ftp://x")
    assert leader.sees("Скопируйте ссылку целиком")
    assert 'value="ftp://x"' in leader.html
    leader.send(press=("do", "link"), url=url)
    assert leader.sees("Наш календарь", "Пока ничего не записано", "Прогулка из календаря", "15:00")
    assert not Event.objects.exists()
    leader.send()
    assert leader.sees("Загружаем события…")
    load_waiting()
    leader.open(leader.path)
    assert leader.sees("ушло на проверку", "Читается", "Прогулка из календаря")

    # The coordinator sees it among all calendars, and lets its events through at one word.
    health = Visitor(boss).open("/queue/calendars/")
    assert health.sees("Наш календарь", "Тропа 862", "Одобрить 1 событие")
    assert url not in health.html
    health.send("approve")
    assert Occurrence.objects.listed().get().title == "Прогулка из календаря"

    # The hour moves in her program, and an hour later in the city's calendar.
    site.put("/feed.ics", f.CALENDAR.replace("T150000", "T180000"))
    again()
    assert f"{timezone.localtime(Occurrence.objects.listed().get().starts_at):%H:%M}" == "18:00"

    # The site asks to sign in: nothing is called off, and the page says what to do.
    site.put("/feed.ics", "<html>Войдите</html>")
    again()
    source = RemoteCalendar.objects.get()
    leader.open(f"/cabinet/calendars/{source.pk}/")
    assert leader.sees("Не читается", "Вместо календаря открылась веб-страница", "остались на месте")
    assert Occurrence.objects.listed().filter(cancelled_at=None).count() == 1

    # The event itself says where it is changed.
    event = Event.objects.get()
    assert leader.open(f"/cabinet/events/{event.pk}/").sees("Меняйте его там")

    # She lets the calendar go and keeps the events.
    leader.open(f"/cabinet/calendars/{source.pk}/remove/").send(events="keep")
    assert leader.sees("отключён")
    assert Occurrence.objects.listed().filter(cancelled_at=None).count() == 1
