"""Why a delivery did not go out, in words for a coordinator, and what can be done about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from hub.choices import ChannelCode, DeliveryState
from hub.models import Delivery
from hub.outbox.timing import GONE, LATE, MUTED

_NOTHING = _("Делать ничего не нужно: на портале, в уведомлениях, человек это увидит.")
_BY_ITSELF = _("Портал попробует снова сам.")
_AGAIN = _("Портал пробовал несколько суток. Когда связь наладят, отправьте снова.")
_ADMIN = _("Сообщите администратору портала код ошибки.")

_SKIPPED = {
    MUTED: (_("Человек отказался от таких сообщений."), _NOTHING),
    LATE: (_("Опоздало: говорить об этом было бы уже поздно."), _NOTHING),
    GONE: (_("Учётная запись закрыта."), _("Делать ничего не нужно.")),
}
_ADDRESS = (
    _("Почта не нашла такого адреса, или ящик закрыт."),
    _("Позвоните человеку. Когда он исправит адрес в настройках, отправьте снова."),
)
_FULL = (_("Почтовый ящик переполнен."), _("Позвоните человеку. Когда он освободит место, отправьте снова."))
_DISLIKED = (
    _("Почта человека не приняла письмо, похоже, сочла его рекламой."),
    _("Позвоните человеку и скажите главное. Если таких много, сообщите администратору портала."),
)
_SENDER = (_("Почтовый сервер не принимает письма от имени портала."), _ADMIN)
_ENTRANCE = (_("Почтовый сервер не пустил портал."), _ADMIN)
_UNWRITTEN = (_("Сообщение не удалось составить: ошибка на стороне портала."), _ADMIN)
_STOPPED = (
    _("Человек остановил бота в Telegram."),
    _("Пусть откроет бота и нажмёт «Старт», потом отправьте снова."),
)
_NO_CHAT = (
    _("В Telegram нет такого чата."),
    _("Пусть человек заново свяжет Telegram в настройках уведомлений."),
)

#: What Python calls a server that does not answer.
_SILENCE = {
    "ConnectionRefusedError",
    "ConnectionResetError",
    "ConnectionAbortedError",
    "BrokenPipeError",
    "TimeoutError",
    "gaierror",
    "OSError",
    "SSLError",
    "SSLEOFError",
    "SMTPServerDisconnected",
    "SMTPConnectError",
    "SMTPHeloError",
}
#: Codes of SMTP (RFC 5321) by which a mailbox says that it is full.
_FULL_CODES = {452, 552}


@dataclass(frozen=True)
class Reason:
    """`code` is what the portal noted, for whoever mends it; "" where people need none.

    `passing`: the message and its receiver are not to blame, a later try may well succeed.
    """

    what: Any
    advice: Any
    code: str = ""
    passing: bool = False


def reason_of(delivery: Delivery) -> Reason | None:
    """Why `delivery` is not out; None when nothing went wrong with it."""
    if not delivery.error:
        return None
    if delivery.error in _SKIPPED:
        return Reason(*_SKIPPED[delivery.error])
    name, *rest = delivery.error.split()
    codes = {int(word) for word in rest if word.isdigit()}
    what, advice = _failure(delivery.channel, name, codes)
    passing = advice is _AGAIN
    if delivery.state != DeliveryState.FAILED:
        advice = _BY_ITSELF
    return Reason(what, advice, delivery.error, passing)


def _failure(channel: str, name: str, codes: set[int]) -> tuple[Any, Any]:
    passing = bool(codes) and min(codes) < 500
    if channel == ChannelCode.TELEGRAM:
        if 403 in codes:
            return _STOPPED
        if codes & {400, 404}:
            return _NO_CHAT
        return _("Telegram не отвечает."), _AGAIN
    if codes & _FULL_CODES:
        return _FULL
    if name == "SMTPRecipientsRefused" and not passing:
        return _ADDRESS
    if name == "SMTPDataError" and not passing:
        return _DISLIKED
    if name == "SMTPSenderRefused" and not passing:
        return _SENDER
    if name == "SMTPAuthenticationError":
        return _ENTRANCE
    if name in _SILENCE or name.startswith(("SMTP", "SSL")):
        return (
            (_("Почтовый сервер попросил подождать."), _AGAIN)
            if passing
            else (_("Почта не отвечает."), _AGAIN)
        )
    return _UNWRITTEN
