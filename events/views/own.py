"""Events for those who hold them; whoever holds one no more reads why, and keeps what they had typed."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from communities.forms.fields import Link, Text
from communities.models import Community
from communities.views.census import host_branch
from events.forms.dates import DateForm, ReasonForm
from events.forms.event import EventForm
from events.models import Event
from hub.approvals import revisions_of
from hub.permissions import Explained

#: What organisers write in words: name of the field → what it asks.
_WRITTEN = {
    name: field.label
    for form in (DateForm, ReasonForm, EventForm)
    for name, field in form.base_fields.items()
    if isinstance(field, (Text, Link))
}


def events(request: HttpRequest) -> QuerySet[Event]:
    rows = Event.objects.in_branch(host_branch(request)).defer("imported__source__content")
    return rows.select_related("branch", "venue__district", "cover", "imported__source")


def own_event(request: HttpRequest, pk: int) -> Event:
    event = get_object_or_404(events(request), pk=pk)
    if request.user.has_perm("events.edit_event", event):
        return event
    removal, typed = _removal(event, request.user), _typed(request)
    if removal or typed:
        raise Explained("events/taken_off.html", removal | {"typed": typed})
    raise PermissionDenied


def _removal(event: Event, user: Any) -> dict[str, Any]:
    """The community of the person that was taken off the event last: who did it and when. Nothing else of the event."""
    mine = {str(row.pk): row for row in Community.objects.filter(stewardships__user=user)}
    last = revisions_of(event).filter(action="remove-organiser", note__in=mine).order_by("pk").last()
    if last is None:
        return {}
    # Without a name a person is called by their e-mail, and that is for nobody here.
    return {"community": mine[last.note], "who": last.actor.name if last.actor else "", "at": last.at}


def _typed(request: HttpRequest) -> str:
    """What was sent, field by field, as one text to be copied."""
    said = (
        (label, request.POST.get(name, "").replace("\x00", "").strip()) for name, label in _WRITTEN.items()
    )
    return "\n\n".join(f"{label}\n{value}" for label, value in said if value)
