"""«Мои события»: the cabinet's fragment of what one's communities hold and are asked to hold."""

from typing import Any

from django import template

from communities.choices import SPEAKING
from events.choices import OrganiserState
from events.querysets.mine import of_person
from hub.choices import State

register = template.Library()

#: So many stand in the cabinet; the rest is a number.
SHOWN = 6
_FIRST = {State.RETURNED: 0, State.DRAFT: 1}


@register.inclusion_tag("events/my_events.html", takes_context=True)
def my_events(context: template.Context) -> dict[str, Any]:
    request = context["request"]
    rows = of_person(request.user, request.branch)
    # Held by two of one's communities it is still one event.
    held = {row.event_id: row for row in rows if row.state == OrganiserState.ACCEPTED}
    mine = sorted(held.values(), key=lambda row: _FIRST.get(row.event.state, 2))
    return {
        "request": request,
        "mine": mine[:SHOWN],
        "more": max(0, len(mine) - SHOWN),
        "invitations": [row for row in rows if row.state == OrganiserState.INVITED and row.role in SPEAKING],
    }
