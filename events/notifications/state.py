"""What leaders, the administration and coordinators hear of state events, their support, and talks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.choices import SPEAKING, Listing
from communities.models import Community
from events.choices import Help, Offer
from events.models import Event, StateEventSupport, SupportRequest, Talk
from events.notifications import when_words
from hub.choices import RoleKind, State
from hub.models import User
from hub.outbox import Kind, Message, declare, notify_all, remind

_LEADING = _("Вы ведёте сообщество на портале.")
_SUPPORTING = _("Ваше сообщество предложило помощь городу.")
_TALKING = _("Ваше сообщество рассказало о выступлении.")

ASKED = declare("support_asked", _("Город просит поддержать событие"), _LEADING, icon="flag")
OFFERED = declare(
    "support_offered",
    _("Сообщество ответило на просьбу о поддержке"),
    _("Вы представляете администрацию города на портале."),
    for_staff=True,
    icon="heart-handshake",
)
ANSWERED = declare(
    "support_answered", _("Администрация ответила на помощь"), _SUPPORTING, icon="heart-handshake"
)
DUE = declare(
    "support_due",
    _("Пора показать, как помогли"),
    _SUPPORTING,
    needs_act=True,
    lasts=timedelta(days=14),
    icon="camera",
)
CONFIRMED = declare("support_confirmed", _("Поддержку засчитали"), _SUPPORTING, icon="circle-check")
RETURNED = declare(
    "support_returned",
    _("Подтверждение поддержки вернули"),
    _SUPPORTING,
    needs_act=True,
    icon="arrow-back-up",
)
TALK_APPROVED = declare("talk_approved", _("Выступление засчитали"), _TALKING, icon="microphone-2")
TALK_RETURNED = declare(
    "talk_returned", _("Выступление вернули"), _TALKING, needs_act=True, icon="arrow-back-up"
)


def _stamp(moment: datetime | None) -> str:
    """Which time of several the message is about."""
    return f"{moment:%Y%m%d%H%M%S%f}" if moment else ""


def _people_of(community: Community, *others: User | None) -> list[User]:
    """Those who speak for the community, and whoever sent it; each once."""
    found = {user.pk: user for user in (*others, *community.speakers) if user}
    return list(found.values())


# --- a state event asks for support ----------------------------------------------------------------


def tell_asked(event: Event) -> None:
    """To everybody who speaks for a listed community what a published state event asks for, once an event.

    Nothing while the event is not published, asks for nothing or can be answered no more.
    """
    if event.state != State.APPROVED or not event.is_state or event.cancelled_at:
        return
    branch = event.branch
    today = timezone.localdate(timezone=branch.tz)
    request = SupportRequest.objects.filter(event=event, until__gte=today).first()
    if request is None:
        return
    leaders = User.objects.filter(
        stewardships__role__in=SPEAKING,
        stewardships__community__branch=branch,
        stewardships__community__listing=Listing.LISTED,
    )
    last = datetime.combine(request.until + timedelta(days=1), time.min, branch.tz)
    notify_all(
        Message(
            ASKED,
            key=f"support-asked:{event.pk}:u{user.pk}",
            branch=branch,
            user=user,
            context={
                "title": event.title,
                "when": when_words(event),
                "helps": [label.lower() for label in Help.labels_of(request.kinds)],
                "text": request.text,
                "until": f"{request.until:%d.%m.%Y}",
            },
            path=reverse("support-offer", args=[event.pk]),
            too_late_at=last,
        )
        for user in leaders.distinct().order_by("pk")
    )


def tell_offered(support: StateEventSupport) -> None:
    """To the administration: a community offers its help, or takes the offer back."""
    event = support.event
    gone = support.offer == Offer.WITHDRAWN
    step = f"withdrawn:{_stamp(support.offered_at)}" if gone else _stamp(support.offered_at)
    notify_all(
        Message(
            OFFERED,
            key=f"support-offered:{support.pk}:{step}:u{user.pk}",
            branch=support.branch,
            user=user,
            context={
                "title": event.title,
                "name": support.community.working_name,
                "how": support.how,
                "withdrawn": gone,
            },
            path=reverse("state-event-answers", args=[event.pk]),
        )
        for user in User.objects.holding(RoleKind.ADMINISTRATION, support.branch)
    )


def tell_support_answered(support: StateEventSupport) -> None:
    _tell_people(
        ANSWERED,
        support,
        f"support-answered:{support.pk}:{_stamp(support.answered_at)}",
        accepted=support.offer == Offer.ACCEPTED,
        answer=support.answer,
    )


def _tell_people(kind: Kind, support: StateEventSupport, key: str, **more: Any) -> None:
    event = support.event
    context = {
        "title": event.title,
        "when": when_words(event),
        "name": support.community.working_name,
        **more,
    }
    notify_all(
        Message(
            kind,
            key=f"{key}:u{user.pk}",
            branch=support.branch,
            user=user,
            context=context,
            path=reverse("support-detail", args=[support.pk]),
        )
        for user in _people_of(support.community, support.offered_by)
    )


def _remind_of_proof(supports: Sequence[StateEventSupport], offset: timedelta) -> None:
    for support in supports:
        ended = _stamp(support.event.ends_at)
        _tell_people(DUE, support, f"support-due:{support.pk}:{ended}:{offset.days}")


remind(
    "support-due",
    rows=lambda: StateEventSupport.objects.proof_due().select_related(
        "event", "community__current", "branch", "offered_by"
    ),
    dated="event__ends_at",
    offsets=[timedelta(hours=15), timedelta(days=7)],
    tell=_remind_of_proof,
    since="answered_at",
    grace=timedelta(days=14),
)


# --- the coordinator has decided -------------------------------------------------------------------


def tell_confirmed(support: StateEventSupport) -> None:
    _tell_people(CONFIRMED, support, f"support-confirmed:{support.pk}:{_stamp(support.submitted_at)}")


def tell_proof_returned(support: StateEventSupport, reason: str) -> None:
    key = f"support-returned:{support.pk}:{_stamp(support.submitted_at)}"
    _tell_people(RETURNED, support, key, reason=reason)


def tell_talk_approved(talk: Talk) -> None:
    _tell_of_talk(TALK_APPROVED, talk, f"talk-approved:{talk.pk}", talk.community.get_absolute_url())


def tell_talk_returned(talk: Talk, reason: str) -> None:
    address = reverse("talk-edit", args=[talk.pk])
    _tell_of_talk(TALK_RETURNED, talk, f"talk-returned:{talk.pk}", address, reason=reason)


def _tell_of_talk(kind: Kind, talk: Talk, key: str, path: str, **more: Any) -> None:
    context = {
        "topic": talk.topic,
        "name": talk.community.working_name,
        "day": f"{talk.date:%d.%m.%Y}",
        **more,
    }
    notify_all(
        Message(
            kind,
            key=f"{key}:{_stamp(talk.submitted_at)}:u{user.pk}",
            branch=talk.branch,
            user=user,
            context=context,
            path=path,
        )
        for user in _people_of(talk.community, talk.submitted_by)
    )
