"""What stands around every page: styles, scripts, navigation. A builtin of every template."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import cache
from typing import Any, NamedTuple

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hub.public import kept

register = template.Library()

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
