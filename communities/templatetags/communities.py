"""Fragments of the registry for pages of everybody."""

from __future__ import annotations

from django import template

from communities.querysets.queue import waiting_counts

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
