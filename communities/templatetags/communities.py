"""Fragments of the registry for pages of everybody."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from communities.querysets.queue import waiting_counts
from hub.templatetags.hub import num

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


# A page of the catalogue has some seventy options: as templates they would be half of its cost.
_CHECKED = mark_safe(" checked")


@register.simple_tag
def option(of: dict[str, Any]) -> SafeString:
    """`{% option row %}`: a choice of a filter with what it would find; row: group, value, label, n, checked."""
    return format_html(
        '<label class="hub-opt"><input class="form-check-input" type="checkbox" id="f-{group}-{value}" name="{group}"'
        ' value="{value}"{checked}><span>{label}</span>{number}</label>',
        group=of["group"],
        value=of["value"],
        checked=_CHECKED if of["checked"] else "",
        label=of["label"],
        number=option_number(of),
    )


@register.simple_tag
def option_number(of: dict[str, Any], swap: bool = False) -> SafeString:
    """The number of `option` alone; `swap`: it takes the place of the one on the page."""
    return format_html(
        '<span class="hub-opt__n" id="n-{}-{}"{}>{}</span>',
        of["group"],
        of["value"],
        _SWAP if swap else "",
        num(of["n"]),
    )


_SWAP = mark_safe(' hx-swap-oob="true"')
