"""What people write to the bot: a code from the portal, /stop, or something it cannot read.

An update is confirmed by asking for the next one, after its writes are committed: whoever dies in
between leaves it to the next poller, and at most this one is heeded twice, which changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Any

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from hub.models import TelegramChat, User
from hub.telegram.bot import Bot, Declined, TooFast, Unreachable, bot
from hub.telegram.linking import WrongCode, leave_chat, take_code

log = structlog.get_logger(__name__)

#: Somebody may write to the bot without a pause: after so many seconds the rest waits for the next poll.
SHIFT = 20
#: Class of the advisory lock that one poller holds while it takes an update and heeds it.
_LOCK = 7_301


@dataclass(frozen=True)
class Answer:
    chat: int
    text: str


def poll() -> int:
    """Heed everything that waits; return how many updates that was."""
    if not settings.TELEGRAM_TOKEN:
        return 0
    heeded, offset, until = 0, None, monotonic() + SHIFT
    try:
        with bot() as telegram:
            while monotonic() < until:
                update, answer = _step(telegram, offset)
                if update is None:
                    break
                if answer:
                    _say(telegram, answer)
                heeded, offset = heeded + 1, update + 1
            else:
                _updates(telegram, offset)
    except (Unreachable, Declined) as error:
        log.warning("telegram_away", error=str(error))
    return heeded


@transaction.atomic
def _step(telegram: Bot, offset: int | None) -> tuple[int | None, Answer | None]:
    """Confirm what is below `offset`, take the next update and heed it; (None, None) when there is none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:  # another poller is at it
            return None, None
    for update in _updates(telegram, offset):
        try:
            with transaction.atomic():
                return update["update_id"], _heed(update)
        except (KeyError, TypeError, ValueError, AttributeError):
            # Of a shape that we do not know: it must not stand in everybody's way.
            log.exception("telegram_update_unread")
            return update["update_id"], None
    return None, None


def _updates(telegram: Bot, offset: int | None) -> list[dict[str, Any]]:
    asked = {} if offset is None else {"offset": offset}
    return telegram.call(
        "getUpdates", limit=1, timeout=0, allowed_updates=["message", "my_chat_member"], **asked
    )


def _say(telegram: Bot, answer: Answer) -> None:
    try:
        telegram.call("sendMessage", chat_id=answer.chat, text=answer.text)
    except (Declined, TooFast) as error:
        # They have blocked the bot meanwhile, or write without a pause: others do not wait for them.
        log.info("telegram_answer_lost", error=str(error))


# --- one update ------------------------------------------------------------------------------------


def _heed(update: dict[str, Any]) -> Answer | None:
    if member := update.get("my_chat_member"):
        if member["new_chat_member"]["status"] == "kicked":
            leave_chat(member["chat"]["id"], note="blocked")
        return None
    message = update.get("message") or {}
    chat = message.get("chat") or {}
    if chat.get("type") != "private":  # what is for one person is not said to a group
        return None
    word, _space, rest = str(message.get("text") or "").strip().partition(" ")
    user, say = _act(word.split("@")[0].lower(), rest.strip(), chat["id"])
    with translation.override(user.language if user else settings.LANGUAGE_CODE):
        return Answer(chat["id"], say())


def _act(command: str, code: str, chat: int) -> tuple[User | None, Any]:
    """Do what the command asks; in whose language to answer, and what."""
    if command == "/stop":
        user = leave_chat(chat, note="stop")
        return user, _stopped if user else _unknown
    if command == "/start" and code:
        try:
            return take_code(code, chat), _linked
        except WrongCode:
            return _owner(chat), _wrong
    user = _owner(chat)
    return user, _only_tells if user else _unknown


def _owner(chat: int) -> User | None:
    row = TelegramChat.objects.select_related("user").filter(chat=chat).first()
    return row.user if row else None


def _linked() -> str:
    return _(
        "Подключено. Сюда будут приходить уведомления портала. Отключить — команда /stop "
        "или «Отключить» в настройках уведомлений."
    )


def _wrong() -> str:
    return _(
        "Ссылка не подошла: она действует 15 минут и один раз. Откройте на портале настройки уведомлений "
        "и нажмите «Подключить Telegram» ещё раз."
    )


def _stopped() -> str:
    return _(
        "Отключено: больше ничего не пришлём. Подключить снова можно на портале, в настройках уведомлений."
    )


def _unknown() -> str:
    return _(
        "Этот чат не подключён. Откройте на портале настройки уведомлений, нажмите «Подключить Telegram» "
        "и перейдите по ссылке."
    )


def _only_tells() -> str:
    return _("Я только присылаю уведомления портала, ответов здесь никто не читает. Отключить — /stop.")
