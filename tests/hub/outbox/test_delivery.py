"""Deliveries: sent once, tried again, given up on in the open, put off by wishes."""

from datetime import time, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from threading import Barrier

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from hub import my_data
from hub.choices import DeliveryState, DigestRhythm
from hub.models import Delivery, Notification, NotificationSettings
from hub.outbox import delivery, notify
from hub.outbox.delivery import deliver
from hub.outbox.kinds import ACCOUNT
from tests import factories as f
from tests.at_once import at_once
from tests.hub.outbox.conftest import CALL, GREETING

pytestmark = pytest.mark.django_db


def only() -> Delivery:
    return Delivery.objects.select_related("notification__user").get()


def fail_with(monkeypatch, error):
    def refuse(self, messages):
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


def test_it_is_sent_once(greet):
    greet()
    assert (deliver(), deliver()) == (1, 0)
    [letter] = mail.outbox
    assert letter.subject == "Привет"
    assert "Первая встреча в субботу." in letter.body
    assert only().state == DeliveryState.SENT


def test_the_same_key_gives_the_same_message_id(greet):
    greet()
    deliver()
    Delivery.objects.update(state=DeliveryState.QUEUED)
    deliver()
    first, second = (letter.extra_headers["Message-ID"] for letter in mail.outbox)
    assert first == second


def test_what_a_dead_worker_left_is_sent_after_its_lease(greet):
    greet()
    Delivery.objects.update(state=DeliveryState.SENDING, attempts=1, lease_until=Now() + timedelta(minutes=1))
    assert deliver() == 0
    Delivery.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert deliver() == 1


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (SMTPServerDisconnected("cut"), DeliveryState.QUEUED),
        (TimeoutError(), DeliveryState.QUEUED),
        (SMTPRecipientsRefused({"a@b": (451, b"later")}), DeliveryState.QUEUED),
        (SMTPRecipientsRefused({"a@b": (550, b"no such user")}), DeliveryState.FAILED),
    ],
)
def test_a_passing_fault_is_tried_again_and_a_refusal_is_not(greet, monkeypatch, error, state):
    greet()
    fail_with(monkeypatch, error)
    assert deliver() == 0
    row = only()
    assert (row.state, row.attempts, row.lease_until) == (state, 1, None)
    assert type(error).__name__ in row.error
    assert row.notification.user.email not in row.error


def test_pauses_grow_and_after_days_it_is_given_up(greet, monkeypatch, settings):
    settings.OUTBOX_PAUSES = [timedelta(minutes=1), timedelta(hours=1)]
    greet()
    fail_with(monkeypatch, SMTPRecipientsRefused({"a@b": (451, b"later")}))
    for minutes in (1, 60, 60):
        Delivery.objects.update(next_try_at=Now())
        deliver()
        row = Delivery.objects.annotate(now=Now()).get()
        assert row.next_try_at - row.now == pytest.approx(
            timedelta(minutes=minutes), abs=timedelta(seconds=5)
        )
        assert row.state == DeliveryState.QUEUED
    Delivery.objects.update(next_try_at=Now(), queued_at=Now() - timedelta(days=4))
    deliver()
    assert only().state == DeliveryState.FAILED


def test_a_server_that_is_away_blames_no_letter(greet, monkeypatch):
    def away(self):
        raise ConnectionRefusedError

    for number in range(3):
        greet(key=f"greeting:{number}")
    monkeypatch.setattr(EmailBackend, "open", away)
    assert deliver() == 0
    rows = Delivery.objects.values_list("state", "attempts", "error")
    assert set(rows) == {(DeliveryState.QUEUED, 0, "")}


def test_a_letter_that_breaks_the_connection_comes_after_the_others(greet, monkeypatch):
    for number in range(3):
        greet(key=f"greeting:{number}")
    poison = Delivery.objects.order_by("next_try_at", "pk").first()
    key = poison.notification.key
    send = EmailBackend.send_messages

    def cut(self, messages):
        if poison.notification.user.email in messages[0].to:
            raise SMTPServerDisconnected("cut")
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", cut)
    deliver()
    assert deliver() == 2
    left = Delivery.objects.get(state=DeliveryState.QUEUED)
    assert (left.notification.key, left.attempts) == (key, 1)


