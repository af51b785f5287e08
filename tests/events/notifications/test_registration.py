"""Letters and reminders of those who registered: what they say, each once, silent when they should be."""

import re
from datetime import timedelta

import icalendar
import pytest
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone

from events.actions.announcing import edit_event
from events.actions.changing import cancel_occurrence, move_occurrence
from events.actions.registering import withdraw
from events.models import Occurrence, Registration
from hub.models import Delivery, Notification
from hub.outbox.kinds import kind_of
from hub.outbox.letters import words_of
from hub.outbox.reminders import REMINDERS, scan
from tests import factories as f

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def told(kind, user=None):
    rows = Notification.objects.filter(kind=kind).order_by("pk")
    return list(rows.filter(user=user) if user else rows)


def letter(notification):
    return notification.subject, words_of(notification).text


def coming(hours, capacity=None, **answers):
    """Somebody goes, and has known for long, to what begins in so many hours."""
    starts_at = timezone.now() + hours * HOUR
    event = f.opened(capacity, starts_at=starts_at, **answers)
    row = f.registration(event)
    Registration.objects.filter(pk=row.pk).update(knows_since=Now() - 9 * DAY)
    return row


def test_a_seat_is_confirmed_with_the_file_for_ones_own_calendar():
    event = f.opened(1, title="Чай")
    goes, waits = f.registration(event), f.registration(event)
    subject, text = letter(told("registration_made", goes.user)[0])
    assert subject == "Вы записаны: Чай"
    assert "Ждём вас: «Чай», 16.01.2027, 15:00." in text
    assert "Где: Библиотека имени Пушкина." in text
    assert f"{event.branch.origin}/calendar/{event.slug}.ics?date={goes.occurrence_id}\n" in text
    assert f"Мои записи: {event.branch.origin}/cabinet/registrations/" in text
    subject, text = letter(told("registration_made", waits.user)[0])
    assert subject == "Вы в листе ожидания: Чай"
    assert "вы в листе ожидания 1-й" in text
    assert ".ics" not in text  # nobody has a seat to put into a calendar yet


def changed(event, **answers):
    """What the letter of a change says to somebody who goes."""
    event.refresh_from_db()
    edit_event(event, answers, seen=event.sequence, by=event.created_by)
    return letter(told("registration_moved")[-1])[1]


def test_a_place_that_becomes_a_link_is_told_with_the_link():
    event = f.opened()
    f.registration(event)
    text = changed(event, venue=None, online_url="https://example.org/live?a=1&b=2")
    assert "16.01.2027, 15:00\nтеперь онлайн: https://example.org/live?a=1&b=2\n" in text
    assert "теперь здесь" not in text
    # Another link alone is told, too; and who goes still knows where.
    assert "\nновая ссылка: https://example.org/other\n" in changed(
        event, online_url="https://example.org/other"
    )
    text = changed(event, online_url="", place="парк «Ривьера»")
    assert "теперь здесь: парк «Ривьера», трансляции не будет" in text


def test_a_link_beside_the_place_and_a_place_that_is_lost():
    event = f.opened()
    f.registration(event)
    text = changed(event, online_url="https://example.org/live")
    assert "\nтеперь и онлайн: https://example.org/live\n" in text
    assert "теперь онлайн: https://example.org/live" in changed(event, venue=None)
    changed(event, online_url="", place="парк «Ривьера»")
    assert "на прежнем месте не состоится, новое пока не назвали" in changed(event, place="")


def test_the_link_is_told_to_those_alone_who_are_registered_or_hold_it():
    event = f.opened()
    goes, gone = f.registration(event), f.registration(event)
    withdraw(gone, by=gone.user)
    changed(event, online_url="https://example.org/live")
    knowing = Notification.objects.filter(context__icontains="example.org")
    assert [row.user for row in knowing] == [goes.user]
    assert not knowing.filter(subject__contains="example.org").exists()


def test_a_letter_of_several_dates_has_a_file_of_them_and_no_other():
    event, person = f.opened(rrule="FREQ=WEEKLY;COUNT=4"), f.UserFactory()
    keys = [f.registration(event, person, number).occurrence_id for number in (0, 2)]
    text = changed(event, starts_at=f.SATURDAY + HOUR, ends_at=f.SATURDAY + 2 * HOUR)
    assert f"/calendar/{event.slug}.ics?date={keys[0]}&date={keys[1]}\n" in text
    [address] = re.findall(r"http://\S+(/calendar/\S+\.ics\S+)", text)
    file = icalendar.Calendar.from_ical(Client().get(address).content)
    assert [part["DTSTART"].dt for part in file.walk("VEVENT")] == [
        f.SATURDAY + HOUR, f.SATURDAY + HOUR + 14 * DAY,
    ]  # fmt: skip


