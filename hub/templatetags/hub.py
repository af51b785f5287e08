"""How small things look: icons, covers, seals, numbers. A builtin of every template, no {% load %}."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Hashable, Iterable
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, NamedTuple

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BoundField, CheckboxInput, FileInput, HiddenInput, PasswordInput, Select, Textarea
from django.forms.boundfield import BoundWidget
from django.http import QueryDict
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from hub.public import kept

register = template.Library()

# --- icons and pictures --------------------------------------------------------------------------

# What a direction looks like; what it is called is told by the app that owns it.
DIRECTION_ICONS = {
    "place": "tree",
    "bring": "coins",
    "culture": "palette",
    "plan": "compass",
    "group": "heart-handshake",
    "human": "school",
}
# The pattern speaks of the direction, the paints of the name.
PATTERNS = {
    "place": (2, 4, 7),
    "bring": (3, 5, 1),
    "culture": (1, 7, 3),
    "plan": (1, 6, 4),
    "group": (6, 5, 3),
    "human": (0, 5, 6),
}
ANY_PATTERN = tuple(range(8))
TURNS = ("", " hub-cover--flip", " hub-cover--zoom", " hub-cover--flip hub-cover--zoom")
SPRITE, COVERS = "hub/sprite.svg", "hub/covers.svg"


class Look(NamedTuple):
    """The paints, pattern and turn of a generated cover."""

    duo: int
    pattern: int
    turn: int


def look(key: str, direction: str = "", duo: int | str | None = None) -> Look:
    """The same key gives the same cover for ever; `duo` (0–7) is the paints that a leader chose, if any."""
    mixed = zlib.crc32(key.encode())
    family = PATTERNS.get(direction, ANY_PATTERN)
    paints = duo if isinstance(duo, int) else mixed  # templates give "" for what they do not have
    return Look(paints % 8, family[(mixed >> 3) % len(family)], (mixed >> 6) % 4)


def initials(name: str) -> str:
    """First letters of the first two words longer than two letters; of a single word, its first two."""
    words = re.findall(r"[^\W\d_]+", name) or re.findall(r"\w+", name)
    long = [word for word in words if len(word) > 2] or words
    return ("".join(word[0] for word in long[:2]) if len(long) > 1 else "".join(long)[:2]).upper()


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """`{% icon "search" %}`, `{% icon "check" "sm" %}`; with a label it speaks, without it is decoration."""
    # A page has dozens of the same few; names come from templates, so there are not many of them.
    return _icon(name, size, str(label), _static(SPRITE))


def _static(path: str) -> str:
    """Address of a file of ours; outside development it is the same for as long as the process lives."""
    return static(path) if settings.DEBUG else _static_kept(path)


_static_kept = cache(static)


@lru_cache(maxsize=1000)
def _icon(name: str, size: str, label: str, sprite: str) -> SafeString:
    return format_html(
        '<svg class="icon{}"{}><use href="{}#i-{}"/></svg>',
        f" icon--{size}" if size else "",
        format_html(' role="img" aria-label="{}"', label) if label else mark_safe(' aria-hidden="true"'),
        sprite,
        name,
    )


@register.simple_tag
def sprite() -> str:
    """Address of the icons, for scripts that draw them."""
    return static(SPRITE)


@register.simple_tag
def brand_mark() -> SafeString:
    return format_html(
        '<svg class="hub-brand__mark" aria-hidden="true"><use href="{}#logo"/></svg>', static(SPRITE)
    )


@register.simple_tag
def cover(
    key: str,
    direction: str = "",
    wide: bool = False,
    picture: str = "",
    duo: int | str | None = None,
    seal: str = "",
) -> SafeString:
    """`{% cover c.slug "place" %}`: a picture (its address) if there is one, else a drawn cover.

    `wide` is the cover of a community's own page; `seal` puts the initials of that name on it.
    """
    drawn = look(key, direction, duo)
    if not picture and not seal:
        return _drawn(drawn, wide, _static(COVERS))
    inside = (
        format_html('<img src="{}" alt="" loading="lazy" decoding="async">', picture)
        if picture
        else _pattern(drawn, wide)
    )
    return format_html(
        '<span class="hub-cover hub-duo-{}{}" aria-hidden="true">{}{}</span>',
        drawn.duo,
        "" if picture else TURNS[drawn.turn],
        inside,
        _seal(seal, drawn.duo, "", "") if seal else "",
    )


def _pattern(drawn: Look, wide: bool) -> SafeString:
    file, part = (f"hub/covers/wide-{drawn.pattern}.svg", "p") if wide else (COVERS, f"pt-{drawn.pattern}")
    return format_html('<svg><use href="{}#{}"/></svg>', _static(file), part)


@lru_cache(maxsize=1000)
def _drawn(drawn: Look, wide: bool, _file: str) -> SafeString:
    """A cover of nothing but paints: there are a few hundred of them, whatever they stand for."""
    return format_html(
        '<span class="hub-cover hub-duo-{}{}" aria-hidden="true">{}</span>',
        drawn.duo,
        TURNS[drawn.turn],
        _pattern(drawn, wide),
    )


@register.simple_tag
def seal(key: str, name: str, size: str = "", picture: str = "", duo: int | str | None = None) -> SafeString:
    """`{% seal c.slug c.name %}`: a community's sign, its initials when it has no picture; xs, sm, lg, xl."""
    return _seal(name, look(key, duo=duo).duo, size, picture)


