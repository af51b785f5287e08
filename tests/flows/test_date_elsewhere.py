"""One date of a series is held elsewhere under another name: every page, file, letter and the open data say so."""

import icalendar
import pytest
import time_machine
from django.core import mail
from django.urls import reverse

from hub.outbox.delivery import deliver
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)
SAID = ("Ночная прогулка", "Дом культуры, вход со двора")


def entries(client, address):
    """(name, place) of each entry of a calendar file."""
    answer = client.get(address)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    read = icalendar.Calendar.from_ical(body).walk("VEVENT")
    return {(str(one["SUMMARY"]), str(one.get("LOCATION", ""))) for one in read}


@time_machine.travel("2027-01-14T09:00:00Z", tick=False)
def test_every_place_tells_the_same(settings):
    settings.QUIET_HOURS = None
    event = f.opened(5, rrule="FREQ=WEEKLY;COUNT=3")
    second = event.occurrences.order_by("was_at")[1]
    event.occurrences.filter(pk=second.pk).update(
        own_title=SAID[0]
    )  # as a calendar of another program said it
    hall = f.VenueFactory(name="Дом культуры", address="Навагинская, 9", lat=43.6, lng=39.7)
    goes = f.registration(event, f.UserFactory(), number=1).user

    leader = Visitor(event.created_by).open(f"/cabinet/events/{event.pk}/dates/{second.pk}/")
    leader.send(press=("do", "move"), venue=str(hall.pk), place="вход со двора")
    deliver()

    guest = Visitor(goes)
    page = event.get_absolute_url()
    for address in (
        "/calendar/?view=list&day=2027-01-23",
        page,
        f"{page}register/",
        "/cabinet/registrations/",
    ):
        assert guest.open(address).sees(*SAID), address
    assert not guest.open("/calendar/?view=list&day=2027-01-16").sees(SAID[0])
    rows = guest.client.get(f"{reverse('api-occurrence-list')}?from=2027-01-23&to=2027-01-23").json()[
        "results"
    ]
    assert [(row["title"], row["place"], row["lat"]) for row in rows] == [(*SAID, 43.6)]
    written = (SAID[0], f"{SAID[1]}, Навагинская, 9")
    usual = (event.title, "Библиотека имени Пушкина, Курортный проспект, 32")
    for address in ("/calendar.ics", f"{page.rstrip('/')}.ics"):
        assert entries(guest.client, address) == {usual, written}
    assert entries(guest.client, "/cabinet/registrations.ics") == {written}
    letter = [one for one in mail.outbox if one.to == [goes.email]][-1]
    assert letter.subject == "Изменилось: Ночная прогулка, 23.01.2027, 15:00"
    assert f"теперь здесь: {SAID[1]}" in letter.body
