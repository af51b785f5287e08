"""The one way to tell somebody something.

The caller writes a row in its own transaction; Celery claims due rows with SKIP LOCKED, sends them and
commits each. Redis only rings the bell: with Redis gone the minute scan finds the same rows.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import translation

from hub.celery import app
from hub.choices import NotificationState
from hub.models import Branch, Notification, User

log = structlog.get_logger(__name__)

BATCH = 100
LEASE = timedelta(minutes=5)
#: Letters that hold a secret (a link to confirm or to reset): once on their way their text is not kept.
SECRETIVE = {"account"}
#: Pause before each further try; after the last one the row is failed and shown to the coordinator.
PAUSES = [timedelta(minutes=m) for m in (1, 5, 30, 120, 720)]


def notify(
    kind: str,
    *,
    key: str,
    branch: Branch,
    subject: str,
    user: User | None = None,
    email: str = "",
    context: dict[str, Any] | None = None,
) -> None:
    """Queue one message, once per `key`, in the caller's transaction.

    `kind` names the letter: templates/mail/<kind>.txt. `context` is what the template shows (JSON).
    """
    if user is not None and not (user.is_active and user.email):
        return
    _, created = Notification.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "branch_id": branch.pk,
            "user": user,
            "email": email,
            # A name in it may hold a line break, and no header of a letter may.
            "subject": " ".join(subject.split())[:200],
            "context": context or {},
        },
    )
    if created:
        transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    app.send_task("hub.tasks.deliver", ignore_result=True)


def _claim() -> list[int]:
    """Mark a batch as being sent, for the length of a lease; what a dead worker left comes back first."""
    Notification.objects.left_behind().update(state=NotificationState.QUEUED, lease_until=None)
    with transaction.atomic():
        pks = list(
            Notification.objects.due()
            .select_for_update(skip_locked=True)
            .order_by("next_try_at")
            .values_list("pk", flat=True)[:BATCH]
        )
        Notification.objects.filter(pk__in=pks).update(
            state=NotificationState.SENDING, attempts=F("attempts") + 1, lease_until=Now() + LEASE
        )
    return pks


def deliver() -> int:
    """Send everything due; return how many letters the mail server took."""
    sent = 0
    while pks := _claim():
        for row in Notification.objects.filter(pk__in=pks).select_related("user", "branch"):
            sent += _deliver_one(row)
    return sent


def _deliver_one(row: Notification) -> bool:
    outcome: dict[str, Any]
    try:
        _send(row)
        outcome = {"state": NotificationState.SENT, "sent_at": Now(), "error": ""}
    except (SMTPException, OSError) as error:
        if _is_permanent(error) or row.attempts > len(PAUSES):
            outcome = {"state": NotificationState.FAILED, "error": _reason(error)}
        else:
            pause = PAUSES[row.attempts - 1]
            outcome = {
                "state": NotificationState.QUEUED,
                "error": _reason(error),
                "next_try_at": Now() + pause,
            }
        log.warning("letter_not_sent", notification=row.pk, kind=row.kind, error=type(error).__name__)
    except Exception as error:
        # A letter that cannot even be written stands in nobody's way: the rest of the batch is sent.
        outcome = {"state": NotificationState.FAILED, "error": _reason(error)}
        log.exception("letter_not_written", notification=row.pk, kind=row.kind)
    if row.kind in SECRETIVE and outcome["state"] != NotificationState.QUEUED and not settings.DEMO:
        outcome["context"] = {}
    Notification.objects.filter(pk=row.pk).update(lease_until=None, **outcome)
    return outcome["state"] == NotificationState.SENT


def _is_permanent(error: Exception) -> bool:
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, SMTPResponseException) and error.smtp_code >= 500


def _reason(error: Exception) -> str:
    # The server's own words may quote the address: keep the kind and the code.
    code = getattr(error, "smtp_code", "")
    return f"{type(error).__name__} {code}".strip()


def _send(row: Notification) -> None:
    language = row.user.language if row.user else settings.LANGUAGE_CODE
    with translation.override(language):
        context = {**row.context, "user": row.user, "branch": row.branch, "subject": row.subject}
        text = render_to_string(f"mail/{row.kind}.txt", context).strip() + "\n"
        html = render_to_string("mail/frame.html", {**context, "paragraphs": text.split("\n\n")})
    # The same key gives the same Message-ID: a letter sent twice by a crash is one letter to a mail client.
    message_id = (
        f"<{hashlib.sha256(row.key.encode()).hexdigest()[:32]}@{row.branch.host or settings.PORTAL_HOST}>"
    )
    letter = EmailMultiAlternatives(
        subject=row.subject,
        body=text,
        to=[row.user.email if row.user else row.email],
        headers={"Message-ID": message_id},
    )
    letter.attach_alternative(html, "text/html")
    letter.send()
