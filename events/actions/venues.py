"""Places of the city: organisers add them, the coordinator mends them and puts twins together.

What a venue says of itself is copied into the dates that are held there. So whoever begins to be at a venue
holds it until they commit, and whoever changes it holds it with all its events: neither overlooks the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, CharField, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actions.stale import Stale
from events.models import Event, EventEdit, Occurrence, Venue
from events.querysets import EventQuerySet
from hub.approvals import AlreadyDecided, Refused, record_revision
from hub.models import Branch, User

#: What two venues may say differently, and the columns that it stands in.
PARTS = {
    "name": ("name",),
    "address": ("address",),
    "district": ("district",),
    "pin": ("lat", "lng"),
    "accessible": ("accessible",),
    "is_roomy": ("is_roomy",),
}
COLUMNS = ("other_names", *(column for columns in PARTS.values() for column in columns))
#: What dates have a copy of, and what calendars of others read.
_COPIED = {"name", "district", "lat", "lng"}
_TOLD = {*_COPIED, "address"}
#: A venue has no more names than that.
MOST_NAMES = 20


def held_by_name(branch: Branch | int, name: str) -> Venue | None:
    """The venue that is called so, as it will be until the transaction ends."""
    rows = Venue.objects.in_branch(branch).called(name).select_for_update(no_key=True)
    # One that went into its twin while we waited for it has left its name there.
    return rows.first() or rows.first()


def hold(venue: Venue) -> Venue:
    """The venue, fresh, as it will be until the transaction ends: for an event that begins to be there.

    Raises Refused when it is gone.
    """
    fresh = Venue.objects.select_for_update(no_key=True).filter(pk=venue.pk).first()
    if fresh is None:
        raise Refused(_("Эту площадку объединили с другой, пока вы писали. Выберите её в списке заново."))
    return fresh


@transaction.atomic
def add_venue(branch: Branch, said: Mapping[str, Any], *, by: User) -> Venue:
    """The place that is called so; named twice it is one, however its letters are written."""
    known = held_by_name(branch, said["name"])
    if known:
        return known
    rest = {name: value for name, value in said.items() if name != "name"}
    venue, created = Venue.objects.get_or_create(branch=branch, name=said["name"], defaults=rest)
    if created:
        record_revision(venue, "add", by=by)
    return venue


def mark_of_venue(venue: Venue) -> str:
    """Other whenever anything of it is other."""
    said = repr([getattr(venue, name) for name in COLUMNS])
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


@transaction.atomic
def change_venue(venue: Venue, said: Mapping[str, Any], *, seen: str, by: User) -> Venue:
    """Mend what stands of it; dates to come say so from now on. `seen` is the mark of what was read before.

    It stays the same place: nobody who has registered is told of another. The name that it had goes on being
    known. Raises Stale when somebody was faster, and Refused when it cannot be.
    """
    [fresh] = _hold_with_events(venue)
    if mark_of_venue(fresh) != seen:
        raise Stale(fresh)
    before = _words(fresh)
    changed = [name for name in COLUMNS if name in said and getattr(fresh, name) != said[name]]
    if "name" in changed and fresh.name.lower() != said["name"].lower():
        said = {**said, "other_names": [*said.get("other_names", fresh.other_names), fresh.name]}
    for name in changed:
        setattr(fresh, name, said[name])
    _save(fresh, said.get("other_names", fresh.other_names))
    if changed:
        _retell(fresh, changed)
        record_revision(fresh, "change", by=by, note=before, changed=changed)
    return fresh


@transaction.atomic
def merge_venues(source: Venue, target: Venue, *, by: User, take: Collection[str] = ()) -> Venue:
    """Let `source` go into `target`: its events and their dates are there from now on, `take` names what of PARTS
    comes from it. What it was stands in the Revision alone.

    Raises Refused when it cannot be, AlreadyDecided when somebody was faster.
    """
    if source.pk == target.pk:
        raise Refused(_("Это одна и та же площадка. Выберите вторую."))
    source, target = _hold_with_events(source, target)
    if source.branch_id != target.branch_id:
        raise Refused(_("Объединить можно только площадки одного отделения."))
    before, names = _words(target), [*target.other_names, target.name, *source.other_names, source.name]
    changed = [
        column
        for part in take
        for column in PARTS[part]
        if getattr(source, column) != getattr(target, column)
    ]
    for column in changed:
        setattr(target, column, getattr(source, column))
    events = list(source.events.order_by("pk").values_list("pk", flat=True))
    source.events.update(venue=target)
    Occurrence.objects.filter(venue=source).update(venue=target)
    _go_along(source, target)
    gone = f"№{source.pk} {_words(source)}"
    record_revision(source, "merge", by=by, note=f"→ №{target.pk}")
    source.delete()
    _save(target, names)
    _retell(target, COLUMNS)
    note = f"{gone}; {_('события')}: {', '.join(map(str, events)) or '—'}; {_('было')}: {before}"
    record_revision(target, "merge", by=by, note=note, changed=changed)
    return target


def _go_along(source: Venue, target: Venue) -> None:
    """What a coordinator may put back is put back to the one that stays. Raises AlreadyDecided as `_hold_with_events`."""
    waiting = EventEdit.objects.submitted().filter(before__venue_id=source.pk)
    free = list(waiting.select_for_update(skip_locked=True))
    if waiting.exclude(pk__in=[edit.pk for edit in free]).exists():
        raise AlreadyDecided(_busy())
    for edit in free:
        edit.before["venue_id"] = target.pk
        edit.save(update_fields=["before"])


def _busy() -> str:
    return _(
        "Прямо сейчас площадку или событие на ней меняет кто-то ещё. Подождите немного и отправьте снова."
    )


def _hold_with_events(*venues: Venue) -> list[Venue]:
    """All of them and all their events, locked until the transaction ends.

    Nobody is waited for, so that nobody waits in a circle. Raises AlreadyDecided instead.
    """
    keys = [venue.pk for venue in venues]
    held = {row.pk: row for row in Venue.objects.filter(pk__in=keys).select_for_update(skip_locked=True)}
    if len(held) == len(keys):
        # From here on no event comes in; one that somebody is at work on is not ours to change.
        events = _events_at(keys)
        free = events.select_for_update(skip_locked=True, no_key=True).values_list("pk", flat=True)
        if not events.exclude(pk__in=list(free)).exists():
            return [held[key] for key in keys]
    elif Venue.objects.filter(pk__in=keys).count() < len(keys):
        raise AlreadyDecided(_("Этой площадки уже нет: её объединили с другой. Обновите страницу."))
    raise AlreadyDecided(_busy())


def _events_at(venues: Iterable[int]) -> EventQuerySet:
    """Those that are held at one of them (keys), if only on one date."""
    dates = Occurrence.objects.filter(venue__in=venues, own_place__isnull=False)
    return Event.objects.filter(Q(venue__in=venues) | Q(pk__in=dates.values("event")))


def _save(venue: Venue, names: Iterable[str]) -> None:
    """Raises Refused when another venue is called so."""
    rows = Venue.objects.in_branch(venue.branch_id).exclude(pk=venue.pk)
    if rows.filter(name__iexact=venue.name).exists():
        raise Refused(name_is_taken())
    known = dict.fromkeys(name.lower() for name in names if name.lower() != venue.name.lower())
    venue.other_names = list(known)[-MOST_NAMES:]
    try:
        with transaction.atomic():
            venue.save()
    except IntegrityError:  # somebody has just added one
        raise Refused(name_is_taken()) from None


def name_is_taken() -> str:
    return _("Площадка с таким названием уже есть. Если это одно и то же место, объедините их.")


def _retell(venue: Venue, changed: Iterable[str]) -> None:
    """Dates to come say what the venue says now; what is over stays as it was. Calendars are to be read anew."""
    if _TOLD.isdisjoint(changed):
        return
    _events_at([venue.pk]).update(changed_at=timezone.now())
    if _COPIED.isdisjoint(changed):
        return
    # The same words as in `copy_onto` (copying.py), of however many dates in one statement.
    name = Value(venue.name)
    rest = Case(
        When(words="", then=name), default=Concat(name, Value(", "), F("words"), output_field=CharField())
    )
    words = Coalesce(OuterRef("own_place"), F("place"), output_field=CharField())
    place = Event.objects.filter(pk=OuterRef("event")).annotate(words=words, said=rest).values("said")
    dates = Occurrence.objects.filter(venue=venue, ends_at__gt=timezone.now())
    dates.update(place=Subquery(place), district=venue.district, lat=venue.lat, lng=venue.lng)


def _words(venue: Venue) -> str:
    """What stood of it, for the trace."""
    pin = "" if venue.lat is None or venue.lng is None else f"{venue.lat}, {venue.lng}"
    flags = [
        str(Venue._meta.get_field(name).verbose_name)
        for name in ("accessible", "is_roomy")
        if getattr(venue, name)
    ]
    others = ", ".join(venue.other_names)
    parts = [f"«{venue.name}»", others and f"({others})", venue.address, venue.district, pin, *flags]
    return ", ".join(str(part) for part in parts if part)
