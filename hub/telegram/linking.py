"""Whose chat is whose. A chat belongs to one person at most and moves only by a code.

The page keeps a random seed in the person's session; the code made of it is shown in a link and comes
back through the bot. The database knows the code's hash alone.
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac

from hub.approvals import record_revision
from hub.choices import ChannelCode, DeliveryState
from hub.models import Delivery, TelegramChat, User

CODE_LASTS = timedelta(minutes=15)
_SALT = "hub.telegram.linking"
#: Class of the advisory lock under which chats change hands.
_LOCK = 7_302


class WrongCode(Exception):
    """Unknown, used, replaced by a newer one, or too old."""


def code_of(seed: str) -> str:
    """256 bits in the 43 letters that t.me lets through."""
    digest = salted_hmac(_SALT, seed, algorithm="sha256").digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def hash_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


@dataclass(frozen=True)
class Link:
    """How a person stands with the bot, as one browser of theirs sees it."""

    bot: str
    linked_at: datetime | None = None
    #: What the bot still waits for; "" when nothing was asked for in this browser, or it is over.
    code: str = ""

    @property
    def address(self) -> str:
        return f"https://t.me/{self.bot}?start={self.code}" if self.code else ""


def link_of(user: User, seed: str) -> Link:
    """`seed` is what the browser keeps of the code that it asked for ("": none)."""
    row = TelegramChat.objects.filter(user=user).first()
    if row is None:
        return Link(settings.TELEGRAM_BOT)
    code = code_of(seed) if seed else ""
    if code and not _fresh(TelegramChat.objects.filter(pk=row.pk, code_hash=hash_of(code))).exists():
        code = ""
    return Link(settings.TELEGRAM_BOT, row.linked_at if row.chat else None, code)


def _fresh(rows: QuerySet[TelegramChat]) -> QuerySet[TelegramChat]:
    return rows.filter(code_expires_at__gt=Now())


@transaction.atomic
def make_code(user: User, *, by: User) -> str:
    """The seed of a new one-time code; codes given before are void."""
    seed = secrets.token_urlsafe(32)
    row, _created = TelegramChat.objects.select_for_update().get_or_create(user=user)
    row.code_hash, row.code_expires_at = hash_of(code_of(seed)), Now() + CODE_LASTS
    row.save(update_fields=["code_hash", "code_expires_at"])
    record_revision(user, "telegram-code", by=by)
    return seed


@transaction.atomic
def take_code(code: str, chat: int) -> User:
    """`chat` has brought `code`: from now on it is where the bot writes to the code's owner.

    Bringing the same code again from the same chat changes nothing. Raises WrongCode.
    """
    _one_at_a_time()
    row = _row_of(code)
    if row is None or not row.user.is_active:
        raise WrongCode
    if row.code_expires_at is None:  # used; said twice when we died before confirming it
        if row.chat != chat:
            raise WrongCode
        return row.user
    if not _fresh(TelegramChat.objects.filter(pk=row.pk)).exists():
        raise WrongCode
    for other in TelegramChat.objects.select_for_update().filter(chat=chat).exclude(pk=row.pk):
        _let_go(other, by=None, note="moved")
    row.chat, row.linked_at, row.code_expires_at = chat, Now(), None
    row.save(update_fields=["chat", "linked_at", "code_expires_at"])
    record_revision(row.user, "telegram-link", by=row.user)
    return row.user


@transaction.atomic
def leave(user: User, *, by: User) -> None:
    """The bot stops writing to `user`, and a code still on its way is void."""
    row = TelegramChat.objects.select_for_update().filter(user=user).first()
    if row is not None:
        _let_go(row, by=by, note="page")


@transaction.atomic
def leave_chat(chat: int, *, note: str, failed: Delivery | None = None) -> User | None:
    """Nothing goes to `chat` any more; whose it was. `failed`, which told us so, keeps its own outcome."""
    row = (
        TelegramChat.objects.select_for_update(of=("self",)).select_related("user").filter(chat=chat).first()
    )
    if row is None:
        return None
    _let_go(row, by=row.user if failed is None else None, note=note, failed=failed)
    return row.user


def _one_at_a_time() -> None:
    # Two people and one chat touch rows of both: without an order they would lock each other out.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _row_of(code: str) -> TelegramChat | None:
    rows = TelegramChat.objects.select_for_update(of=("self",)).select_related("user")
    return rows.filter(code_hash=hash_of(code)).first()


def _let_go(row: TelegramChat, *, by: User | None, note: str, failed: Delivery | None = None) -> None:
    had = row.chat is not None
    row.chat = row.linked_at = row.code_expires_at = None
    row.code_hash = ""
    row.save(update_fields=["chat", "linked_at", "code_hash", "code_expires_at"])
    if not had:
        return
    waiting = Delivery.objects.waiting().of_user(row.user).filter(channel=ChannelCode.TELEGRAM)
    if failed is not None:
        waiting = waiting.exclude(pk=failed.pk)
    waiting.update(state=DeliveryState.SKIPPED, lease_until=None, error="unlinked")
    record_revision(row.user, "telegram-unlink", by=by, note=note)