@register.simple_tag
def person(name: object, size: str = "", picture: str = "") -> SafeString:
    """`{% person user "sm" %}`: a round seal with a person's initials."""
    text = str(name)
    return _seal(text.split("@")[0], look(text).duo, size, picture, " hub-seal--person")


def _seal(name: str, duo: int, size: str, picture: str, kind: str = "") -> SafeString:
    letters = initials(name)
    return format_html(
        '<span class="hub-seal{}{} hub-duo-{}" aria-hidden="true"{}>{}</span>',
        kind,
        f" hub-seal--{size}" if size else "",
        duo,
        format_html(' data-initials="{}"', letters) if picture else "",
        format_html('<img src="{}" alt="" loading="lazy" decoding="async">', picture) if picture else letters,
    )


@register.simple_tag
def direction(code: str, label: str = "") -> SafeString:
    """`{% direction "place" "Среда проживания" %}`: icon and word in the direction's own ink."""
    return _direction(code, str(label), _static(SPRITE))


@lru_cache(maxsize=1000)
def _direction(code: str, label: str, sprite: str) -> SafeString:
    return format_html(
        '<span class="hub-dir hub-dir--{}">{}{}</span>',
        code,
        _icon(DIRECTION_ICONS.get(code, "point"), "", "", sprite),
        label,
    )


@register.filter
def direction_icon(code: str) -> str:
    return DIRECTION_ICONS.get(code, "point")


# Libraries that only some pages need: `{% block head %}{% lib "map" %}{% endblock %}`.
LIBRARIES: dict[str, tuple[str, ...]] = {
    "htmx": ("vendor/htmx/htmx.min.js",),
    "forms": ("hub/js/forms.js",),
    "suggest": ("hub/js/suggest.js",),
    "queue": ("hub/js/queue.js",),
    "map": (
        "vendor/leaflet/leaflet.css",
        "vendor/leaflet.markercluster/MarkerCluster.css",
        "hub/map.css",
        "vendor/leaflet/leaflet.js",
        "vendor/leaflet.markercluster/leaflet.markercluster.js",
        "hub/js/map.js",
    ),
}
_HTMX_CONFIG = mark_safe(
    '<meta name="htmx-config" content=\''
    '{"allowEval":false,"allowScriptTags":false,"includeIndicatorStyles":false,"selfRequestsOnly":true,'
    '"historyRestoreAsHxRequest":false,"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},'
    '{"code":"422","swap":true},{"code":"[45]..","swap":false,"error":true}]}'
    "'>"
)


