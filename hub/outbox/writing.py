"""Writing what is to be told: rows with a unique key, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from itertools import islice
from operator import or_
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now
from django.utils import translation

from hub.celery import app
from hub.choices import ChannelCode
from hub.models import Branch, Delivery, Notification, User
from hub.outbox.kinds import Kind
from hub.outbox.letters import subject_of

#: So many messages are written at once.
BATCH = 500


@dataclass(frozen=True)
class Message:
    """One thing to tell one person; see `notify` for the fields."""

    kind: Kind
    key: str
    branch: Branch
    user: User | None = None
    email: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    path: str = ""
    subject: str = ""
    too_late_at: datetime | None = None
    channels: Sequence[str] = tuple(ChannelCode.values)

    @property
    def reaches_somebody(self) -> bool:
        return self.user is None or bool(self.user.is_active and self.user.email)


def notify(kind: Kind, *, key: str, branch: Branch, **more: Any) -> None:
    """Queue one message of `kind`, once per `key`, in the caller's transaction.

    `user` or `email` says to whom; `context` (JSON) is what the words of the kind show; `path` is where
    the button leads; `too_late_at` overrides how long the kind lasts; `subject` is given when the words
    are not the kind's own; `channels` narrows the ways out.
    """
    notify_all([Message(kind, key, branch, **more)])


def notify_all(messages: Iterable[Message]) -> None:
    """The same for many, in few queries; the bell rings once a transaction."""
    written = 0
    rest = (message for message in messages if message.reaches_somebody)
    while some := list(islice(rest, BATCH)):
        written += _write(some)
    if written:
        ring_after_commit()


def _write(messages: list[Message]) -> int:
    by_key = {message.key: message for message in messages}
    for known in Notification.objects.filter(key__in=by_key).values_list("key", flat=True):
        del by_key[known]
    if not by_key:
        return 0
    # Somebody may write the same key at this very moment: the constraint lets one of us through.
    Notification.objects.bulk_create(map(_row, by_key.values()), ignore_conflicts=True)
    rows = Notification.objects.filter(key__in=by_key).values_list("pk", "key")
    linked = set(
        User.objects.filter(
            pk__in={m.user.pk for m in by_key.values() if m.user}, telegram__chat__isnull=False
        ).values_list("pk", flat=True)
    )
    deliveries = [
        Delivery(
            notification_id=pk,
            channel=channel,
            branch_id=by_key[key].branch.pk,
            urgent=by_key[key].kind.personal,
        )
        for pk, key in rows
        for channel in _channels(by_key[key], linked)
    ]
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)
    return len(deliveries)


def _row(message: Message) -> Notification:
    return Notification(
        key=message.key,
        kind=message.kind.code,
        user=message.user,
        email=message.email,
        branch_id=message.branch.pk,
        subject=_subject(message),
        context=message.context,
        path=message.path,
        too_late_at=message.too_late_at or (Now() + message.kind.lasts if message.kind.lasts else None),
        in_inbox=message.user is not None and message.kind.in_inbox,
    )


def _subject(message: Message) -> str:
    if message.subject:
        subject = message.subject
    else:
        with translation.override(message.user.language if message.user else None):
            subject = subject_of(message.kind.code, message.context)
    # A name in it may hold a line break, and no header of a letter may.
    return " ".join(subject.split())[:200]


def _channels(message: Message, linked: set[int]) -> list[str]:
    """Ways by which the receiver can be reached at all; whether they want it is asked when it goes out."""
    ways = [ChannelCode.EMAIL.value]
    if message.user and message.user.pk in linked and not message.kind.personal:
        ways.append(ChannelCode.TELEGRAM.value)
    return [way for way in ways if way in message.channels]


def call_back(*prefixes: str) -> None:
    """What has one of these beginnings of a key and is still on its way goes out no more.

    In the inbox it stays: it was true when it was said.
    """
    if not prefixes:
        return
    begins = reduce(or_, (Q(key__startswith=prefix) for prefix in prefixes))
    on_its_way = Delivery.objects.waiting().filter(notification=OuterRef("pk"))
    Notification.objects.filter(begins).filter(Exists(on_its_way)).update(too_late_at=Now())


def ring_after_commit() -> None:
    """Wake a worker once this transaction is through, once for all that it writes."""
    if not any(waiting[1] is ring for waiting in connection.run_on_commit):
        transaction.on_commit(ring, robust=True)


def ring() -> None:
    app.send_task("hub.tasks.deliver", ignore_result=True)
