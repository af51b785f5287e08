"""A digest: one letter a window, with everything that was held and nothing twice."""

from datetime import UTC, time, timedelta
from threading import Event
from time import sleep

import pytest
from django.core import mail
from django.db.models.functions import Now

from hub import my_data
from hub.actions import save_notification_settings
from hub.choices import DeliveryState, DigestRhythm
from hub.models import Delivery, Notification, NotificationSettings
from hub.outbox import delivery, notify
from hub.outbox.delivery import deliver
from hub.outbox.digests import compose_digests
from tests import factories as f
from tests.at_once import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    user = f.UserFactory()
    NotificationSettings.objects.create(user=user, digest=DigestRhythm.DAILY)
    return user


def held(greet, reader, count: int) -> None:
    """`count` messages held for a digest whose hour has just come."""
    for number in range(count):
        greet(key=f"greeting:{number}", user=reader)
    deliver()
    assert Delivery.objects.filter(state=DeliveryState.HELD).count() == count
    Delivery.objects.update(next_try_at=Now() - timedelta(seconds=1))


def test_it_is_one_letter_about_all(greet, reader):
    held(greet, reader, 3)
    assert deliver() == 1
    [letter] = mail.outbox
    assert letter.subject == "Сводка: 3 новости"
    assert letter.body.count("Привет") == 3
    states = sorted(Delivery.objects.values_list("state", flat=True))
    assert states == ["digested"] * 3 + ["sent"]
    assert Notification.objects.filter(kind="digest", in_inbox=True).count() == 0
    assert deliver() == 0


def test_a_long_one_says_how_much_more_there_is(greet, reader, monkeypatch):
    monkeypatch.setattr("hub.outbox.digests.LONGEST", 2)
    held(greet, reader, 5)
    deliver()
    assert "ещё 3" in mail.outbox[0].body


def test_what_comes_late_for_its_window_goes_into_the_next(greet, reader):
    held(greet, reader, 1)
    window = Delivery.objects.get().next_try_at
    deliver()
    greet(key="late", user=reader)
    Delivery.objects.filter(notification__key="late").update(state=DeliveryState.HELD, next_try_at=window)
    deliver()
    late = Delivery.objects.annotate(now=Now()).get(notification__key="late")
    assert (late.state, late.next_try_at > late.now) == (DeliveryState.HELD, True)
    assert len(mail.outbox) == 1


def test_who_wants_no_digest_any_more_gets_what_it_held(greet, reader):
    greet(user=reader)
    deliver()
    save_notification_settings(reader, {"digest": DigestRhythm.AT_ONCE}, by=reader)
    assert deliver() == 1
    assert mail.outbox[0].subject == "Привет"


@pytest.mark.django_db(transaction=True)
def test_composed_by_many_at_once_it_is_still_one(greet, reader):
    held(greet, reader, 5)
    at_once(*[compose_digests] * 12)
    assert Notification.objects.filter(kind="digest").count() == 1
    assert Delivery.objects.filter(state=DeliveryState.DIGESTED).count() == 5


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}])
def test_who_has_left_stops_nobody_elses_mail(greet, reader, change):
    held(greet, reader, 1)
    type(reader).objects.filter(pk=reader.pk).update(**change)
    greet(key="to-another")
    assert deliver() == 1
    left = Delivery.objects.get(notification__user=reader)
    assert (left.state, left.error) == (DeliveryState.SKIPPED, "gone")


def test_what_was_refused_since_it_was_held_is_left_out(greet, reader):
    held(greet, reader, 2)
    NotificationSettings.objects.update(muted=["greeting:email"])
    assert deliver() == 0
    assert set(Delivery.objects.values_list("state", "error")) == {(DeliveryState.SKIPPED, "muted")}


def test_a_digest_that_cannot_be_composed_stops_nobody_elses_mail(greet, reader, monkeypatch, caplog):
    held(greet, reader, 1)
    greet(key="to-another")

    def fail(*args, **kwargs):
        raise ValueError(reader.email)

    monkeypatch.setattr("hub.outbox.digests.notify", fail)
    assert deliver() == 1
    assert Delivery.objects.filter(state=DeliveryState.HELD).count() == 1
    assert "digest_not_composed" in caplog.text
    assert reader.email not in caplog.text


@pytest.mark.parametrize("change", [{"timezone": "Asia/Vladivostok"}, {"digest_at": time(15)}])
def test_another_hour_is_the_hour_of_what_is_held(greet, reader, change):
    greet(user=reader)
    deliver()
    was = Delivery.objects.get().next_try_at
    save_notification_settings(reader, change, by=reader)
    deliver()
    row = Delivery.objects.get()
    assert row.state == DeliveryState.HELD
    assert row.next_try_at.astimezone(UTC).time() != was.astimezone(UTC).time()


def test_who_gives_the_digest_up_while_a_worker_holds_it_waits_for_none(greet, reader):
    greet(user=reader)
    batch = delivery._claim(set())
    save_notification_settings(reader, {"digest": DigestRhythm.AT_ONCE}, by=reader)
    assert delivery._work(batch, set()) == 0
    assert deliver() == 1


@pytest.mark.django_db(transaction=True)
def test_who_is_erased_while_it_is_composed_locks_nobody_out(greet, reader, monkeypatch):
    held(greet, reader, 2)
    begun, erasing = Event(), Event()

    def slowly(*args, **kwargs):
        begun.set()
        erasing.wait(5)
        sleep(0.3)  # the erasure waits for us by now
        notify(*args, **kwargs)

    monkeypatch.setattr("hub.outbox.digests.notify", slowly)

    def erase():
        begun.wait(5)
        erasing.set()
        my_data.erase(reader, by=None)

    at_once(compose_digests, erase)
    assert deliver() == 0
    assert set(Delivery.objects.values_list("state", flat=True)) == {
        DeliveryState.DIGESTED,
        DeliveryState.SKIPPED,
    }