def test_a_letter_that_cannot_be_written_does_not_hold_up_the_others(greet):
    greet(key="no-words", subject="Привет")
    Delivery.objects.get().notification.__class__.objects.update(kind="no_such_letter")
    greet()
    assert deliver() == 1
    assert Delivery.objects.get(notification__key="no-words").state == DeliveryState.FAILED


def test_who_waits_for_a_letter_gets_it_before_everybody_else(greet, monkeypatch):
    monkeypatch.setattr("hub.outbox.delivery.BATCH", 2)
    for number in range(5):
        greet(key=f"greeting:{number}")
    greet(key="reset", kind=ACCOUNT, email="late@example.org", subject="Новый пароль", context={"text": "…"})
    deliver()
    assert mail.outbox[0].to == ["late@example.org"]


def test_a_secret_is_not_kept_once_it_is_out(greet):
    greet(kind=ACCOUNT, email="a@example.org", subject="Новый пароль", context={"text": "ссылка"})
    deliver()
    assert only().notification.context == {}


def test_who_lost_the_row_to_another_worker_leaves_it_its_secret(greet):
    greet(kind=ACCOUNT, email="a@example.org", subject="Новый пароль", context={"text": "ссылка"})
    [slow] = delivery._claim(set())
    Delivery.objects.update(lease_until=Now() - timedelta(seconds=1))
    taken = delivery._claim(set())
    delivery._settle(slow, DeliveryState.FAILED, error="TimeoutError")
    assert only().notification.context == {"text": "ссылка"}
    assert delivery._work(taken, set()) == 1
    assert only().notification.context == {}


def test_a_secret_given_up_after_days_is_not_kept(greet, monkeypatch):
    greet(kind=ACCOUNT, email="a@example.org", subject="Новый пароль", context={"text": "ссылка"})
    Notification.objects.update(too_late_at=None)
    Delivery.objects.update(queued_at=Now() - timedelta(days=4))
    fail_with(monkeypatch, SMTPRecipientsRefused({"a@b": (451, b"later")}))
    deliver()
    row = only()
    assert (row.state, row.notification.context) == (DeliveryState.FAILED, {})


def test_who_is_erased_while_a_worker_has_their_letter_gets_none(greet):
    user = f.UserFactory()
    greet(user=user)
    batch = delivery._claim(set())
    my_data.erase(user, by=None)
    assert delivery._work(batch, set()) == 0
    assert mail.outbox == []


def test_when_the_lease_is_over_it_is_the_other_workers(greet):
    greet()
    slow = delivery._claim(set())
    Delivery.objects.update(lease_until=Now() - timedelta(seconds=1))
    taken = delivery._claim(set())
    assert delivery._work(slow, set()) == 0
    assert delivery._work(taken, set()) == 1
    assert len(mail.outbox) == 1


def test_a_branch_in_no_time_zone_does_not_hold_up_the_others(greet):
    notify(GREETING, key="lost", branch=f.BranchFactory(slug="lost", timezone="Москва"), user=f.UserFactory())
    greet()
    assert deliver() == 1
    assert Delivery.objects.get(notification__key="lost").state == DeliveryState.FAILED


