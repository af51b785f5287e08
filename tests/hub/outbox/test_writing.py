"""What is told is written with the work, once a key, in the receiver's language."""

import pytest
from celery.exceptions import OperationalError
from django.db import transaction
from django.db.models.functions import Now

from hub.celery import app
from hub.models import Delivery, Notification, TelegramChat
from hub.outbox import Message, call_back, notify_all
from tests import factories as f
from tests.at_once import at_once
from tests.hub.outbox.conftest import GREETING

pytestmark = pytest.mark.django_db


def ways(key="greeting:1"):
    return sorted(Delivery.objects.filter(notification__key=key).values_list("channel", flat=True))


def test_it_is_rolled_back_with_the_work(greet):
    with pytest.raises(RuntimeError), transaction.atomic():
        greet()
        raise RuntimeError
    assert (Notification.objects.count(), Delivery.objects.count()) == (0, 0)


def test_a_key_makes_it_once(greet):
    user = f.UserFactory()
    greet(user=user)
    greet(user=user)
    assert (Notification.objects.count(), ways()) == (1, ["email"])


def test_it_goes_to_a_linked_messenger_as_well(greet):
    user = f.UserFactory()
    TelegramChat.objects.create(user=user, chat=77)
    greet(user=user)
    assert ways() == ["email", "telegram"]


def test_a_way_linked_later_takes_nothing_out_again(greet):
    user = f.UserFactory()
    greet(user=user)
    TelegramChat.objects.create(user=user, chat=77)
    greet(user=user)
    assert ways() == ["email"]


def test_an_account_that_is_gone_is_told_nothing(greet):
    greet(user=f.UserFactory(is_active=False))
    assert Notification.objects.count() == 0


def test_an_address_without_an_account_has_no_inbox(greet):
    greet(email="someone@example.org")
    assert Notification.objects.get().in_inbox is False


def test_a_line_break_in_a_name_does_not_break_the_subject(greet):
    greet(subject="«Тропа\r\nBcc: x@y.ru»")
    assert Notification.objects.get().subject == "«Тропа Bcc: x@y.ru»"


def test_many_are_written_in_few_queries(greet, django_assert_num_queries):
    branch, users = f.BranchFactory(), [f.UserFactory() for _ in range(3)]
    many = [
        Message(GREETING, key=f"g:{n}", branch=branch, user=user, context={"text": "…"})
        for n, user in enumerate(users)
    ]
    with django_assert_num_queries(5):
        notify_all(many[:1])
    with django_assert_num_queries(5):
        notify_all(many)
    assert Delivery.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_once_a_transaction(greet, monkeypatch):
    rung = []
    monkeypatch.setattr(app, "send_task", lambda name, **_: rung.append(name))
    with transaction.atomic():
        for number in range(3):
            greet(key=f"greeting:{number}")
    assert rung == ["hub.tasks.deliver"]


@pytest.mark.django_db(transaction=True)
def test_the_same_key_at_once_makes_one(greet):
    user, branch = f.UserFactory(), f.BranchFactory()

    def write():
        notify_all([Message(GREETING, key="g", branch=branch, user=user, context={"text": "…"})])

    at_once(*[write] * 16)
    assert (Notification.objects.count(), Delivery.objects.count()) == (1, 1)


def test_a_silent_bell_is_not_waited_for(monkeypatch):
    naps: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", naps.append)
    with app.connection_for_write("redis://127.0.0.1:1") as away, pytest.raises(OperationalError):
        app.send_task("hub.tasks.deliver", connection=away)
    assert sum(naps) < 1


def test_what_is_called_back_is_too_late_by_now(greet):
    for number in (1, 2):
        greet(key=f"greeting:{number}", user=f.UserFactory())
    Delivery.objects.filter(notification__key="greeting:2").update(state="sent")
    call_back("greeting:1", "greeting:2", "nothing:")
    call_back()
    rows = Notification.objects.filter(too_late_at__lte=Now()).values_list("key", flat=True)
    assert list(rows) == ["greeting:1"]
