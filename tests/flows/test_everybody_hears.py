"""Somebody else calls an event off, moves it or takes a community off it: whoever stands by it hears, each once."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail

from events.actions.announcing import answer_invitation, invite_organiser
from events.choices import Offer
from hub.choices import RoleKind
from hub.models import Notification
from hub.outbox.delivery import deliver
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)

MOSCOW = ZoneInfo("Europe/Moscow")
CHANGES = [
    "event_off", "event_on", "event_moved", "event_left", "registration_off", "registration_on", "registration_moved",
]  # fmt: skip


@pytest.fixture(autouse=True)
def january(settings):
    settings.QUIET_HOURS = None
    with time_machine.travel(datetime(2027, 1, 4, 12, tzinfo=MOSCOW), tick=False):
        yield


def told(*people):
    """What each has been told of changes since the last look."""
    rows = Notification.objects.filter(kind__in=CHANGES, in_inbox=True).order_by("pk")
    heard = [[row.kind for row in rows if row.user_id == one.pk] for one in people]
    assert rows.count() == sum(map(len, heard)), "somebody else was told, too"
    rows.update(in_inbox=False)
    return heard


def letter(user):
    deliver()
    return [letter for letter in mail.outbox if letter.to == [user.email]][-1]


def test_two_communities_a_guest_and_the_coordinator():
    walks, choir = f.approved(name="Тропа 862").community, f.approved(name="Хор «Прибой»").community
    olga, marina = (community.stewardships.get().user for community in (walks, choir))
    guest, boss = f.UserFactory(), f.coordinator()
    event = f.opened(community=walks, title="Песни на тропе", rrule="FREQ=WEEKLY;COUNT=3")
    held = invite_organiser(event, choir, by=olga)
    answer_invitation(held, True, by=marina)
    # Marina comes as a guest, too: what concerns her seat is not told her twice.
    f.registration(event, guest)
    f.registration(event, marina)
    page = f"/cabinet/events/{event.pk}/"
    date = f"{page}dates/{event.occurrences.order_by('was_at')[0].pk}/"

    # Marina moves one date: Olga reads when it was, when it is and why.
    Visitor(marina).open(date).send(
        press=("do", "move"), day="2027-01-17", start="12:00", end="14:00", note="Снег на перевале"
    )
    assert told(olga, marina, guest) == [["event_moved"], ["registration_moved"], ["registration_moved"]]
    read = letter(olga)
    assert read.subject == "Изменилось: Песни на тропе, 17.01.2027, 12:00"
    assert "было 16.01.2027, 15:00, теперь 17.01.2027, 12:00. Снег на перевале" in read.body
    assert page in read.body

    # The coordinator calls it off: both organisers hear why, and so does the guest.
    Visitor(boss).open(page).send("cancel", reason="Лавинная опасность")
    assert told(olga, marina, guest) == [["event_off"], ["event_off"], ["registration_off"]]
    read = letter(marina)
    assert read.subject == "Событие отменили: Песни на тропе"
    assert "17.01.2027, 12:00; 23.01.2027, 15:00; 30.01.2027, 15:00" in read.body
    assert "Лавинная опасность" in read.body

    # And takes it back.
    Visitor(boss).open(page).send("reinstate")
    assert told(olga, marina, guest) == [["event_on"], ["event_on"], ["registration_on"]]
    assert letter(olga).subject == "Снова в силе: Песни на тропе"

    # Olga's community goes on without the choir.
    Visitor(olga).open(page).send(f"organisers/{held.pk}/remove")
    assert told(olga, marina) == [[], ["event_left"]]
    assert letter(marina).subject == "«Песни на тропе»: «Хор «Прибой»» больше не организатор"


def test_those_who_help_the_city_do_not_come_in_vain():
    official = f.staff(RoleKind.ADMINISTRATION)
    event = f.state_event(title="День города")
    offered, accepted = f.support(event), f.accepted(event)
    out = [f.support(event, offer=Offer.WITHDRAWN)]
    out.append(f.accepted(event, offer=Offer.DECLINED))
    helpers = [offered.offered_by, accepted.offered_by]
    page = f"/cabinet/events/{event.pk}/"
    date = event.occurrences.get()

    Visitor(official).open(f"{page}dates/{date.pk}/").send(
        press=("do", "move"), day="2027-01-16", start="18:00", end="20:00"
    )
    assert told(event.created_by, *helpers, *(one.offered_by for one in out)) == [
        *[["event_moved"]] * 3,
        [],
        [],
    ]
    read = letter(helpers[0])
    assert "которому помогает ваше сообщество" in read.body
    assert "было 16.01.2027, 15:00, теперь 16.01.2027, 18:00" in read.body
    assert f"/cabinet/supports/{offered.pk}/" in read.body

    Visitor(official).open(page).send("cancel", reason="Штормовое предупреждение")
    assert told(event.created_by, *helpers) == [["event_off"]] * 3
    assert "Штормовое предупреждение" in letter(helpers[1]).body


def test_the_whole_series_at_another_hour_is_one_letter():
    event = f.published(title="Прогулка", rrule="FREQ=WEEKLY;COUNT=12")
    boss = f.coordinator()
    event.refresh_from_db()
    form = Visitor(boss).open(f"/cabinet/events/{event.pk}/edit/")
    form.send(start="18:00", end="20:00")
    assert told(event.created_by) == [["event_moved"]]
    read = letter(event.created_by)
    assert "было 16.01.2027, 15:00, теперь 16.01.2027, 18:00" in read.body
    assert "и ещё 2" in read.body
    date = event.occurrences.get(starts_at=f.SATURDAY + timedelta(days=7, hours=3))
    assert date.was_at == date.starts_at