@register.simple_tag
def lib(*names: str) -> SafeString:
    """Link the named libraries; scripts are deferred and run in this order."""
    return _links(*names) if settings.DEBUG else _links_kept(*names)


def _links(*names: str) -> SafeString:
    files = [file for name in names for file in LIBRARIES[name]]
    styles = format_html_join(
        "\n",
        '<link rel="stylesheet" href="{}">',
        ((static(file),) for file in files if file.endswith(".css")),
    )
    scripts = format_html_join(
        "\n", '<script src="{}" defer></script>', ((static(file),) for file in files if file.endswith(".js"))
    )
    return format_html("{}{}\n{}", _HTMX_CONFIG if "htmx" in names else "", styles, scripts)


_links_kept = cache(_links)


# --- numbers, dates, words -----------------------------------------------------------------------


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
def share(part: float | None, whole: float | None) -> str:
    """Part of a whole as a width for SVG: "62.5%" (never above 100 %, always with a point)."""
    if not part or not whole:
        return "0%"
    return f"{min(100.0, max(0.0, 100 * float(part) / float(whole))):.1f}%"


@register.filter
def phone(value: object) -> str:
    """+7 (862) 200-12-34; a number of another country as it is."""
    number = str(getattr(value, "as_e164", value))
    return re.sub(r"^\+7(\d{3})(\d{3})(\d{2})(\d{2})$", r"+7 (\1) \2-\3-\4", number)


@register.filter
def phone_link(value: object) -> str:
    """tel: address of a phone number."""
    return "tel:" + re.sub(r"[^\d+]", "", str(getattr(value, "as_e164", value)))


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
    return _pill(tone or look.tone, icon or look.icon, words, _static(SPRITE))


@lru_cache(maxsize=1000)
def _pill(tone: str, icon: str, label: SafeString, sprite: str) -> SafeString:
    return format_html(
        '<span class="hub-pill{}">{}{}</span>',
        f" hub-pill--{tone}" if tone else "",
        _icon(icon, "", "", sprite),
        label,
    )


# --- bars and tables: what SVG and <td> need --------------------------------------------------------


class AgeBar(NamedTuple):
    """A waiting record against its norm; the longer of both reaches 89 % of the bar."""

    width: str
    norm: str
    over: int
    level: str


@register.simple_tag
def agebar(days: int, norm: int) -> AgeBar:
    full = max(days, norm, 1) * 1.12
    level = "late" if days > norm else "soon" if days == norm else ""
    return AgeBar(share(days, full) if days else "9%", share(norm, full), max(0, days - norm), level)


class PlanBar(NamedTuple):
    """A figure on its line from zero to beyond the plan; the plan stands at 87 % unless it is overtaken."""

    fact: str
    target: str
    forecast: str
    expected: str


@register.simple_tag
def planbar(
    fact: float | None, target: float | None, forecast: float | None = None, expected: float | None = None
) -> PlanBar:
    full = max(float(n) for n in (fact or 0, target or 0, forecast or 0, 1)) * 1.15
    return PlanBar(
        share(fact, full),
        share(target, full),
        share(forecast, full) if forecast else "",
        share(expected, full) if expected else "",
    )


@register.filter
def heat(value: int | None, most: int | None) -> int:
    """0 for none, then 1 … 4 by share of the largest value."""
    if not value:
        return 0
    return min(4, 1 + int(4 * (value - 1) / max(most or value, 1)))


@register.filter
def zipped(cells: Iterable[Any], columns: Iterable[Any]) -> list[tuple[Any, Any]]:
    return list(zip(cells, columns, strict=False))


