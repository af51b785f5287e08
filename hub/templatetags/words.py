"""Numbers, moments and telephones as words. A builtin of every template."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import lru_cache

from django import template
from django.utils.formats import number_format
from django.utils.translation import get_language, ngettext_lazy

register = template.Library()


@register.filter
def num(value: float | str | None, places: int | None = None) -> str:
    """1 234,5 — grouped by no-break spaces; nothing for nothing."""
    if value is None or value == "":
        return ""
    return _num(value, places, get_language())


@lru_cache(maxsize=4000, typed=True)
def _num(value: float | str, places: int | None, language: str | None) -> str:
    return number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True)


_COUNTED = {
    "communities": ngettext_lazy("%(n)s сообщество", "%(n)s сообществ", "whole"),
    "participants": ngettext_lazy("%(n)s участник", "%(n)s участников", "whole"),
    "people": ngettext_lazy("%(n)s человек", "%(n)s человек", "whole"),
    "records": ngettext_lazy("%(n)s запись", "%(n)s записей", "whole"),
    "rows": ngettext_lazy("%(n)s строка", "%(n)s строк", "whole"),
    "fields": ngettext_lazy("%(n)s поле", "%(n)s полей", "whole"),
    "places": ngettext_lazy("%(n)s место", "%(n)s мест", "whole"),
    "decisions": ngettext_lazy("%(n)s решение", "%(n)s решений", "whole"),
    "days": ngettext_lazy("%(n)s день", "%(n)s дней", "whole"),
    "workdays": ngettext_lazy("%(n)s рабочий день", "%(n)s рабочих дней", "whole"),
    "months": ngettext_lazy("%(n)s месяц", "%(n)s месяцев", "whole"),
    "years": ngettext_lazy("%(n)s год", "%(n)s лет", "whole"),
    "files": ngettext_lazy("%(n)s файл", "%(n)s файлов", "whole"),
    "pages": ngettext_lazy("%(n)s страница", "%(n)s страниц", "whole"),
    "events": ngettext_lazy("%(n)s событие", "%(n)s событий", "whole"),
    "results": ngettext_lazy("нашлось %(n)s", "нашлось %(n)s", "whole"),
}


@register.filter
def counted(value: int | None, noun: str) -> str:
    """`{{ 21|counted:"communities" }}` → «21 сообщество»."""
    whole = int(value or 0)
    return str(_COUNTED[noun] % {"whole": whole, "n": num(whole)})


@register.filter(expects_localtime=True)
def instant(value: date | datetime) -> str:
    """A moment for `<time datetime>`: whole seconds, since HTML does not know what `date:"c"` adds to them."""
    return value.isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


@register.filter
def nbsp(value: object) -> str:
    """Words that must stay on one line: «в Сочи»."""
    return str(value).replace(" ", "\u00a0")


@register.filter
def phone(value: object) -> str:
    """+7 (862) 200-12-34; a number of another country as it is."""
    number = str(getattr(value, "as_e164", value))
    return re.sub(r"^\+7(\d{3})(\d{3})(\d{2})(\d{2})$", r"+7 (\1) \2-\3-\4", number)


@register.filter
def phone_link(value: object) -> str:
    """tel: address of a phone number."""
    return "tel:" + re.sub(r"[^\d+]", "", str(getattr(value, "as_e164", value)))
