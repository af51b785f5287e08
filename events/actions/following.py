"""Following connected calendars: bring them in, read them again and again, ask before much is called off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

import structlog
from django.db import connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actions.importing import apply, plan
from events.actions.remote import LET_GO, locked
from events.choices import SourceState
from events.models import ImportedEvent, RemoteCalendar
from events.notifications import tell_broken, tell_look
from events.reading import MAX_BYTES, NotACalendar, Reading, read, text_of
from hub.approvals import AlreadyDecided, Refused, record_revision
from hub.fetching import Fault, Fetched, FetchFailed, fetch
from hub.logs import place_of
from hub.models import User

log = structlog.get_logger(__name__)

ACCEPT = "text/calendar, text/plain;q=0.5, */*;q=0.1"
#: How long a source may keep a worker, and a person who waits for the preview (seconds).
SECONDS, SECONDS_OF_PERSON = 20, 12
#: A reader holds its source for so long; one that died gives it back that way.
LEASE = timedelta(minutes=5)
EVERY = timedelta(hours=1)
#: Pauses after the first failure, the second…; the last one from then on.
PAUSES = [
    timedelta(hours=1),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
]
#: Failing for so long, it is told.
TOLD_AFTER = timedelta(days=3)
#: Also a source that has nothing new is read in full that often: series go on.
IN_FULL = timedelta(days=7)
#: A reader that has been at work for so long gives way (seconds).
SHIFT = 8 * 60
#: So many foreign sites are waited for at once on behalf of people who look at their pages.
SLOTS = 2
_SLOT_LOCK = 7401


# --- bringing in what was connected ---------------------------------------------------------------


@transaction.atomic
def load(source: RemoteCalendar) -> RemoteCalendar:
    """Bring in what was looked at. Twice is once. Raises NotACalendar and AlreadyDecided."""
    fresh = locked(source)
    if fresh.state == SourceState.LOADING:
        apply(fresh, plan(fresh, reading_of(fresh, fresh.content.encode())))
        fresh.state = SourceState.ACTIVE if fresh.url else SourceState.FILES
        fresh.content = ""
        _went_well(fresh)
    return fresh


def load_waiting() -> int:
    """Bring in every calendar that was connected and waits for it; how many there were."""
    waiting = list(RemoteCalendar.objects.to_load().light())
    for source in waiting:
        with _guarded(source):
            load(source)
    return len(waiting)


# --- reading again and again ----------------------------------------------------------------------


def read_due() -> int:
    """Read every source that is due, one after the other; how many were looked at."""
    RemoteCalendar.objects.forgotten().delete()
    looked, until = 0, monotonic() + SHIFT
    while monotonic() < until and (source := claim()):
        _read_claimed(source, SECONDS)
        looked += 1
    return looked


def read_now(source: RemoteCalendar) -> RemoteCalendar:
    """Read it because a person asks. Raises Refused when somebody is at it, or has let it go meanwhile."""
    with a_place_to_wait():
        claimed = claim(source)
        if claimed is None:
            raise Refused(_("Календарь уже читается. Обновите страницу через минуту."))
        _read_claimed(claimed, SECONDS_OF_PERSON)
    fresh = RemoteCalendar.objects.filter(pk=source.pk).first()
    if fresh is None:
        raise AlreadyDecided(LET_GO)
    return fresh


@transaction.atomic
def claim(source: RemoteCalendar | None = None) -> RemoteCalendar | None:
    """A source for us alone, for the length of a lease: the next that is due, or this very one if it is free."""
    rows = (
        RemoteCalendar.objects.due() if source is None else RemoteCalendar.objects.free().filter(pk=source.pk)
    )
    key = rows.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True).first()
    if key is None:
        return None
    RemoteCalendar.objects.filter(pk=key).update(lease_until=Now() + LEASE, tried_at=Now())
    return RemoteCalendar.objects.light().select_related("branch", "community").get(pk=key)


def _read_claimed(source: RemoteCalendar, seconds: float) -> None:
    """Fetch, work out, make it so."""
    with _guarded(source):
        found = _fetched(source, seconds)
        reading = None if found.content is None else reading_of(source, found.content)
        _take(source, found, reading)


def _fetched(source: RemoteCalendar, seconds: float) -> Fetched:
    """Raises FetchFailed."""
    since = source.read_in_full_at
    known = since is not None and since > timezone.now() - IN_FULL and source.state == SourceState.ACTIVE
    return fetch(
        source.url,
        max_bytes=MAX_BYTES,
        seconds=seconds,
        accept=ACCEPT,
        etag=source.etag if known else "",
        last_modified=source.last_modified if known else "",
    )


@transaction.atomic
def _take(claimed: RemoteCalendar, found: Fetched, reading: Reading | None) -> None:
    """Write what was read, if the source is still ours. Raises AlreadyDecided."""
    source = locked(claimed)
    if source.lease_until != claimed.lease_until or source.state not in (
        SourceState.ACTIVE,
        SourceState.LOOK,
    ):
        return
    if reading is None:
        _went_well(source, in_full=False)
        return
    source.etag, source.last_modified = found.etag, found.last_modified
    made = plan(source, reading)
    if made.is_alarming:
        _ask_for_a_look(source, found.content or b"", len(made.gone))
        return
    apply(source, made)
    source.state, source.content = SourceState.ACTIVE, ""
    _went_well(source)


def _ask_for_a_look(source: RemoteCalendar, content: bytes, gone: int) -> None:
    """Nothing is changed; whoever speaks for the community is asked, once."""
    first = source.state != SourceState.LOOK
    source.state, source.content = SourceState.LOOK, text_of(content)
    _went_well(source)
    if first:
        record_revision(source, "look", by=None, note=str(gone))
        tell_look(source, gone, f"{timezone.now():%Y%m%d%H%M%S}")


def reading_of(source: RemoteCalendar, content: bytes) -> Reading:
    """Raises NotACalendar."""
    anchors = dict(source.imported.values_list("remote_uid", "anchor"))
    return read(content, home=source.branch.tz, now=timezone.now(), anchors=anchors)


# --- what is gone from a source -------------------------------------------------------------------


@transaction.atomic
def confirm_gone(source: RemoteCalendar, *, by: User) -> int:
    """What is gone from the source is called off after all; how many. Raises Refused when there is nothing to decide."""
    fresh = locked(source)
    if fresh.state != SourceState.LOOK:
        raise AlreadyDecided(_("Здесь уже решено. Обновите страницу."))
    made = plan(fresh, reading_of(fresh, fresh.content.encode()))
    fresh.state, fresh.content = SourceState.ACTIVE, ""
    apply(fresh, made)
    _went_well(fresh)
    record_revision(fresh, "confirm", by=by, note=str(len(made.gone)))
    return len(made.gone)


def gone_of(source: RemoteCalendar) -> list[ImportedEvent]:
    """What would be called off if somebody said yes. Empty when the file is read otherwise by now."""
    try:
        return plan(source, reading_of(source, source.content.encode())).gone
    except NotACalendar:
        return []


# --- how it went ----------------------------------------------------------------------------------


@contextmanager
def _guarded(source: RemoteCalendar) -> Iterator[None]:
    """Whatever goes wrong inside, nothing of the calendar is touched then, and it is tried again."""
    try:
        yield
    except (FetchFailed, NotACalendar) as error:
        _went_wrong(source, error.fault)
    except AlreadyDecided:
        pass  # let go of meanwhile
    except Exception as error:
        # A mistake of ours with one calendar stands in no other's way.
        log.error("calendar_not_read", source=source.pk, error=type(error).__name__, place=place_of(error))
        _went_wrong(source, Fault.BROKEN)


def _went_well(source: RemoteCalendar, *, in_full: bool = True) -> None:
    source.ok_at = source.tried_at = timezone.now()
    source.failing_since, source.failures, source.error = None, 0, ""
    source.lease_until, source.next_try_at = None, _then(EVERY) if source.url else None
    if in_full:
        source.read_in_full_at = source.ok_at
    source.save()


@transaction.atomic
def _went_wrong(claimed: RemoteCalendar, fault: str) -> None:
    """Again after a growing pause; told once it has gone on for days. Whoever took the source over is not disturbed."""
    pause = PAUSES[min(claimed.failures, len(PAUSES) - 1)]
    mine = RemoteCalendar.objects.filter(pk=claimed.pk, lease_until=claimed.lease_until)
    mine.update(
        error=fault,
        failures=F("failures") + 1,
        failing_since=Coalesce("failing_since", Now()),
        next_try_at=_then(pause),
        lease_until=None,
    )
    long = RemoteCalendar.objects.filter(pk=claimed.pk, failing_since__lte=Now() - TOLD_AFTER)
    if source := long.select_related("branch", "community").first():
        tell_broken(source)


def _then(pause: timedelta) -> ExpressionWrapper:
    return ExpressionWrapper(Now() + Value(pause), output_field=DateTimeField())


@contextmanager
def a_place_to_wait() -> Iterator[None]:
    """One of the few places for waiting: hanging sites must not take every process of the portal. Raises Refused."""
    with connection.cursor() as cursor:
        for slot in range(SLOTS):
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_SLOT_LOCK, slot])
            if cursor.fetchone()[0]:
                break
        else:
            raise Refused(_("Сейчас портал читает другие календари. Попробуйте ещё раз через минуту."))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_SLOT_LOCK, slot])
