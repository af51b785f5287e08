"""What a calendar of another program says becomes events of ours: what would happen, and making it happen."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actions.announcing import save_under_free_address
from events.actions.changing import cancel_event, reinstate_event
from events.actions.copying import COPIED, copy_onto, held_by
from events.actions.promises import keeping_promises
from events.actions.scheduling import follow_rule, is_over, list_dates
from events.actions.search import learn_title
from events.actions.trusting import truster_of
from events.actions.venues import held_by_name
from events.choices import OrganiserState, Refusal
from events.models import Event, ImportedEvent, Organiser, RemoteCalendar, Venue
from events.querysets.occurrence import CHANGED, HAS_OWN
from events.reading import Incoming, Reading, Refused
from hub.approvals import lock, move, record_revision
from hub.choices import State

#: More than so many, and more than half of what is to come, does not go without a person's word.
MANY = 3
#: Columns that the source fills.
TAKEN = (
    "title", "description", "place", "online_url", "topics", "venue", "is_free", "price", "starts_at", "ends_at",
    "timezone", "all_day", "rrule", "exdates", "rdates",
)  # fmt: skip
_PRICE = re.compile(
    r"^\W*(?:стоимость|цена|билеты?|price|cost)\s*[:—–-]\s*(.*\d.*)$", re.IGNORECASE | re.MULTILINE
)
#: Said of the entry itself: «детям бесплатно» says nothing of the rest.
_FREE = re.compile(
    r"\b(?:вход|участие|посещение)\s*[:—–-]?\s*(?:свободн|бесплатн)|\bбесплатн\w+ (?:вход|участие|посещение)"
    r"|\bfree (?:entry|entrance|admission)\b",
    re.IGNORECASE,
)


@dataclass
class Plan:
    """What a reading would change; nothing is written."""

    new: list[Incoming] = field(default_factory=list)
    changed: list[tuple[ImportedEvent, Incoming]] = field(default_factory=list)
    same: list[tuple[ImportedEvent, Incoming]] = field(default_factory=list)
    gone: list[ImportedEvent] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    past: int = 0
    is_alarming: bool = False


def plan(source: RemoteCalendar, reading: Reading) -> Plan:
    """Compare a reading with what we have of this source."""
    made = Plan(past=reading.past, refused=list(reading.refused))
    known = source.imported.known() if source.pk else {}
    rest = {uid: row for uid, row in known.items() if uid not in {event.uid for event in reading.events}}
    renamed = defaultdict(list)
    for row in rest.values():
        renamed[_key(row.event)].append(row)
    ours = _ours(source, [event for event in reading.events if event.uid not in known])
    for event in reading.events:
        row = known.get(event.uid)
        if row is None and renamed[_key(event)]:
            row = renamed[_key(event)].pop(0)
            del rest[row.remote_uid]
        if row is None and (event.uid in ours or _key(event) in ours):
            made.refused.append(Refused(event.title, f"{event.starts_at:%Y-%m-%d}", Refusal.OURS))
        elif row is None:
            made.new.append(event)
        elif (row.digest == digest(event) and row.left_at is None) or _is_older(event, row):
            made.same.append((row, event))
        else:
            made.changed.append((row, event))
    if source.is_followed:
        left = [row.pk for uid, row in rest.items() if uid not in reading.held_back and row.left_at is None]
        to_come = source.imported.to_come() if source.pk else ImportedEvent.objects.none()
        made.gone = list(to_come.filter(pk__in=left).select_related("event").order_by("event__starts_at"))
        all_of_it = not reading.events and not reading.past
        made.is_alarming = bool(made.gone) and (
            all_of_it or (len(made.gone) > MANY and len(made.gone) * 2 > to_come.count())
        )
    return made


def _key(event: Event | Incoming) -> tuple[datetime, str]:
    """By what an event is known again when its program calls it otherwise each time."""
    return event.starts_at, event.title


def _ours(source: RemoteCalendar, events: Iterable[Incoming]) -> set[object]:
    """UIDs and keys of what stands on the portal already and must not stand there twice.

    A UID of ours comes back when somebody subscribes a calendar of the portal: events of one's own branch,
    and what came here from another calendar, would go round in circles.
    """
    found: set[object] = set()
    by_uid = Event.objects.filter(uid__in=[event.uid for event in events])
    for uid, branch, imported in by_uid.values_list("uid", "branch_id", "imported__pk"):
        if branch == source.branch_id or imported is not None:
            found.add(uid)
    titles = {event.title for event in events}
    same = Event.objects.held_by(source.community).filter(title__in=titles, cancelled_at=None)
    if source.pk:
        same = same.exclude(imported__source=source)
    return found | set(same.values_list("starts_at", "title"))


def _is_older(event: Incoming, row: ImportedEvent) -> bool:
    """A stale copy of what we have had newer: some servers answer from yesterday."""
    if event.sequence >= row.sequence or event.changed_at is None or row.changed_at is None:
        return False
    return event.changed_at < row.changed_at


def digest(event: Incoming) -> str:
    """Changes when anything changes that we take."""
    said = [repr(getattr(event, name)) for name in _SAID]
    moved = [(at.isoformat(), repr(one)) for at, one in sorted(event.moved.items())]
    return hashlib.sha256(repr((said, moved)).encode()).hexdigest()


_SAID = (
    "title", "starts_at", "ends_at", "timezone", "all_day", "rrule", "exdates", "rdates", "description", "place",
    "online_url", "topics", "cancelled",
)  # fmt: skip


# --- making it so ----------------------------------------------------------------------------------


@transaction.atomic
def apply(source: RemoteCalendar, made: Plan) -> None:
    """Do what the plan says. Called with the source locked."""
    for event in made.new:
        _create(source, event)
    for row, event in made.changed:
        _change(source, row, event)
    for row, event in made.same:
        if row.remote_uid != event.uid:
            row.remote_uid = event.uid
            row.save(update_fields=["remote_uid"])
    for row in made.gone:
        cancel_event(row.event, reason=_("Событие убрали из календаря организатора."), by=source.added_by)
        row.left_at = timezone.now()
        row.save(update_fields=["left_at"])
    source.taken = source.imported.filter(left_at=None).count()
    source.refused = [[one.title, one.day, one.why] for one in made.refused[:100]]


def _create(source: RemoteCalendar, said: Incoming) -> None:
    branch, by = source.branch, source.added_by
    event = Event(branch=branch, created_by=by, **_columns(source, said))
    event.uid = f"{secrets.token_hex(16)}@{branch.host or settings.PORTAL_HOST}"
    save_under_free_address(event)
    Organiser.objects.create(
        event=event,
        community=source.community,
        state=OrganiserState.ACCEPTED,
        answered_by=by,
        answered_at=timezone.now(),
    )
    row = ImportedEvent(event=event, source=source)
    _write_dates(event, row, said)
    _remember(row, said)
    record_revision(event, "import", by=by, note=source.name)
    _send(source, event)
    _call_off_or_back(source, row, said)


def _change(source: RemoteCalendar, row: ImportedEvent, said: Incoming) -> None:
    event = lock(row.event)
    row.event = event
    began = event.starts_at.astimezone(event.tz)
    columns = _columns(source, said)
    changed = [name for name, value in columns.items() if getattr(event, name) != value]
    # Who registered for a date hears of what became of it, and of nothing that comes to the same.
    with keeping_promises(event, by=source.added_by):
        for name in changed:
            setattr(event, name, columns[name])
        event.sequence += 1
        event.save()
        _write_dates(event, row, said, began=began)
    learn_title(event)
    _remember(row, said)
    record_revision(event, "import", by=source.added_by, changed=changed, note=source.name)
    if event.state == State.RETURNED and row.hidden_at is None:
        _send(source, event)
    _call_off_or_back(source, row, said)


def _columns(source: RemoteCalendar, said: Incoming) -> dict[str, object]:
    """What is said, in the columns of an event; a place that the city knows is named as such."""
    columns = {name: getattr(said, name) for name in TAKEN if hasattr(said, name)}
    columns["venue"], columns["place"] = _venue(source, said.place)
    columns["is_free"], columns["price"] = _entry(said.description)
    return columns


def _entry(words: str) -> tuple[bool | None, str]:
    """Whether it is free, and what it costs; None where its program does not say."""
    if price := _PRICE.search(words):
        return False, price[1].strip()[:80]
    return (True if _FREE.search(words) else None), ""


def _venue(source: RemoteCalendar, place: str) -> tuple[Venue | None, str]:
    """A venue of the city that the words begin with, and the rest of them."""
    name = place.partition(",")[0].strip()
    found = held_by_name(source.branch_id, name) if name else None
    if found is None:
        return None, place
    rest = place.partition(",")[2].strip()
    return found, "" if rest == found.address else rest


def _write_dates(event: Event, row: ImportedEvent, said: Incoming, *, began: datetime | None = None) -> None:
    """The dates of the event, those that differ from its rule, and those that its source has called off."""
    coming = event.occurrences.filter(ends_at__gt=timezone.now())
    # Why somebody here has called a date off stays to be read.
    own = coming.filter(CHANGED).filter(HAS_OWN | Q(cancelled_at=None))
    own.update(is_moved=False, note="", own_title=None, own_place=None)
    # Before they move with the whole: what its source has called off no more must not go along as such.
    back = [at for at in row.called_off if not (at in said.moved and said.moved[at].cancelled)]
    coming.filter(was_at__in=back).update(cancelled_at=None)
    follow_rule(event, began)
    _write_own(event, row, said)
    if event.cancelled_at:
        coming.alive().update(cancelled_at=event.cancelled_at)


#: What its source may say of one date.
_OWN = ("is_moved", "starts_at", "ends_at", "note", "cancelled_at", "own_title", "own_place")


def _write_own(event: Event, row: ImportedEvent, said: Incoming) -> None:
    """Dates that the source says otherwise than the rule does."""
    now, held = timezone.now(), held_by(event.organisers.holding())
    places = {own.place for own in said.moved.values() if own.place is not None}
    where = {place: _venue(row.source, place) for place in sorted(places)}
    for date in event.occurrences.filter(was_at__in=said.moved):
        if is_over(date, event, now):
            continue
        own = said.moved[date.was_at]
        date.is_moved = (own.starts_at, own.ends_at) != (date.starts_at, date.ends_at)
        date.starts_at, date.ends_at, date.note = own.starts_at, own.ends_at, own.note
        date.own_title = own.title
        if own.place is not None:
            date.venue, date.own_place = where[own.place]
        copy_onto(date, event, held)
        if own.cancelled:
            date.cancelled_at = date.cancelled_at or now
        # Its seats are counted by others.
        date.save(update_fields=[*_OWN, *COPIED])
    row.called_off = sorted(was_at for was_at, one in said.moved.items() if one.cancelled)


def _remember(row: ImportedEvent, said: Incoming) -> None:
    row.remote_uid, row.digest, row.anchor = said.uid, digest(said), said.starts_at
    row.sequence, row.changed_at = said.sequence, said.changed_at
    row.save()


def _call_off_or_back(source: RemoteCalendar, row: ImportedEvent, said: Incoming) -> None:
    """As the source says; what was called off by hand stays so."""
    if said.cancelled and not row.event.cancelled_at:
        row.event = cancel_event(row.event, reason=_("Организатор отменил событие."), by=source.added_by)
        row.is_called_off = True
    elif not said.cancelled and (row.is_called_off or row.left_at):
        row.event = reinstate_event(row.event, by=source.added_by)
        row.is_called_off = False
    row.left_at = None
    row.save()


def _send(source: RemoteCalendar, event: Event) -> None:
    """At once where the coordinator trusts the community, else into the queue. Nobody is written to: they know."""
    fresh = move(event, "submit", by=source.added_by)
    if truster := truster_of(fresh, but=source.added_by):
        fresh = move(fresh, "approve", by=truster)
        list_dates(fresh)
    event.state = fresh.state