@register.filter
def page_numbers(page: Page[Any]) -> list[int | None]:
    """1 … 4 5 6 … 20: the ends, the neighbours, None where numbers are left out."""
    last, here = page.paginator.num_pages, page.number
    kept = sorted({1, last, *range(max(1, here - 1), min(last, here + 1) + 1)})
    shown: list[int | None] = []
    for n in kept:
        if shown and shown[-1] is not None and n - shown[-1] > 1:
            shown.append(n - 1 if n - shown[-1] == 2 else None)
        shown.append(n)
    return shown


@register.simple_tag
def page_link(query: QueryDict | None, number: int, param: str = "page") -> str:
    """The same question, another page of its answer."""
    asked = query.copy() if query is not None else QueryDict(mutable=True)
    asked[param] = str(number)
    return f"?{asked.urlencode()}"


# --- the frame around every page -----------------------------------------------------------------


def _for_strangers(
    context: template.Context, key: tuple[Hashable, ...], make: Callable[[], SafeString]
) -> SafeString:
    """A part of a page that looks the same to every visitor without an account: kept for a while."""
    user, branch = context.get("user"), context.get("branch")
    if not (branch and user and user.is_anonymous):
        return make()
    looks = (context.get("theme"), context.get("a11y"), context.get("demo"))
    return kept((*key, branch.pk, get_language(), *looks), make)


@register.simple_tag(takes_context=True)
def frame(context: template.Context, name: str) -> SafeString:
    """Include a part of the frame; what strangers see on pages of one kind is kept for a while."""
    part = context.template.engine.get_template(name)

    def made() -> SafeString:
        with context.push():
            return part.render(context)

    place = getattr(context.get("request"), "resolver_match", None)
    return _for_strangers(context, (name, place.view_name), made) if place else made()


class KeepNode(template.Node):
    def __init__(self, name: str, told: FilterExpression, nodelist: NodeList) -> None:
        self.name, self.told, self.nodelist = name, told, nodelist

    def render(self, context: template.Context) -> SafeString:
        told = self.told.resolve(context)
        if not told:
            return self.nodelist.render(context)
        return _for_strangers(context, (self.name, told), lambda: self.nodelist.render(context))


@register.tag
def keep(parser: Parser, token: Token) -> KeepNode:
    """`{% keep "name" told %}…{% endkeep %}`: drawn once a while for all strangers to whom the same is told.

    `told` is everything that the part depends on, and few values; where it is empty nothing is kept.
    """
    _tag, name, told = token.split_contents()
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(name, parser.compile_filter(told), nodelist)


class Link(NamedTuple):
    """A place in the navigation: shown when the address exists and the visitor holds one of the roles."""

    name: str
    icon: str
    label: Any
    short: Any
    roles: frozenset[str]
    not_for: frozenset[str] = frozenset()


_EVERYONE: frozenset[str] = frozenset()
_COORDINATOR = frozenset({"coordinator"})
_LEADER = frozenset({"leader"})
_OFFICIAL = frozenset({"administration"})
_STAFF = frozenset({"coordinator", "administration", "analyst", "federal"})

SECTIONS = (
    Link("review-queue", "inbox", _("Очередь"), _("Очередь"), _COORDINATOR),
    Link("registry", "list", _("Реестр"), _("Реестр"), _STAFF),
    Link("import-list", "table-import", _("Импорт"), _("Импорт"), _COORDINATOR),
    Link("outbox", "send", _("Отправки"), _("Отправки"), _COORDINATOR),
    Link("cabinet", "layout-grid", _("Мой кабинет"), _("Кабинет"), _LEADER),
    Link("community-list", "users-group", _("Сообщества"), _("Сообщества"), _EVERYONE),
    Link("calendar", "calendar", _("Календарь"), _("Календарь"), _EVERYONE),
    Link("state-event-desk", "flag", _("События города"), _("Город"), _OFFICIAL),
    Link("community-gaps", "sparkles", _("Чего не хватает"), _("Чего нет"), _EVERYONE, _COORDINATOR),
    Link("kpi-dashboard", "chart-bar", _("Показатели"), _("Показатели"), _STAFF),
)


