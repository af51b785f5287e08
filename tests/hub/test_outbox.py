"""Letters: queued with the work, sent once, tried again, given up on in the open."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from celery.exceptions import OperationalError
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.db.models.functions import Now

from hub import outbox
from hub.celery import app
from hub.choices import NotificationState
from hub.models import Notification
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def letters(settings, tmp_path):
    """A letter template of the test's own."""
    (tmp_path / "mail").mkdir()
    (tmp_path / "mail" / "greeting.txt").write_text("Здравствуйте!\n\n{{ text }}", encoding="utf-8")
    settings.TEMPLATES = [{**engine, "DIRS": [tmp_path, *engine["DIRS"]]} for engine in settings.TEMPLATES]


def greet(key="greeting:1", **kwargs):
    outbox.notify(
        "greeting",
        key=key,
        branch=f.BranchFactory(),
        subject="Привет",
        context={"text": "Первая встреча в субботу."},
        **(kwargs or {"user": f.UserFactory()}),
    )


def test_a_letter_is_written_with_the_work_and_rolled_back_with_it():
    with pytest.raises(RuntimeError), transaction.atomic():
        greet()
        raise RuntimeError
    assert not Notification.objects.exists()


def test_a_key_makes_a_letter_once(letters):
    greet()
    greet()
    assert outbox.deliver() == 1
    assert outbox.deliver() == 0
    [letter] = mail.outbox
    assert letter.subject == "Привет"
    assert "Первая встреча в субботу." in letter.body
    assert Notification.objects.get().state == NotificationState.SENT


def test_the_same_key_gives_the_same_message_id(letters):
    greet()
    outbox.deliver()
    Notification.objects.update(state=NotificationState.QUEUED)
    outbox.deliver()
    first, second = (letter.extra_headers["Message-ID"] for letter in mail.outbox)
    assert first == second


def test_what_a_dead_worker_left_is_sent_after_its_lease(letters):
    greet()
    Notification.objects.update(state=NotificationState.SENDING, lease_until=Now() + timedelta(minutes=1))
    assert outbox.deliver() == 0
    Notification.objects.update(lease_until=Now() - timedelta(seconds=1))
    assert outbox.deliver() == 1


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (SMTPServerDisconnected("cut"), NotificationState.QUEUED),
        (SMTPRecipientsRefused({"a@b": (451, b"later")}), NotificationState.QUEUED),
        (SMTPRecipientsRefused({"a@b": (550, b"no such user")}), NotificationState.FAILED),
    ],
)
def test_a_passing_fault_is_tried_again_and_a_refusal_is_not(letters, monkeypatch, error, state):
    greet()

    def refuse(self, messages):
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    assert outbox.deliver() == 0
    row = Notification.objects.get()
    assert (row.state, row.attempts) == (state, 1)
    assert type(error).__name__ in row.error
    assert row.user.email not in row.error


def test_after_the_last_pause_a_letter_is_given_up(letters, monkeypatch):
    greet()
    monkeypatch.setattr(
        EmailBackend, "send_messages", lambda *_: (_ for _ in ()).throw(SMTPServerDisconnected("cut"))
    )
    for _ in range(len(outbox.PAUSES) + 1):
        Notification.objects.update(next_try_at=Now())
        outbox.deliver()
    assert Notification.objects.get().state == NotificationState.FAILED


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_send_each_letter_once(letters, settings):
    settings.CELERY_BROKER_URL = "memory://"
    for number in range(30):
        greet(key=f"greeting:{number}", email=f"person{number}@example.org")

    def drain(_):
        try:
            return outbox.deliver()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(drain, range(6))) == 30
    assert len(mail.outbox) == 30


def test_a_line_break_in_a_name_does_not_break_the_letter(letters):
    user = f.UserFactory()
    outbox.notify(
        "greeting", key="k", branch=f.BranchFactory(), user=user, subject="«Тропа\r\nBcc: x@y.ru»", context={}
    )
    assert outbox.deliver() == 1
    assert mail.outbox[0].subject == "«Тропа Bcc: x@y.ru»"


def test_a_letter_that_cannot_be_written_does_not_hold_up_the_others(letters):
    branch, user = f.BranchFactory(), f.UserFactory()
    outbox.notify("no_such_letter", key="k", branch=branch, user=user, subject="Привет")
    greet()
    assert outbox.deliver() == 1
    assert Notification.objects.get(key="k").state == NotificationState.FAILED


def test_a_silent_bell_is_not_waited_for(monkeypatch):
    naps: list[float] = []
    monkeypatch.setattr("kombu.utils.functional.sleep", naps.append)
    with app.connection_for_write("redis://127.0.0.1:1") as away, pytest.raises(OperationalError):
        app.send_task("hub.tasks.deliver", connection=away)
    assert sum(naps) < 1
