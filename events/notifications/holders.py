"""What those who hold an event, or help the city with it, hear when somebody else changes its dates or its holders."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from communities.choices import SPEAKING
from communities.models import Stewardship
from events.choices import Offer, OrganiserState
from events.models import Event, Occurrence, Organiser, StateEventSupport
from events.notifications import HOLDING, holders_of, when_words
from events.notifications.dates import Known, known, moment_words, move_words
from hub.choices import State
from hub.models import User
from hub.outbox import Kind, Message, call_back, declare, notify_all, remind

_TAKING_PART = _("Ваше сообщество проводит это событие или помогает ему.")

OFF = declare("event_off", _("Событие вашего сообщества отменили"), _TAKING_PART, needs_act=True, icon="ban")
MOVED = declare(
    "event_moved", _("Событие вашего сообщества перенесли"), _TAKING_PART, needs_act=True, icon="history"
)
ON = declare(
    "event_on",
    _("Отменённое событие вашего сообщества снова в силе"),
    _TAKING_PART,
    needs_act=True,
    icon="calendar-plus",
)
LEFT = declare(
    "event_left", _("Сообщество больше не организатор"), _("Вы ведёте сообщество на портале."), icon="users"
)
SOON = declare("event_soon", _("Скоро ваше событие, на которое не записываются"), HOLDING, icon="bell")

_DAY = timedelta(days=-1)
#: A letter names so many dates; the rest is a number.
NAMED = 10


@dataclass(frozen=True)
class _Hearer:
    """Somebody of the event: where a letter leads them, and whether they only help."""

    user: User
    path: str
    helps: bool = False


def tell_holders(
    event: Event,
    dates: Mapping[int, Occurrence],
    *,
    off: Mapping[int, Known],
    on: Mapping[int, Known],
    moved: Mapping[int, Known],
    but: Container[int],
) -> set[int]:
    """What became of these dates, to everybody of the event `but` those who know; the keys of those who heard.

    By their keys: `dates` as they are now, the rest as they were known, also of dates that are gone. Nobody
    hears of a draft: it is being written.
    """
    if event.state == State.DRAFT or not (off or on or moved):
        return set()
    hearing = [one for one in _hearers(event) if one.user.pk not in but]
    notes = [dates[pk].note for pk in off if pk in dates]
    why = event.cancelled_because if event.is_cancelled else next(filter(None, notes), "")
    _tell(OFF, event, hearing, off, _named(event, off) | {"note": why, "whole": event.is_cancelled})
    _tell(ON, event, hearing, on, _named(event, on))
    moves = [move_words(event, dates[pk], was) for pk, was in _in_time(moved)[:NAMED]]
    when = moves[0]["now"] if moves else ""
    now = {pk: known(dates[pk], event) for pk in moved}
    _tell(MOVED, event, hearing, now, {"when": when, "moves": moves, "more": max(0, len(moved) - NAMED)})
    return {one.user.pk for one in hearing}


def _hearers(event: Event) -> list[_Hearer]:
    """The holders, and those who speak for communities whose help is offered or accepted; each once."""
    found = {user: _Hearer(user, reverse("event-manage", args=[event.pk])) for user in holders_of(event)}
    if event.is_state:
        for user, support in _helpers(event):
            found.setdefault(user, _Hearer(user, reverse("support-detail", args=[support]), helps=True))
    return list(found.values())


def _helpers(event: Event) -> Iterator[tuple[User, int]]:
    """With the key of the support; whoever helps a series helps what goes on from it, too."""
    rows = StateEventSupport.objects.filter(event__in=event.line, offer__in=[Offer.OFFERED, Offer.ACCEPTED])
    supports = list(rows.select_related("offered_by").order_by("pk"))
    of = {support.community_id: support.pk for support in supports}
    for row in (
        Stewardship.objects.filter(community__in=of, role__in=SPEAKING).select_related("user").order_by("pk")
    ):
        yield row.user, of[row.community_id]
    for support in supports:
        yield support.offered_by, support.pk


def _in_time(dates: Mapping[int, Known]) -> list[tuple[int, Known]]:
    return sorted(dates.items(), key=lambda one: (one[1].starts_at, one[0]))


def _named(event: Event, dates: Mapping[int, Known]) -> dict[str, Any]:
    """The first of the dates in words, and how many more there are."""
    words = [moment_words(event, one.starts_at) for _pk, one in _in_time(dates)]
    return {"when": words[0] if words else "", "dates": words[:NAMED], "more": max(0, len(words) - NAMED)}


def _tell(
    kind: Kind, event: Event, hearing: Iterable[_Hearer], dates: Mapping[int, Known], said: dict[str, Any]
) -> None:
    """One message to each about all of these dates; the event's sequence makes each change once."""
    if not dates:
        return
    notify_all(
        Message(
            kind,
            key=f"{kind.code.replace('_', '-')}:{event.pk}:{event.sequence}:u{one.user.pk}",
            branch=event.branch,
            user=one.user,
            context={"title": event.title, "helps": one.helps, **said},
            path=one.path,
            too_late_at=max(date.ends_at for date in dates.values()),
        )
        for one in hearing
    )


# --- who holds it ----------------------------------------------------------------------------------


def tell_left(organiser: Organiser, *, by: User) -> None:
    """A community is about to be taken off: its people hear of it, and so do the others, but for whoever does it.

    One that had not answered yet has lost nothing: what asks it to is called back.
    """
    event, community = organiser.event, organiser.community
    if organiser.state == OrganiserState.INVITED:
        call_back(f"event-invited:{organiser.pk}:")
    if organiser.state != OrganiserState.ACCEPTED:
        return
    theirs = {user.pk for user in community.speakers}
    # Who holds it no more may not open its desk, and not see it at all before the city does.
    shown = event.get_absolute_url() if event.state == State.APPROVED else reverse("cabinet")
    desk = reverse("event-manage", args=[event.pk])
    notify_all(
        Message(
            LEFT,
            key=f"event-left:{organiser.pk}:u{user.pk}",
            branch=event.branch,
            user=user,
            context={
                "title": event.title,
                "when": when_words(event),
                "name": community.working_name,
                "yours": user.pk in theirs,
            },
            path=shown if user.pk in theirs else desk,
        )
        for user in holders_of(event)
        if user != by
    )


# --- before it begins ------------------------------------------------------------------------------


def _remind(dates: Sequence[Occurrence], offset: timedelta) -> None:
    notify_all(
        Message(
            SOON,
            key=f"event-soon:{date.pk}:{date.starts_at:%Y%m%d%H%M}:u{user.pk}",
            branch=date.event.branch,
            user=user,
            context={
                "title": date.event.title,
                # Not «tomorrow»: after quiet hours it would be today.
                "when": moment_words(date.event, date.starts_at),
                "place": date.place,
            },
            path=reverse("event-manage", args=[date.event_id]),
            too_late_at=date.starts_at,
        )
        for date in dates
        for user in holders_of(date.event)
    )


# The list of who comes reminds of events that people register for; of the others only this one line does.
# Whoever meets every week knows it: of a series the first date alone is reminded of. A switch of the kind would
# have to be found by everybody whom the other fifty letters of a year annoy. Calendars of other programs remind
# by themselves of what comes from them.
remind(
    "event-soon",
    rows=lambda: Occurrence.objects.to_be_held().select_related("event__branch"),
    dated="starts_at",
    offsets=[_DAY],
    tell=_remind,
    since="event__decided_at",
    grace=timedelta(hours=21),
)
