"""Fragments of the registry for pages of everybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from communities.querysets.queue import waiting_counts
from hub.templatetags.pictures import cover, direction, icon, seal
from hub.templatetags.states import fresh, pill
from hub.templatetags.words import counted, num

register = template.Library()


@register.simple_tag(takes_context=True)
def queue_count(context: template.Context) -> int | None:
    """`{% queue_count as n %}`: what waits for a coordinator of this branch; one query, None for others."""
    if "coordinator" not in (context.get("nav_role") or ()):
        return None
    request = context["request"]
    if not hasattr(request, "queue_count"):
        request.queue_count = waiting_counts(request.branch)["all"]
    return request.queue_count


# A page of the catalogue has some seventy options and two dozen cards: as templates they would be most
# of its cost.
_CHECKED = mark_safe(" checked")


@register.simple_tag
def option(of: dict[str, Any]) -> SafeString:
    """`{% option row %}`: a choice of a filter with what it would find; row: group, value, label, n, checked."""
    before = _option(of["group"], of["value"], str(of["label"]), of["checked"])
    return mark_safe(f"{before}{num(of['n'])}</span></label>")  # escaped already; a number needs no escaping


@lru_cache(maxsize=2000)
def _option(group: str, value: str, label: str, checked: bool) -> SafeString:
    return format_html(
        '<label class="hub-opt"><input class="form-check-input" type="checkbox" id="f-{group}-{value}" name="{group}"'
        ' value="{value}"{checked}><span>{label}</span><span class="hub-opt__n" id="n-{group}-{value}">',
        group=group,
        value=value,
        label=label,
        checked=_CHECKED if checked else "",
    )


@register.simple_tag
def option_number(of: dict[str, Any]) -> SafeString:
    """The number of an option alone, to take the place of the one on the page."""
    return format_html(
        '<span class="hub-opt__n" id="n-{}-{}" hx-swap-oob="true">{}</span>',
        of["group"],
        of["value"],
        num(of["n"]),
    )


@register.simple_tag
def ccard(
    c: Mapping[str, Any], row: bool = False, level: int = 3, state: str = "", fresh_level: str = ""
) -> SafeString:
    """`{% ccard c %}`: a community in a grid; `row`: the line of the catalogue.

    c: url, name, slug, direction, direction_label, short, district, schedule, participants, confirmed_on,
    looking_for_people, cover (address), logo (address), duo; what is missing is left out. level: of the heading.
    """
    shown: dict[str, Any] = defaultdict(str, c)
    note = pill(state) if state else pill("looking") if shown["looking_for_people"] else ""
    people = counted(shown["participants"], "participants") if shown["participants"] else ""
    kind = direction(shown["direction"], shown["direction_label"]) if shown["direction"] else ""
    said = f'<p class="hub-ccard__text">{escape(shown["short"])}</p>' if shown["short"] else ""
    place = f"<span>{icon('map-pin')}{escape(shown['district'])}</span>" if shown["district"] else ""
    when = f"<span>{icon('clock')}{escape(shown['schedule'])}</span>" if shown["schedule"] else ""
    who = f'<span class="hub-ccard__people">{icon("users")}{people}</span>' if row and people else ""
    meta = f'<p class="hub-ccard__meta">{place}{when}{who}</p>' if place or when or who else ""
    heading = f'<h{level} class="h3"><a href="{escape(shown["url"])}">{escape(shown["name"])}</a></h{level}>'
    aged = fresh(shown["confirmed_on"], fresh_level)
    if row:
        look, top, foot = " hub-ccard--row", "", note
    else:
        sign = seal(shown["slug"], shown["name"], picture=shown["logo"], duo=shown["duo"])
        look, top = "", f'<div class="hub-ccard__top">{sign}{note}</div>'
        foot = f'<span class="hub-xs hub-muted">{people}</span>' if people else ""
    picture = cover(
        shown["slug"],
        shown["direction"],
        picture=shown["cover"],
        duo=shown["duo"],
        seal=shown["name"] if row else "",
    )
    # Everything that somebody wrote was escaped above; the rest is markup of ours.
    return mark_safe(
        f'<article class="hub-ccard{look}">{picture}<div class="hub-ccard__body">{top}{kind}{heading}{said}{meta}'
        f'<p class="hub-ccard__foot">{aged}{foot}</p></div></article>'
    )
