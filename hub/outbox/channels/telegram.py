"""Messages through the portal's bot, many over one connection.

Telegram has no Message-ID: what went out twice by a crash is seen twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from hub.models import Delivery, Notification, TelegramChat
from hub.outbox.channels import Away, Rejected, Send
from hub.outbox.letters import language_of, words_of
from hub.telegram.bot import Bot, Declined, Unreachable, bot
from hub.telegram.linking import leave_chat

#: The Bot API's limits, in UTF-16 units.
LONGEST, LONGEST_BUTTON = 4096, 64
#: Words by which Telegram says that nothing will reach this chat again.
_GONE = ("chat not found", "deactivated", "blocked")


class Telegram:
    @contextmanager
    def open(self) -> Iterator[Send]:
        with bot() as telegram:
            yield lambda delivery: _send(telegram, delivery)


def _send(telegram: Bot, delivery: Delivery) -> None:
    # Asked now and not when the batch was claimed: who has left meanwhile hears nothing more.
    chat = (
        TelegramChat.objects.filter(user=delivery.notification.user_id).values_list("chat", flat=True).first()
    )
    if chat is None:
        raise Rejected("not linked")
    try:
        telegram.call("sendMessage", chat_id=chat, **message_of(delivery.notification))
    except Unreachable as error:
        # A flood limit is the bot's own as well: everything waits, this message a little longer.
        raise Away(str(error)) from None
    except Declined as error:
        known = next((words for words in _GONE if words in error.words.lower()), "")
        if known or error.code == 403:
            leave_chat(chat, note=known or "declined", failed=delivery)
        # Telegram's own words may quote what was sent: only those that we know are kept.
        raise Rejected(f"{error} {known}".strip()) from None


def message_of(notification: Notification) -> dict[str, Any]:
    """What `sendMessage` takes: plain text with its subject marked by place, so nothing needs escaping."""
    with language_of(notification):
        words = words_of(notification)
        subject = _cut(words.subject, 256)
        paragraphs = [subject, *words.paragraphs]
        button = words.action or _("Открыть на портале")
    message: dict[str, Any] = {"link_preview_options": {"is_disabled": True}}
    tail = ""
    if _is_public(words.url):
        button = _cut(button, LONGEST_BUTTON)
        message["reply_markup"] = {"inline_keyboard": [[{"text": button, "url": words.url}]]}
    elif words.url:
        tail = f"\n\n{button}: {words.url}"
    message["text"] = _cut("\n\n".join(paragraphs), LONGEST - _units(tail)) + tail
    message["entities"] = [{"type": "bold", "offset": 0, "length": _units(subject)}] if subject else []
    return message


def _is_public(url: str) -> bool:
    """Telegram takes a message with a button that leads to «localhost» for an error."""
    return "." in (urlsplit(url).hostname or "")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str, longest: int) -> str:
    if _units(text) <= longest:
        return text
    kept = text.encode("utf-16-le")[: 2 * (longest - 1)].decode("utf-16-le", errors="ignore")
    return f"{kept.rstrip()}…"