def test_what_went_wrong_with_a_letter_is_logged_without_its_words(greet, monkeypatch, caplog):
    greet()
    fail_with(monkeypatch, ValueError(f"Invalid address {only().notification.user.email}"))
    deliver()
    assert "message_not_written" in caplog.text
    assert "ValueError" in caplog.text
    assert only().notification.user.email not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_letter_once(greet):
    for number in range(30):
        greet(key=f"greeting:{number}", email=f"person{number}@example.org")

    assert sum(at_once(*[deliver] * 6)) == 30
    assert len(mail.outbox) == 30


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_workers_do_send_twice(greet, monkeypatch):
    """The race is real: claims that skip no locked row and attempts that nothing fences double letters."""
    for number in range(10):
        greet(key=f"greeting:{number}", email=f"person{number}@example.org")

    monkeypatch.setattr("hub.outbox.delivery._mine", lambda row: Delivery.objects.filter(pk=row.pk))

    all_have_read = Barrier(4)

    def careless():
        rows = Delivery.objects.filter(sent_at=None).select_related("notification__branch")
        return list(rows.annotate(now=Now()))

    def drain():
        rows = careless()
        all_have_read.wait(30)
        return delivery._work(rows, set())

    at_once(*[drain] * 4)
    assert len(mail.outbox) == 40


def test_a_claim_reads_only_what_is_due():
    branch = f.BranchFactory()
    rows = Notification.objects.bulk_create(
        Notification(key=f"k{n}", kind="greeting", email="a@example.org", branch=branch, subject="s")
        for n in range(3000)
    )
    Delivery.objects.bulk_create(
        Delivery(
            notification=row,
            channel="email",
            branch=branch,
            state="queued" if number % 3 else "sent",
            next_try_at=Now() + timedelta(days=1 if number > 30 else -1),
        )
        for number, row in enumerate(rows)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE hub_delivery")
    plan = Delivery.objects.due().order_by("next_try_at")[:100].explain(analyze=True)
    assert "using delivery_due" in plan
    assert "rows=20.00" in plan.partition("delivery_due")[2], plan
    assert "Rows Removed by Filter" not in plan


# --- wishes ----------------------------------------------------------------------------------------


def wishing(**wishes):
    user = f.UserFactory()
    NotificationSettings.objects.create(user=user, **wishes)
    return user


def around_now(hours: int = 3) -> dict[str, time]:
    """Quiet hours in Moscow that this moment is in the middle of."""
    now = timezone.localtime(timezone=f.BranchFactory().tz)
    return {
        "quiet_from": (now - timedelta(hours=hours)).time().replace(microsecond=0),
        "quiet_until": (now + timedelta(hours=hours)).time().replace(microsecond=0),
    }


def test_at_quiet_hours_it_waits_for_the_morning(greet):
    greet(user=wishing(**around_now()))
    assert deliver() == 0
    row = only()
    assert (row.state, row.attempts) == (DeliveryState.QUEUED, 0)
    assert timedelta(hours=2) < row.next_try_at - timezone.now() < timedelta(hours=4)


def test_nobody_waits_for_a_letter_they_asked_for(greet):
    user = wishing(**around_now())
    greet(kind=ACCOUNT, user=user, subject="Новый пароль", context={"text": "…"})
    assert deliver() == 1


def test_what_would_be_too_late_in_the_morning_goes_at_night(greet):
    greet(user=wishing(**around_now()), too_late_at=timezone.now() + timedelta(hours=1))
    assert deliver() == 1


def test_what_is_too_late_is_not_sent(greet):
    greet(too_late_at=timezone.now() - timedelta(seconds=1))
    assert deliver() == 0
    row = only()
    assert (row.state, row.error) == (DeliveryState.SKIPPED, "too-late")


def test_a_muted_kind_stays_in_the_inbox_alone(greet):
    user = wishing(muted=["greeting:email"])
    greet(user=user)
    assert deliver() == 0
    assert only().state == DeliveryState.SKIPPED
    assert user.notifications.inbox_of(user).count() == 1


def test_what_a_digest_takes_is_held_and_an_act_is_not(greet):
    user = wishing(digest=DigestRhythm.DAILY)
    greet(user=user)
    greet(key="call", kind=CALL, user=user)
    assert deliver() == 1
    states = dict(Delivery.objects.values_list("notification__key", "state"))
    assert states == {"greeting:1": DeliveryState.HELD, "call": DeliveryState.SENT}