def _reversed(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def sections(context: template.Context) -> list[dict[str, Any]]:
    """The sections this visitor may open, the current one marked."""
    held: set[str] = set(context.get("nav_role") or ())
    request = context.get("request")
    path = request.path if request else ""
    shown = [
        {"name": link.name, "href": href, "icon": link.icon, "label": link.label, "short": link.short}
        for link in SECTIONS
        if (not link.roles or link.roles & held)
        and not link.not_for & held
        and (href := _reversed(link.name))
    ]
    inside = [item for item in shown if path.startswith(item["href"])]
    # «/communities/gaps/» lies inside «/communities/»: the longest address is where we are.
    here = max(inside, key=lambda item: len(item["href"]), default=None)
    for item in shown:
        item["here"] = item is here
        item["exact"] = item["href"] == path
        item["count"] = context.get("queue_count") if item["name"] == "review-queue" else None
    return shown


@register.simple_tag(takes_context=True)
def page_address(context: template.Context) -> str:
    """Where this page may be shared: absolute, without the query."""
    request = context.get("request")
    return request.build_absolute_uri(request.path) if request else ""


@register.simple_tag(takes_context=True)
def absolute(context: template.Context, address: str) -> str:
    request = context.get("request")
    return request.build_absolute_uri(address) if request else address


# --- forms ---------------------------------------------------------------------------------------


@register.filter
def field_kind(field: BoundField) -> str:
    """Which shape components/field.html gives it: check, choices, file, password, hidden or input."""
    widget = field.field.widget
    if isinstance(widget, HiddenInput):
        return "hidden"
    if isinstance(widget, CheckboxInput):
        return "check"
    if getattr(widget, "input_type", "") in ("radio", "checkbox"):
        return "choices"
    if isinstance(widget, FileInput):
        return "file"
    if isinstance(widget, PasswordInput):
        return "password"
    return "input"


@register.simple_tag
def field_input(field: BoundField) -> SafeString:
    """The bare widget of a field in our classes; Django itself ties it to its hint and error."""
    widget = field.field.widget
    if isinstance(widget, CheckboxInput):
        own = "form-check-input"
    elif isinstance(widget, Select):
        own = "form-select"
    else:
        own = "form-control"
    attrs: dict[str, Any] = {"class": f"{own} {widget.attrs.get('class', '')}".strip()}
    if isinstance(widget, Textarea) and widget.attrs.get("rows") == "10":  # Django's own default
        attrs["rows"] = 4
    return field.as_widget(attrs=attrs)


@register.simple_tag
def choice_input(option: BoundWidget) -> SafeString:
    """One radio button or checkbox of a group, without its label."""
    attrs = option.data["attrs"]
    attrs["class"] = f"form-check-input {attrs.get('class', '')}".strip()
    return option.tag()


@register.filter
def option_hint(field: BoundField, option: BoundWidget) -> str:
    """A choice's second line, from the widget's `hints` ({value: text})."""
    return getattr(field.field.widget, "hints", {}).get(str(option.data["value"]), "")


@register.filter
def field_limit(field: BoundField) -> int | None:
    """The most letters a long answer may have: shown as a counter."""
    limit = getattr(field.field, "max_length", None)
    counts = isinstance(field.field.widget, Textarea) or "data-count" in field.field.widget.attrs
    return limit if limit and counts else None


@register.filter
def length_of(field: BoundField) -> int:
    return len(str(field.value() or ""))


@register.filter
def shows_optional(field: BoundField) -> bool:
    """Optional answers are marked, unless the form (`show_optional = False`) or the field (`needed`) knows better."""
    needed = field.field.required or getattr(field.field, "needed", False)
    return not needed and getattr(field.form, "show_optional", True)