def test_a_freed_seat_is_told_at_once_and_no_digest_hides_it():
    event = f.opened(1, title="Чай")
    goes, waits = f.registration(event), f.registration(event)
    withdraw(goes, by=goes.user)
    [message] = told("registration_promoted")
    assert message.user == waits.user
    assert letter(message)[0] == "Место освободилось, вы идёте: Чай"
    assert kind_of(message.kind).needs_act


@pytest.mark.parametrize(
    ("hours", "soon"), [(25, []), (23, [False]), (3, [False]), (1.9, [True]), (0.5, [True]), (-0.1, [])]
)
def test_reminders_a_day_and_two_hours_before_and_none_too_late(hours, soon):
    row = coming(30)
    Occurrence.objects.update(starts_at=Now() + hours * HOUR, ends_at=Now() + (hours + 2) * HOUR)
    scan()
    scan()
    assert [message.context["soon"] for message in told("registration_soon", row.user)] == soon


def test_both_reminders_come_to_one_person():
    row = coming(20)
    reminder = next(one for one in REMINDERS if one.code == "registration-soon")
    for offset in reminder.offsets:
        reminder.tell(list(reminder.rows()), offset)
    assert [message.context["soon"] for message in told("registration_soon", row.user)] == [False, True]


def test_missed_days_catch_up_and_a_new_time_is_reminded_of_anew():
    event = coming(1).occurrence.event
    scan()
    date = event.occurrences.get()
    move_occurrence(date, date.starts_at + 20 * HOUR, date.ends_at + 20 * HOUR, by=event.created_by)
    scan()
    # The day before has just been told by the letter of the move.
    assert len(told("registration_soon")) == 1
    Registration.objects.update(knows_since=Now() - 9 * DAY)
    scan()
    assert [message.context["soon"] for message in told("registration_soon")] == [True, False]


def test_whoever_registers_late_is_not_reminded_of_the_day_before():
    f.registration(f.opened(starts_at=timezone.now() + 5 * HOUR))
    scan()
    assert told("registration_soon") == []


def test_nobody_is_reminded_who_waits_left_or_whose_date_is_off():
    event = coming(20, capacity=1).occurrence.event
    waits = f.registration(event)
    Registration.objects.update(knows_since=Now() - 9 * DAY)
    Registration.objects.filter(pk=waits.pk).update(knows_since=Now() - 9 * DAY)
    withdraw(waits, by=waits.user)
    cancel_occurrence(event.occurrences.get(), by=event.created_by)
    scan()
    assert told("registration_soon") == []
    gone = coming(20)
    withdraw(gone, by=gone.user)
    scan()
    assert told("registration_soon") == []


def test_a_reminder_still_on_its_way_goes_no_further_once_the_seat_is_given_back():
    row = coming(20)
    scan()
    [message] = told("registration_soon")
    assert not Notification.objects.filter(pk=message.pk, too_late_at__lte=Now()).exists()
    withdraw(row, by=row.user)
    assert Notification.objects.filter(pk=message.pk, too_late_at__lte=Now()).exists()


def test_the_same_of_a_date_that_is_called_off_and_what_went_out_stays_as_it_was():
    event = coming(20).occurrence.event
    scan()
    Delivery.objects.filter(notification__kind="registration_soon").update(state="sent")
    kept = told("registration_soon")[0].too_late_at
    cancel_occurrence(event.occurrences.get(), by=event.created_by)
    assert told("registration_soon")[0].too_late_at == kept


def test_what_lasts_all_day_rings_nobody_out_of_bed():
    coming(1, all_day=True, ends_at=timezone.now() + DAY)
    scan()
    assert told("registration_soon") == []


def test_organisers_get_the_list_the_day_before():
    row = coming(20, capacity=1, title="Чай")
    event = row.occurrence.event
    f.registration(event)
    scan()
    scan()
    leader = event.created_by
    [message] = told("attendance_list")
    subject, text = letter(message)
    assert message.user == leader
    assert "Чай" in subject
    assert "придёт 1 человек" in subject
    assert row.user.name in text
    assert "Ждёт места 1." in text
    assert f"/cabinet/events/{event.pk}/registrations/?date={row.occurrence_id}" in text


def test_whoever_left_the_community_gets_no_names():
    event = coming(20).occurrence.event
    leader = event.created_by
    leader.stewardships.all().delete()
    scan()
    assert told("attendance_list") == []


def test_the_administration_gets_the_list_of_its_own_event():
    event = f.state_event(asked=False, starts_at=timezone.now() + 20 * HOUR, takes_registrations=True)
    Registration.objects.filter(pk=f.registration(event).pk).update(knows_since=Now() - 9 * DAY)
    scan()
    [message] = told("attendance_list")
    assert message.user == event.created_by
    assert message.user.has_perm("events.see_registrations", event)


def test_no_list_of_nobody():
    row = coming(20)
    withdraw(row, by=row.user)
    scan()
    assert told("attendance_list") == []
