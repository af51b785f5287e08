"""From a leader's idea to the city's calendar: a series with a clash, a coordinator, a second organiser, a moved date."""

import pytest
from django.utils import timezone

from events.models import Event, Occurrence
from hub.models import Notification
from tests import factories as f
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db


def test_a_series_comes_into_the_calendar():
    boss = f.coordinator(name="Марина Гегечкори")
    walks, readers = f.approved(name="Тропа 862").community, f.approved(name="Чтения вслух").community
    guest = f.published(f.approved(name="Хор «Прибой»").community, title="Спевка", topics=["music"])
    ann, reader = walks.stewardships.get().user, readers.stewardships.get().user

    # The leader writes it down: while typing she hears that the library is taken.
    leader = Visitor(ann).open("/cabinet/events/new/")
    answers = {"title": "Карта старых троп", "day": "2027-01-16", "start": "16:00", "end": "18:00"}
    answers |= {"repeats": "weekly", "count": "5", "venue": f"{guest.venue.pk}", "ages": "families"}
    piece = leader.client.get("/cabinet/events/clashes/", answers).content.decode()
    assert all(
        words in piece for words in ("Площадка в это время занята", "Спевка", "Хор «Прибой»", "data-fill")
    )
    leader.send(**answers, is_free="on")
    assert leader.sees(
        "Карта старых троп", "Площадка в это время занята", "Спевка", "не запрет", "13.02.2027"
    )

    # She sends it all the same: a warning is never a ban.
    leader.send()
    series = Event.objects.get(title="Карта старых троп")
    assert leader.sees("Отправлено координатору")
    assert not series.occurrences.listed().exists()

    # The coordinator finds it in the one queue, with the clash beside it, and approves.
    queue = Visitor(boss).open("/queue/?kind=event")
    assert queue.sees("Карта старых троп", "Спевка", "Тропа 862", "Каждую субботу")
    queue.send("decide", press=("do", "approve"))
    assert series.occurrences.listed().count() == 5
    assert (
        Visitor(boss)
        .open("/queue/clashes/?from=2027-01-16")
        .sees("Карта старых троп", "Спевка", "та же площадка")
    )

    # Another community is asked to hold it together, and agrees.
    leader.open(f"/cabinet/events/{series.pk}/?q=чтения")
    leader.send("invite", press=("community", readers.slug))
    other = Visitor(reader).open("/cabinet/")
    assert other.sees("Карта старых троп")
    invitation = series.organisers.get(community=readers)
    other.open(f"/cabinet/events/invitations/{invitation.pk}/").send(press=("do", "accept"))
    assert {walks.pk, readers.pk} == set(Occurrence.objects.filter(event=series).first().communities)

    # One date moves: the others stay.
    third = series.occurrences.order_by("starts_at")[2]
    other.open(f"/cabinet/events/{series.pk}/dates/{third.pk}/")
    other.send(press=("do", "move"), day="2027-01-31", note="В субботу библиотека закрыта")
    third.refresh_from_db()
    assert f"{timezone.localtime(third.starts_at):%d.%m.%Y %H:%M}" == "31.01.2027 16:00"
    assert leader.open(f"/cabinet/events/{series.pk}/").sees("перенесено с 30.01.2027", "библиотека закрыта")

    told = Notification.objects.order_by("pk").values_list("kind", "user")
    of_series = [row for row in told if row[1] in (ann.pk, reader.pk)]
    assert of_series == [
        ("event_approved", ann.pk), ("event_invited", reader.pk), ("event_answered", ann.pk), ("event_moved", ann.pk),
    ]  # fmt: skip
