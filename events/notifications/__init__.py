"""What is said to whom about events, and when. Keys make each message once."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from communities.choices import SPEAKING
from communities.models import Community
from communities.notifications import remind_of_norm
from events.choices import OrganiserState
from events.models import Event, EventEdit, Organiser, RemoteCalendar
from hub.models import User
from hub.outbox import Message, declare, notify_all
from hub.outbox.kinds import Kind

HOLDING = _("Ваше сообщество проводит это событие.")

APPROVED = declare("event_approved", _("Событие одобрили"), HOLDING, icon="circle-check")
RETURNED = declare("event_returned", _("Событие вернули"), HOLDING, needs_act=True, icon="arrow-back-up")
PUT_BACK = declare(
    "event_put_back", _("Правку события отменили"), HOLDING, needs_act=True, icon="arrow-back-up"
)
INVITED = declare(
    "event_invited",
    _("Зовут провести событие вместе"),
    _("Вы ведёте сообщество на портале."),
    needs_act=True,
    icon="heart-handshake",
)
ANSWERED = declare("event_answered", _("На приглашение ответили"), HOLDING, icon="heart-handshake")

_FOLLOWING = _("К порталу подключён календарь вашего сообщества.")
REMOTE_BROKEN = declare(
    "remote_broken", _("Календарь не читается"), _FOLLOWING, needs_act=True, icon="calendar-off"
)
REMOTE_LOOK = declare(
    "remote_look", _("Из календаря пропали события"), _FOLLOWING, needs_act=True, icon="alert-triangle"
)
REMOTE_APPROVED = declare(
    "remote_approved", _("События из календаря одобрили"), _FOLLOWING, icon="circle-check"
)
remind_of_norm(
    "event-norm",
    lambda: Event.objects.submitted().filter(cancelled_at=None).select_related("branch"),
    lambda event: event.title,
)
remind_of_norm(
    "event-edit-norm",
    lambda: EventEdit.objects.submitted().select_related("branch", "event"),
    lambda edit: edit.event.title,
)


def holders_of(event: Event) -> Iterable[User]:
    """Those who speak for the communities that hold it, and its author, as long as they work there."""
    author = Q(pk=event.created_by_id)
    of_holders = Q(
        stewardships__community__organised__event=event,
        stewardships__community__organised__state=OrganiserState.ACCEPTED,
    ) & (author | Q(stewardships__role__in=SPEAKING))
    if event.is_state:
        of_holders |= author & Q(roles__branch=event.branch_id)
    return User.objects.filter(of_holders).distinct().order_by("pk")


def when_words(event: Event) -> str:
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
            context={"title": event.title, "when": when_words(event)},
            path=event.get_absolute_url(),
        )
        for user in holders_of(event)
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
        for user in holders_of(event)
    )


def tell_put_back(edit: EventEdit, reason: str) -> set[int]:
    """The event says again what it said before; the keys of those who heard."""
    event, holders = edit.event, list(holders_of(edit.event))
    notify_all(
        Message(
            PUT_BACK,
            key=f"event-put-back:{edit.pk}:u{user.pk}",
            branch=event.branch,
            user=user,
            context={"title": event.title, "reason": reason},
            path=reverse("event-manage", args=[event.pk]),
        )
        for user in holders
    )
    return {user.pk for user in holders}


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
                "when": when_words(event),
                "name": community.working_name,
                "hosts": [host.working_name for host in hosts],
                "by": str(by),
            },
            path=reverse("organiser-answer", args=[organiser.pk]),
        )
        for user in community.speakers
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
        for user in holders_of(event)
        if user.pk != organiser.answered_by_id
    )


# --- calendars of other programs -----------------------------------------------------------------------


def _tell_speakers(kind: Kind, source: RemoteCalendar, which: str, **more: object) -> None:
    """Those who speak for the community hear of its calendar; `which` makes the message once."""
    notify_all(
        Message(
            kind,
            key=f"{kind.code.replace('_', '-')}:{source.pk}:{which}:u{user.pk}",
            branch=source.branch,
            user=user,
            context={"name": source.name, "community": source.community.working_name, **more},
            path=reverse("remote-detail", args=[source.pk]),
        )
        for user in source.community.speakers
    )


def tell_broken(source: RemoteCalendar) -> None:
    """It has not been read for days: once for each time that it fails."""
    since = source.failing_since
    if since:
        words = {"error": source.error_words, "since": f"{since.astimezone(source.branch.tz):%d.%m.%Y}"}
        _tell_speakers(REMOTE_BROKEN, source, f"{since:%Y%m%d%H%M%S}", **words)


def tell_look(source: RemoteCalendar, gone: int, since: str) -> None:
    """Too much is gone from it at once: nothing is called off until somebody looks."""
    _tell_speakers(REMOTE_LOOK, source, since, gone=gone)


def tell_all_approved(source: RemoteCalendar, events: int, when: str) -> None:
    """One message, however many events came through at once."""
    _tell_speakers(REMOTE_APPROVED, source, when, events=events)
