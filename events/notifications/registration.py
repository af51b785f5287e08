"""What those who registered are told, and what organisers hear of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from events.choices import RegistrationState
from events.models import Event, Occurrence, Registration
from events.notifications import HOLDING, holders_of
from events.notifications.dates import Known, file_of, moment_words, move_words
from hub.models import User
from hub.outbox import Kind, Message, call_back, declare, notify_all, remind

_COMING = _("Вы записались на событие на портале.")

MADE = declare("registration_made", _("Запись на событие"), _COMING, icon="clipboard-check")
PROMOTED = declare(
    "registration_promoted", _("Освободилось место"), _COMING, needs_act=True, icon="user-check"
)
MOVED = declare(
    "registration_moved",
    _("Событие, на которое вы записаны, перенесли"),
    _COMING,
    needs_act=True,
    icon="history",
)
OFF = declare(
    "registration_off", _("Событие, на которое вы записаны, отменили"), _COMING, needs_act=True, icon="ban"
)
ON = declare(
    "registration_on",
    _("Отменённое событие всё-таки состоится"),
    _COMING,
    needs_act=True,
    icon="calendar-plus",
)
SOON = declare("registration_soon", _("Скоро событие, на которое вы записаны"), _COMING, icon="bell")
ATTENDANCE = declare("attendance_list", _("Кто придёт завтра"), HOLDING, icon="users")

_DAY, _HOURS, _HOUR = timedelta(days=-1), timedelta(hours=-2), timedelta(hours=1)
#: A letter names so many; the rest is a number.
NAMED = 60


def _about(date: Occurrence, *others: Occurrence) -> dict[str, Any]:
    """What every letter about a date says of it, and the file with it and the `others` of the same event."""
    event = date.event
    return {
        "title": event.title if others else date.title,
        "when": moment_words(event, date.starts_at),
        "place": date.place,
        "ics": file_of([date, *others]),
    }


def _mine() -> str:
    return reverse("my-registrations")


def tell_registered(registration: Registration) -> None:
    """A seat, or which place in the line."""
    date = registration.occurrence
    waits = registration.state == RegistrationState.WAITING
    notify_all([
        Message(
            MADE,
            key=f"registration-made:{registration.pk}",
            branch=date.event.branch,
            user=registration.user,
            context=_about(date) | {"waits": waits, "place_in_line": date.waiting if waits else 0},
            path=_mine(),
            too_late_at=date.ends_at,
        )
    ])  # fmt: skip


def tell_promoted(registrations: Iterable[Registration]) -> None:
    """A seat after all."""
    notify_all(
        Message(
            PROMOTED,
            key=f"registration-promoted:{one.pk}",
            branch=one.occurrence.event.branch,
            user=one.user,
            context=_about(one.occurrence),
            path=_mine(),
            too_late_at=one.occurrence.ends_at,
        )
        for one in registrations
    )


def tell_moved(event: Event, registrations: Iterable[Registration], knew: Mapping[int, Known]) -> None:
    """Another time, another place: one letter about all of a person's dates."""

    def dates(mine: list[Registration]) -> dict[str, Any]:
        moves = [move_words(event, one.occurrence, knew[one.occurrence_id]) for one in mine]
        return _about(*(one.occurrence for one in mine)) | {"moves": moves}

    _tell_each(MOVED, event, registrations, dates)


def tell_off(event: Event, registrations: Iterable[Registration]) -> None:
    """A date, several of them, or the whole event is called off."""

    def dates(mine: list[Registration]) -> dict[str, Any]:
        note = event.cancelled_because if event.is_cancelled else mine[0].occurrence.note
        return (
            _about(*(one.occurrence for one in mine))
            | _named(event, mine)
            | {"note": note, "whole": event.is_cancelled}
        )

    _tell_each(OFF, event, registrations, dates)


def tell_on(event: Event, registrations: Iterable[Registration]) -> None:
    """The calling-off is taken back, and everybody is still on the list."""
    _tell_each(
        ON, event, registrations, lambda mine: _about(*(one.occurrence for one in mine)) | _named(event, mine)
    )


def _named(event: Event, mine: list[Registration]) -> dict[str, Any]:
    return {"dates": [moment_words(event, one.occurrence.starts_at) for one in mine]}


def _tell_each(kind: Kind, event: Event, registrations: Iterable[Registration], said: Any) -> None:
    """One message to each person about all of theirs; the event's sequence makes each change once."""
    theirs: dict[User, list[Registration]] = defaultdict(list)
    for one in sorted(registrations, key=lambda one: one.occurrence.starts_at):
        theirs[one.user].append(one)
    notify_all(
        Message(
            kind,
            key=f"{kind.code}:{event.pk}:{event.sequence}:u{user.pk}",
            branch=event.branch,
            user=user,
            context=said(mine),
            path=_mine(),
            too_late_at=max(one.occurrence.ends_at for one in mine),
        )
        for user, mine in theirs.items()
    )


# --- before it begins ------------------------------------------------------------------------------


def silence(registrations: Iterable[Registration]) -> None:
    """Reminders that are still on their way go no further."""
    call_back(*(_soon(one.pk) for one in registrations))


def _soon(registration: int) -> str:
    return f"registration-soon:{registration}:"


def _remind(registrations: Sequence[Registration], offset: timedelta) -> None:
    notify_all(
        Message(
            SOON,
            key=f"{_soon(one.pk)}{date.starts_at:%Y%m%d%H%M}:{offset // _HOUR}",
            branch=date.event.branch,
            user=one.user,
            context=_about(date) | {"soon": offset == _HOURS, "online": date.event.online_url},
            path=_mine(),
            # The first one is worth nothing any more when the second is due.
            too_late_at=date.starts_at if offset == _HOURS else date.starts_at + _HOURS,
        )
        for one in registrations
        for date in [one.occurrence]
        # What lasts the whole day begins at midnight: nobody is woken for it.
        if not (date.all_day and offset == _HOURS)
    )


remind(
    "registration-soon",
    rows=lambda: Registration.objects.to_be_reminded().select_related("user", "occurrence__event__branch"),
    dated="occurrence__starts_at",
    offsets=[_DAY, _HOURS],
    tell=_remind,
    since="knows_since",
    grace=-_HOURS,
)


def _list(dates: Sequence[Occurrence], offset: timedelta) -> None:
    for date in dates:
        going = date.registrations.going().by_name().values_list("user__name", flat=True)
        names = [name for name in going[:NAMED] if name]
        notify_all(
            Message(
                ATTENDANCE,
                key=f"attendance-list:{date.pk}:{date.starts_at:%Y%m%d%H%M}:u{user.pk}",
                branch=date.event.branch,
                user=user,
                context=_about(date)
                | {
                    "names": names,
                    "more": date.going - len(names),
                    "going": date.going,
                    "waiting": date.waiting,
                },
                path=f"{reverse('event-registrations', args=[date.event_id])}?date={date.pk}",
                too_late_at=date.starts_at,
            )
            for user in holders_of(date.event)
            if user.has_perm("events.see_registrations", date.event)
        )


remind(
    "attendance-list",
    rows=lambda: Occurrence.objects.attended().select_related("event__branch"),
    dated="starts_at",
    offsets=[_DAY],
    tell=_list,
    grace=timedelta(hours=21),
)
