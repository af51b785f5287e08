"""The calendar at the worst moment: everybody at once, Redis away, a role that is gone between two clicks."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu.exceptions import OperationalError

from events.actions import following, remote
from events.actions.announcing import answer_invitation, edit_event, invite_organiser, remove_organiser
from events.actions.changing import cancel_event, edit_following
from events.actions.registering import register, withdraw
from events.actions.support import confirm_support, return_support
from events.actions.talks import approve_talk, return_talk
from events.choices import OrganiserState
from events.models import Event, ImportedEvent, Occurrence, Registration, RemoteCalendar
from hub.approvals import Refused
from hub.celery import app
from hub.choices import RoleKind, State
from hub.models import Notification
from tests import factories as f
from tests.at_once import at_once
from tests.flows.visitor import Visitor

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def told(kind):
    return set(Notification.objects.filter(kind=kind).values_list("user", flat=True))


def assert_counts_hold():
    """What stands beside each date is what its registrations say, and no seat is free while somebody waits."""
    for date in Occurrence.objects.all():
        assert (date.going, date.waiting) == date.registrations.counted()
        assert not (date.waiting and date.seats_left and not date.cancelled_at)


# --- everybody at once -----------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_series_goes_on_otherwise_while_people_register():
    event = f.opened(3, rrule="FREQ=WEEKLY;COUNT=4")
    second, third = event.occurrences.order_by("was_at")[1:3]
    later = {"starts_at": second.starts_at + HOUR, "ends_at": second.ends_at + HOUR}
    people = [f.UserFactory() for _ in range(5)]
    at_once(
        *(lambda who=who: register(third, by=who) for who in people),
        lambda: edit_following(second, later, seen=0, by=event.created_by),
    )
    third.refresh_from_db()
    assert third.event.follows == event
    assert third.starts_at - third.starts_at.replace(minute=0) == timedelta(0)
    assert (third.going, third.waiting) == (3, 2)
    assert_counts_hold()
    # Whoever was told the old hour was told the new one as well.
    early = Registration.objects.filter(
        user__in=Notification.objects.filter(
            kind="registration_made", context__when__endswith="15:00"
        ).values("user")
    )
    assert set(early.values_list("user", flat=True)) == told("registration_moved")


@pytest.mark.django_db(transaction=True)
def test_an_event_is_called_off_while_people_register():
    event = f.opened(3)
    date = event.occurrences.get()
    people = [f.UserFactory() for _ in range(6)]
    at_once(
        *(lambda who=who: register(date, by=who) for who in people),
        lambda: cancel_event(event, reason="Шторм", by=event.created_by),
        refusals=Refused,
    )
    # Who got in was told that it is off; who did not was refused.
    assert set(Registration.objects.live().values_list("user", flat=True)) == told("registration_off")
    assert_counts_hold()


@pytest.mark.django_db(transaction=True)
def test_two_who_call_it_off_at_once_are_one_letter_to_everybody_else():
    event = f.opened()
    guest, boss = f.registration(event).user, f.coordinator()
    leader = f.approved().community.stewardships.get().user
    row = invite_organiser(event, leader.stewardships.get().community, by=event.created_by)
    answer_invitation(row, True, by=leader)
    at_once(
        *(
            lambda who=who: cancel_event(event, reason="Шторм", by=who)
            for who in (event.created_by, boss, boss)
        ),
    )
    notes = Notification.objects.filter(kind__in=["event_off", "registration_off"])
    # The author reads of it, too, where the coordinator was faster.
    heard = {note.user for note in notes} - {event.created_by}
    assert (heard, len(notes)) == ({leader, guest}, len(set(notes.values_list("user", flat=True))))


@pytest.mark.django_db(transaction=True)
def test_the_last_seat_a_withdrawal_and_fewer_seats_at_once():
    event = f.opened(3)
    date = event.occurrences.get()
    going = [f.registration(event) for _ in range(3)]
    people = [f.UserFactory() for _ in range(4)]
    at_once(
        *(lambda who=who: register(date, by=who) for who in people),
        *(lambda one=one: withdraw(one, by=one.user) for one in going[:2]),
        lambda: edit_event(event, {"capacity": 2}, seen=0, by=event.created_by),
        refusals=Refused,
    )
    date.refresh_from_db()
    assert date.capacity == 2
    assert date.going + date.waiting == 5
    assert date.going in (2, 3)  # three when a seat was given on before there were fewer
    assert_counts_hold()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("made", "yes", "no"),
    [
        (
            lambda: f.proven(f.state_event(starts_at=timezone.now() - timedelta(days=1))),
            confirm_support,
            return_support,
        ),
        (f.told_talk, approve_talk, return_talk),
    ],
    ids=["support", "talk"],
)
def test_one_coordinator_approves_while_another_returns(made, yes, no):
    row, judges = made(), [f.UserFactory() for _ in range(6)]
    results = at_once(
        *(lambda who=who: yes(row, by=who) for who in judges[:3]),
        *(lambda who=who: no(row, reason="Нет фото", by=who) for who in judges[3:]),
        refusals=Refused,
    )
    assert len([one for one in results if not isinstance(one, Refused)]) == 1
    row.refresh_from_db()
    assert row.state in (State.APPROVED, State.RETURNED)


@pytest.mark.django_db(transaction=True)
def test_a_calendar_is_let_go_while_it_is_read(monkeypatch):
    source = f.remote_calendar()
    again = f.CALENDAR.replace("150000", "170000").encode()
    monkeypatch.setattr(following, "fetch", lambda *args, **more: following.Fetched(again))
    RemoteCalendar.objects.update(next_try_at=timezone.now())
    at_once(
        following.read_due,
        following.read_due,
        lambda: following.read_now(source),
        lambda: remote.remove(source, keep=False, by=source.added_by),
        lambda: remote.pause(source, by=source.added_by),
        refusals=Refused,
    )
    assert (RemoteCalendar.objects.count(), ImportedEvent.objects.count()) == (0, 0)
    assert Event.objects.get().is_cancelled


# --- Redis away ------------------------------------------------------------------------------------


@pytest.fixture
def without_redis(settings, monkeypatch):
    away = {"BACKEND": "hub.cache.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": away}
    for alias in list(caches):
        monkeypatch.delattr(caches._connections, alias, raising=False)

    def unreachable(*args, **more):
        raise OperationalError("Error 111 connecting to 127.0.0.1:1. Connection refused.")

    monkeypatch.setattr(app, "send_task", unreachable)


@pytest.mark.django_db(transaction=True)
def test_without_redis_nothing_is_lost(without_redis):
    leader, official = f.approved().community.stewardships.get().user, f.staff(RoleKind.ADMINISTRATION)
    opened, city = f.opened(1), f.state_event()
    date = opened.occurrences.get()
    f.registration(opened)
    guest = Visitor(f.UserFactory())
    guest.open(f"{opened.get_absolute_url()}register/?date={date.pk}")
    guest.send("register")
    assert guest.sees("в листе ожидания")
    first = Registration.objects.order_by("pk").first()
    Visitor(first.user).open(f"/cabinet/registrations/{first.pk}/withdraw/").send()
    assert list(Registration.objects.live().values_list("state", flat=True)) == ["going"]
    helper = Visitor(leader).open(f"/cabinet/state-events/{city.pk}/support/")
    helper.send(kinds=["volunteers"], how="Восемь волонтёров")
    assert helper.sees("Отправлено администрации")
    desk = Visitor(official).open(f"/state-events/desk/{city.pk}/")
    desk.send("answer", press=("do", "accept"))
    assert city.supports.get().offer == "accepted"
    # Every letter waits in the database for the worker's next round.
    kinds = set(Notification.objects.values_list("kind", flat=True))
    assert {"registration_made", "registration_promoted", "support_offered", "support_answered"} <= kinds


# --- between two clicks ----------------------------------------------------------------------------


def test_a_community_taken_off_between_two_clicks_changes_nothing_more():
    event, other = f.published(title="Субботник"), f.approved().community
    leader = other.stewardships.get().user
    organiser = invite_organiser(event, other, by=event.created_by)
    organiser.state, organiser.answered_by, organiser.answered_at = (
        OrganiserState.ACCEPTED, leader, timezone.now(),
    )  # fmt: skip
    organiser.save()
    page = Visitor(leader).open(reverse("event-edit", args=[event.pk]))
    remove_organiser(organiser, by=event.created_by)
    page.send(title="Наш <b>субботник</b>", status=403)
    assert page.sees("убрали из организаторов этого события", "Набранное ниже — скопируйте")
    assert "Как называется?\nНаш &lt;b&gt;субботник&lt;/b&gt;" in page.html
    for name in ("event-cancel", "event-reinstate", "event-publish"):
        client = Client()
        client.force_login(leader)
        assert client.post(reverse(name, args=[event.pk]), {"reason": "Так"}).status_code == 403
    event.refresh_from_db()
    assert (event.title, event.is_cancelled) == ("Субботник", False)


def test_an_official_whose_role_is_gone_answers_nobody():
    official, support = f.staff(RoleKind.ADMINISTRATION), f.support()
    desk = Visitor(official).open(f"/state-events/desk/{support.event_id}/")
    official.roles.all().delete()
    desk.send("answer", press=("do", "accept"), status=403)
    support.refresh_from_db()
    assert support.offer == "offered"
