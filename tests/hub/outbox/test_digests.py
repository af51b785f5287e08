"""A digest: one letter a window, with everything that was held and nothing twice."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.db.models.functions import Now

from hub.actions import save_notification_settings
from hub.choices import DeliveryState, DigestRhythm
from hub.models import Delivery, Notification, NotificationSettings
from hub.outbox.delivery import deliver
from hub.outbox.digests import compose_digests
from tests import factories as f

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

    def compose(_):
        try:
            compose_digests()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(compose, range(12)))
    assert Notification.objects.filter(kind="digest").count() == 1
    assert Delivery.objects.filter(state=DeliveryState.DIGESTED).count() == 5
