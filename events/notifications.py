"""What is said to whom about events, and when. Keys make each message once."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from communities.choices import StewardRole
from communities.models import Community
from events.choices import OrganiserState
from events.models import Event, Organiser
from hub.models import User
from hub.outbox import Message, declare, notify_all

_HOLDING = _("Ваше сообщество проводит это событие.")

APPROVED = declare("event_approved", _("Событие одобрили"), _HOLDING, icon="circle-check")
RETURNED = declare("event_returned", _("Событие вернули"), _HOLDING, needs_act=True, icon="arrow-back-up")
INVITED = declare(
    "event_invited",
    _("Зовут провести событие вместе"),
    _("Вы ведёте сообщество на портале."),
    needs_act=True,
    icon="heart-handshake",
)
ANSWERED = declare("event_answered", _("На приглашение ответили"), _HOLDING, icon="heart-handshake")

_SPEAKING = [StewardRole.LEADER, StewardRole.CO_LEADER]


def _holders(event: Event) -> Iterable[User]:
    """The author, and those who speak for the communities that hold it."""
    of_holders = Q(
        stewardships__role__in=_SPEAKING,
        stewardships__community__organised__event=event,
        stewardships__community__organised__state=OrganiserState.ACCEPTED,
    )
    return User.objects.filter(of_holders | Q(pk=event.created_by_id)).distinct().order_by("pk")


def _speakers(community: Community) -> list[User]:
    rows = community.stewardships.filter(role__in=_SPEAKING).select_related("user")
    return [row.user for row in rows.order_by("pk")]


def _when(event: Event) -> str:
    starts_at = event.starts_at.astimezone(event.tz)
    return f"{starts_at:%d.%m.%Y}" if event.all_day else f"{starts_at:%d.%m.%Y, %H:%M}"


def tell_approved(event: Event) -> None:
    """Residents see it now. Approved again after a return is told again."""
    notify_all(
        Message(
            APPROVED,
            key=f"event-approved:{event.pk}:{_sent(event)}:u{user.pk}",
            branch=event.branch,
            user=user,
            context={"title": event.title, "when": _when(event)},
            path=event.get_absolute_url(),
        )
        for user in _holders(event)
    )


def tell_returned(event: Event, reason: str) -> None:
    notify_all(
        Message(
            RETURNED,
            key=f"event-returned:{event.pk}:{_sent(event)}:u{user.pk}",
            branch=event.branch,
            user=user,
            context={"title": event.title, "reason": reason},
            path=reverse("event-publish", args=[event.pk]),
        )
        for user in _holders(event)
    )


def _sent(event: Event) -> str:
    """Which sending the decision is about."""
    return f"{event.submitted_at:%Y%m%d%H%M%S%f}" if event.submitted_at else ""


def tell_invited(organiser: Organiser, by: User) -> None:
    event, community = organiser.event, organiser.community
    hosts = Community.objects.filter(pk__in=event.accepted_communities).select_related("current")
    notify_all(
        Message(
            INVITED,
            key=f"event-invited:{organiser.pk}:u{user.pk}",
            branch=event.branch,
            user=user,
            context={
                "title": event.title,
                "when": _when(event),
                "name": community.working_name,
                "hosts": [host.working_name for host in hosts],
                "by": str(by),
            },
            path=reverse("organiser-answer", args=[organiser.pk]),
        )
        for user in _speakers(community)
    )


def tell_answered(organiser: Organiser) -> None:
    """To those who hold it already; whoever answered knows."""
    event = organiser.event
    notify_all(
        Message(
            ANSWERED,
            key=f"event-answered:{organiser.pk}:u{user.pk}",
            branch=event.branch,
            user=user,
            context={
                "title": event.title,
                "name": organiser.community.working_name,
                "accepted": organiser.state == OrganiserState.ACCEPTED,
            },
            path=reverse("event-manage", args=[event.pk]),
        )
        for user in _holders(event)
        if user.pk != organiser.answered_by_id
    )
