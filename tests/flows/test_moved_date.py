"""A series with a clash, a last seat, a moved date: the page, the letter, every feed and the open data agree."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
import time_machine
from django.core import mail
from django.urls import reverse

from events.models import Event
from hub.outbox.delivery import deliver
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)

MOSCOW = ZoneInfo("Europe/Moscow")
AS_WRITTEN = [datetime(2027, 1, day, 16, tzinfo=MOSCOW) for day in (9, 16, 23, 30)]
MOVED = [*AS_WRITTEN[:2], datetime(2027, 1, 24, 12, tzinfo=MOSCOW), AS_WRITTEN[3]]


def entries(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return icalendar.Calendar.from_ical(body)


def times(feed, title):
    """When `title` is in January, as a calendar program would show it."""
    rows = recurring_ical_events.of(feed).between(date(2027, 1, 1), date(2027, 2, 1))
    return sorted(row["DTSTART"].dt.astimezone(MOSCOW) for row in rows if row["SUMMARY"] == title)


def of_the_moved(feed, title):
    """(UID, SEQUENCE) of the entry that the third date is made by."""
    near = recurring_ical_events.of(feed).between(date(2027, 1, 23), date(2027, 1, 25))
    [row] = [row for row in near if row["SUMMARY"] == title]
    return str(row["UID"]), int(row["SEQUENCE"])


@time_machine.travel("2027-01-04T09:00:00Z", tick=False)
def test_every_place_tells_the_same(settings):
    settings.QUIET_HOURS = None
    boss = f.coordinator(name="Марина Гегечкори")
    walks = f.approved(name="Тропа 862").community
    choir = f.approved(name="Хор «Прибой»").community
    rival = f.published(
        choir, title="Спевка", starts_at=AS_WRITTEN[1], ends_at=AS_WRITTEN[1].replace(hour=18)
    )
    olga = walks.stewardships.get().user
    ann, bob = f.UserFactory(name="Анна Первая"), f.UserFactory(name="Борис Второй")

    # A weekly series with one seat a date, where the choir sings on one of the days; published all the same.
    leader = Visitor(olga).open("/cabinet/events/new/")
    leader.send(
        title="Карта старых троп", day="2027-01-09", start="16:00", end="18:00", repeats="weekly", count="4",
        venue=str(rival.venue.pk), is_free="on", takes_registrations="on", capacity="1",
    )  # fmt: skip
    assert leader.sees("Площадка в это время занята", "Спевка", "Хор «Прибой»")
    leader.send()
    event = Event.objects.get(title="Карта старых троп")
    Visitor(boss).open(f"/queue/events/{event.pk}/").send("decide", press=("do", "approve"))
    third = event.occurrences.order_by("starts_at")[2]
    page = event.get_absolute_url()

    # The seat of the third date goes to Ann; Bob waits, and has it when she withdraws: a letter with the file.
    Visitor(ann).open(f"{page}register/?date={third.pk}").send(f"date={third.pk}")
    guest = Visitor(bob).open(f"{page}register/?date={third.pk}").send(f"date={third.pk}")
    assert guest.sees("Вы в листе ожидания, 1-й")
    leaving = Visitor(ann).open("/cabinet/registrations/")
    leaving.open(re.findall(r'href="(/cabinet/registrations/\d+/withdraw/)"', leaving.html)[0]).send()
    deliver()
    [promoted] = [
        letter for letter in mail.outbox if letter.to == [bob.email] and "освободилось" in letter.subject
    ]
    [file] = re.findall(r"http://[^/]+(/\S+\.ics\?\S+)", promoted.body)

    # All the ways in which a calendar program of his may read it.
    mine = guest.open("/cabinet/calendar/").send(sources=["registered"])
    personal = re.search(r"webcal://testserver(/calendar/my/[0-9a-f]{64}\.ics)", mine.html)[1]
    feeds = [
        "/calendar.ics", f"/calendar.ics?community={walks.slug}", f"{page.rstrip('/')}.ics", file, personal,
        "/cabinet/registrations.ics",
    ]  # fmt: skip
    public, his = feeds[:3], feeds[3:]

    def told(address):
        return times(entries(guest.client, address), event.title)

    assert [told(address) for address in public] == [AS_WRITTEN] * 3
    assert [told(address) for address in his] == [[AS_WRITTEN[2]]] * 3
    before = [of_the_moved(entries(guest.client, address), event.title) for address in feeds]
    assert len({uid for uid, _ in before[3:]}) == 1

    # The organiser moves the third date.
    leader.open(f"/cabinet/events/{event.pk}/dates/{third.pk}/")
    leader.send(press=("do", "move"), day="2027-01-24", start="12:00", end="14:00", note="Снег на перевале")
    deliver()

    # Every feed has it in the new place and not in the old, under the same UID with a higher SEQUENCE.
    assert [told(address) for address in public] == [MOVED] * 3
    assert [told(address) for address in his] == [[MOVED[2]]] * 3
    after = [of_the_moved(entries(guest.client, address), event.title) for address in feeds]
    assert [uid for uid, _ in after] == [uid for uid, _ in before]
    assert all(new > old for (_, new), (_, old) in zip(after, before, strict=True))

    # The open data, the month, the event's page, his own page and the letter say it, too.
    data = guest.client.get(
        f"{reverse('api-occurrence-list')}?from=2027-01-01&to=2027-01-31&community={walks.slug}"
    )
    assert [datetime.fromisoformat(row["starts_at"]) for row in data.json()["results"]] == MOVED
    day = Visitor().open("/calendar/?day=2027-01-24")
    assert day.sees(event.title, "12:00")
    assert not Visitor().open("/calendar/?day=2027-01-23").sees(event.title)
    assert Visitor().open(page).sees("24 января", "12:00")
    assert guest.open("/cabinet/registrations/").sees("12:00", "перенесено с 23.01.2027, 16:00")
    letter = [letter for letter in mail.outbox if letter.to == [bob.email]][-1]
    assert letter.subject == "Изменилось: Карта старых троп, 24.01.2027, 12:00"
    assert "было 23.01.2027, 16:00, теперь 24.01.2027, 12:00. Снег на перевале" in letter.body
    assert not [one for one in mail.outbox if one.to == [ann.email] and "Изменилось" in one.subject]
