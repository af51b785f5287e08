"""Guests who come without having registered: let in at the door, under the lock of the date."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actions.registering import lock_date, promote
from events.models import Occurrence, WalkIn
from hub.approvals import Refused, record_revision
from hub.models import User


class NoSeats(Refused):
    """More people than seats; whoever stands at the door may let them in all the same."""


def why_shut(occurrence: Occurrence) -> str:
    """Why nobody can be let in now; "" when the door is open: all of the day, and afterwards."""
    if occurrence.cancelled_at:
        return _("Эта дата отменена: отмечать некого.")
    today = timezone.localdate(timezone=occurrence.event.tz)
    if today < occurrence.starts_at.astimezone(occurrence.event.tz).date():
        return _("Гостей без записи отмечают в день события. Пока пусть запишутся на его странице.")
    return ""


@transaction.atomic
def let_in(
    occurrence: Occurrence, *, name: str, people: int, token: str, over: bool = False, by: User
) -> WalkIn:
    """Count them among those who came. The same form twice is once.

    Raises Refused, and NoSeats when there are fewer seats left and nobody has said that it is all right (`over`).
    """
    date = lock_date(occurrence)
    if known := WalkIn.objects.filter(token=token).first():
        return known
    if why := why_shut(date):
        raise Refused(why)
    if not over and date.seats_left is not None and people > date.seats_left:
        raise NoSeats(_no_seats(date))
    guest = WalkIn.objects.create(
        occurrence=date, name=name.strip()[:120], people=people, token=token, added_by=by
    )
    _count(date)
    record_revision(guest, "let-in", by=by, note=f"{people}{' over' if over else ''}")
    return guest


def _no_seats(date: Occurrence) -> str:
    here = date.registrations.going().exclude(checked_in_at=None).count() + date.walked_in
    return _("Свободно мест: %(left)s из %(all)s, если придут все, кто записался. Пока пришли %(here)s.") % {
        "left": date.seats_left, "all": date.capacity, "here": here
    }  # fmt: skip


@transaction.atomic
def take_back(guest: WalkIn, *, by: User) -> None:
    """A slip of the finger at the door. Twice is once."""
    date = lock_date(guest.occurrence)
    fresh = date.walk_ins.filter(pk=guest.pk).first()
    if fresh is not None:
        record_revision(fresh, "take-back", by=by, note=str(fresh.people))
        fresh.delete()
        _count(date)
        promote(date)


def _count(date: Occurrence) -> None:
    """What stands beside the locked date is what its guests say."""
    date.walked_in = date.walk_ins.aggregate(people=Sum("people"))["people"] or 0
    date.save(update_fields=["walked_in"])
