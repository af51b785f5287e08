"""How a state looks, and how long ago something was confirmed. A builtin of every template."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from hub.templatetags import pictures

register = template.Library()

HALF_YEAR, YEAR = 183, 366


@register.filter
def freshness(value: date | datetime | None) -> str:
    """How long ago it was confirmed: "" (up to half a year), "aging" (up to a year), "stale", "never"."""
    if not value:
        return "never"
    day = timezone.localtime(value).date() if isinstance(value, datetime) else value
    age = (timezone.localdate() - day).days
    return "" if age <= HALF_YEAR else "aging" if age <= YEAR else "stale"


@register.simple_tag
def fresh(at: date | datetime | None = None, level: str = "") -> SafeString:
    """`{% fresh at=record.confirmed_on %}`: when it was last confirmed; `level` overrides ok, aging, stale, never."""
    day = timezone.localtime(at).date() if isinstance(at, datetime) else at
    return _fresh(day or None, level or freshness(day) or "ok", get_language())


@lru_cache(maxsize=4000)
def _fresh(day: date | None, level: str, language: str | None) -> SafeString:
    if day is None:
        words = gettext("Ещё не подтверждено")
    elif level == "stale":
        words = gettext("Не обновлялось с %(day)s") % {"day": f"{day:%d.%m.%Y}"}
    else:
        words = gettext("Подтверждено %(day)s") % {"day": f"{day:%d.%m.%Y}"}
    return format_html(
        '<span class="hub-fresh{}">{}</span>', "" if level == "ok" else f" hub-fresh--{level}", words
    )


class StateLook(NamedTuple):
    tone: str
    icon: str
    label: Any


STATES = {
    "draft": StateLook("", "pencil", _("Черновик")),
    "submitted": StateLook("wait", "clock", _("На проверке")),
    "sent": StateLook("info", "send", _("Отправлена")),
    "returned": StateLook("warn", "arrow-back-up", _("Вернули")),
    "approved": StateLook("ok", "check", _("Одобрено")),
    "imported": StateLook("", "circle-dashed", _("Не подтверждено")),
    "retired": StateLook("", "history", _("В истории")),
    "listed": StateLook("ok", "eye", _("В каталоге")),
    "unlisted": StateLook("", "eye-off", _("Не показывается")),
    "archived": StateLook("", "archive", _("В архиве")),
    "merged": StateLook("info", "git-merge", _("Объединено с другим")),
    "overdue": StateLook("bad", "alert-circle", _("Просрочено")),
    "looking": StateLook("info", "hand-stop", _("Ищет людей")),
    "new": StateLook("ok", "plus", _("Новое")),
    "update": StateLook("info", "pencil", _("Обновление")),
    "same": StateLook("", "minus", _("Без изменений")),
    "duplicate": StateLook("wait", "git-merge", _("Похоже на дубль")),
    "refused": StateLook("bad", "x", _("Не принято")),
    "running": StateLook("info", "refresh", _("Идёт")),
    "done": StateLook("ok", "check", _("Готово")),
    "failed": StateLook("bad", "alert-circle", _("Не удалось")),
}


@register.filter
def state_look(code: str) -> StateLook:
    """Tone, icon and word of a state."""
    return STATES.get(code, StateLook("", "point", code))


@register.simple_tag
def pill(state: str = "", tone: str = "", icon: str = "", label: str = "") -> SafeString:
    """`{% pill state="approved" %}`: a state with its icon; tone, icon and label override the state's own."""
    look = state_look(state)
    # Escaped before it is a key: a safe text and an unsafe one of the same letters are equal.
    words = conditional_escape(label or look.label)
    return _pill(tone or look.tone, pictures.icon(icon or look.icon), words)


@lru_cache(maxsize=1000)
def _pill(tone: str, icon: SafeString, label: SafeString) -> SafeString:
    return format_html(
        '<span class="hub-pill{}">{}{}</span>', f" hub-pill--{tone}" if tone else "", icon, label
    )
