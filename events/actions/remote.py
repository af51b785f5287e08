"""Calendars of other programs: look at one, connect it, read it again and again, pause it, let it go."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from time import monotonic

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.models import Community
from events.actions.changing import cancel_event
from events.actions.importing import Plan, apply, plan
from events.choices import SourceState
from events.models import Event, ImportedEvent, RemoteCalendar
from events.models.remote import key_of_link
from events.notifications import tell_all_approved, tell_broken, tell_look
from events.reading import MAX_BYTES, NotACalendar, Reading, read, text_of
from hub.approvals import AlreadyDecided, Refused, lock, move, record_revision
from hub.celery import app
from hub.choices import State
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
_LET_GO = gettext_lazy("Этого календаря уже нет: его отключили. Обновите страницу.")


# --- looking at one before it is connected ---------------------------------------------------------


def look_at_link(community: Community, url: str, *, name: str = "", by: User) -> RemoteCalendar:
    """A draft of a calendar that stands at `url`, read once. Raises FetchFailed, NotACalendar and Refused."""
    _refuse_held(community, url)
    with _waiting():
        found = fetch(url, max_bytes=MAX_BYTES, seconds=SECONDS_OF_PERSON, accept=ACCEPT)
    draft = RemoteCalendar(url=url, etag=found.etag, last_modified=found.last_modified)
    return _draft(draft, community, found.content or b"", by, name=name)


def look_at_file(community: Community, filename: str, content: bytes, *, by: User) -> RemoteCalendar:
    """A draft of what stands in a file. Raises NotACalendar."""
    named = filename.rpartition(".")[0] or filename
    return _draft(RemoteCalendar(), community, content, by, otherwise=named)


def _draft(
    draft: RemoteCalendar,
    community: Community,
    content: bytes,
    by: User,
    *,
    name: str = "",
    otherwise: str = "",
) -> RemoteCalendar:
    reading = read(content, home=community.branch.tz, now=timezone.now())
    draft.branch, draft.community, draft.added_by = community.branch, community, by
    draft.name = (name.strip() or reading.name or otherwise or draft.host or _("Календарь"))[:120]
    draft.content = text_of(content)
    draft.save()
    return draft


@contextmanager
def _waiting() -> Iterator[None]:
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


def preview(draft: RemoteCalendar) -> tuple[Reading, Plan]:
    """What connecting `draft` would do; nothing is written. Raises NotACalendar."""
    source = _goal(draft)
    reading = _read(source, draft.content.encode())
    return reading, plan(source, reading)


def _goal(draft: RemoteCalendar) -> RemoteCalendar:
    """Files of a community come to one place, so that a newer file changes what an older one brought."""
    if draft.url or draft.state != SourceState.DRAFT:
        return draft
    kept = RemoteCalendar.objects.of_community(draft.community).living().filter(url="")
    return kept.select_related("branch", "community").first() or draft


def _read(source: RemoteCalendar, content: bytes) -> Reading:
    """Raises NotACalendar."""
    anchors = dict(source.imported.values_list("remote_uid", "anchor"))
    return read(content, home=source.branch.tz, now=timezone.now(), anchors=anchors)


@transaction.atomic
def connect(draft: RemoteCalendar, *, by: User) -> RemoteCalendar:
    """From now on the calendar is the community's; a worker brings its events in. Twice is once.

    Raises NotACalendar and Refused.
    """
    # Whoever brings events of the community in goes on meanwhile.
    Community.objects.select_for_update(no_key=True).get(pk=draft.community_id)
    fresh = _locked(draft)
    if fresh.state != SourceState.DRAFT:
        return fresh
    if fresh.url:
        _hold_link(fresh)
    source = _goal(fresh)
    if source.pk != fresh.pk:
        # An earlier file that still waits comes first: nothing of it is lost.
        source = load(source)
        fresh.delete()
    elif not source.url:
        source.name = _("Из файлов")
    source.state, source.content, source.next_try_at = SourceState.LOADING, fresh.content, Now()
    source.added_by, source.connected_at = by, timezone.now()
    source.save()
    record_revision(source, "connect", by=by)
    # Only a bell: with Redis away, the scan of every minute finds the calendar by its state.
    transaction.on_commit(lambda: app.send_task("events.tasks.load_calendars"), robust=True)
    return source


@transaction.atomic
def load(source: RemoteCalendar) -> RemoteCalendar:
    """Bring in what was looked at. Twice is once. Raises NotACalendar and AlreadyDecided."""
    fresh = _locked(source)
    if fresh.state == SourceState.LOADING:
        apply(fresh, plan(fresh, _read(fresh, fresh.content.encode())))
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


def _hold_link(source: RemoteCalendar) -> None:
    """From now on nobody else of the branch can follow it. Raises Refused when somebody does."""
    key = key_of_link(source.url)
    _refuse_held(source.community, source.url)
    RemoteCalendar.objects.left_behind(source.branch, key).update(url_key="")
    try:
        with transaction.atomic():
            source.url_key = key
            source.save(update_fields=["url_key"])
    except IntegrityError:  # somebody was quicker, a moment ago
        _refuse_held(source.community, source.url)
        raise


def _refuse_held(community: Community, url: str) -> None:
    """Raises Refused with whose calendar it is already, and what to do."""
    held = RemoteCalendar.objects.of_link(community.branch, key_of_link(url)).select_related(
        "community__current"
    )
    holder = held.first()
    if holder is None:
        return
    if holder.community_id == community.pk:
        raise Refused(_("Эта ссылка уже подключена: она есть в списке календарей сообщества."))
    raise Refused(
        _(
            "Этот календарь уже подключило сообщество «%(name)s»: его события есть в календаре города и второй раз"
            " не нужны. Проводите их вместе? Попросите «%(name)s» добавить вас в соорганизаторы."
        )
        % {"name": holder.community.working_name}
    )


def _locked(source: RemoteCalendar) -> RemoteCalendar:
    """Fresh and locked, with what hangs on it. Raises AlreadyDecided when it is gone."""
    rows = RemoteCalendar.objects.select_for_update(of=("self",))
    fresh = rows.select_related("branch", "community", "added_by").filter(pk=source.pk).first()
    if fresh is None:
        raise AlreadyDecided(_LET_GO)
    return fresh


# --- reading ---------------------------------------------------------------------------------------


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
    with _waiting():
        claimed = claim(source)
        if claimed is None:
            raise Refused(_("Календарь уже читается. Обновите страницу через минуту."))
        _read_claimed(claimed, SECONDS_OF_PERSON)
    fresh = RemoteCalendar.objects.filter(pk=source.pk).first()
    if fresh is None:
        raise AlreadyDecided(_LET_GO)
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
        reading = None if found.content is None else _read(source, found.content)
        _take(source, found, reading)


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
    source = _locked(claimed)
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


def _went_well(source: RemoteCalendar, *, in_full: bool = True) -> None:
    source.ok_at = source.tried_at = timezone.now()
    source.failing_since, source.failures, source.error = None, 0, ""
    source.lease_until, source.next_try_at = None, _then(EVERY) if source.url else None
    if in_full:
        source.read_in_full_at = source.ok_at
    source.save()


def _then(pause: timedelta) -> ExpressionWrapper:
    return ExpressionWrapper(Now() + Value(pause), output_field=DateTimeField())


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


# --- deciding --------------------------------------------------------------------------------------


@transaction.atomic
def confirm_gone(source: RemoteCalendar, *, by: User) -> int:
    """What is gone from the source is called off after all; how many. Raises Refused when there is nothing to decide."""
    fresh = _locked(source)
    if fresh.state != SourceState.LOOK:
        raise AlreadyDecided(_("Здесь уже решено. Обновите страницу."))
    made = plan(fresh, _read(fresh, fresh.content.encode()))
    fresh.state, fresh.content = SourceState.ACTIVE, ""
    apply(fresh, made)
    _went_well(fresh)
    record_revision(fresh, "confirm", by=by, note=str(len(made.gone)))
    return len(made.gone)


@transaction.atomic
def pause(source: RemoteCalendar, *, by: User) -> None:
    """It is not read until it is taken up again; its events stay."""
    fresh = _locked(source)
    if fresh.state in (SourceState.ACTIVE, SourceState.LOOK):
        fresh.state, fresh.content, fresh.lease_until = SourceState.PAUSED, "", None
        fresh.save()
        record_revision(fresh, "pause", by=by)


@transaction.atomic
def resume(source: RemoteCalendar, *, by: User) -> None:
    """It is read again, at the next occasion."""
    fresh = _locked(source)
    if fresh.state == SourceState.PAUSED:
        fresh.state, fresh.next_try_at = SourceState.ACTIVE, timezone.now()
        fresh.failing_since, fresh.failures, fresh.error = None, 0, ""
        fresh.save()
        record_revision(fresh, "resume", by=by)


@transaction.atomic
def remove(source: RemoteCalendar, *, keep: bool, by: User) -> int:
    """Let it go. Its events become the community's own, or those to come are called off; how many. Twice is once."""
    try:
        fresh = _locked(source)
    except AlreadyDecided:
        return 0
    rows = list(fresh.imported.to_come().select_related("event"))
    if not keep:
        for row in rows:
            cancel_event(row.event, reason=_("Организатор отменил событие."), by=by)
    record_revision(fresh, "remove-keeping" if keep else "remove-cancelling", by=by, note=fresh.name)
    # What was hidden was never meant to be seen.
    fresh.delete()
    return len(rows)


# --- one event of it -------------------------------------------------------------------------------


@transaction.atomic
def hide(row: ImportedEvent, *, by: User) -> None:
    """Out of the city's calendar: the source has it, the city need not. Twice is once."""
    event, fresh = _locked_event(row)
    if fresh.hidden_at is None:
        if event.state == State.APPROVED:
            event = move(event, "retire", by=by)
        elif event.state == State.SUBMITTED:
            event = move(event, "withdraw", by=by)
        _list(event)
        fresh.hidden_at = timezone.now()
        fresh.save(update_fields=["hidden_at"])


@transaction.atomic
def show(row: ImportedEvent, *, by: User) -> None:
    """Back into the calendar: at once what was approved, else into the queue. Twice is once."""
    event, fresh = _locked_event(row)
    if fresh.hidden_at is not None:
        event = move(event, "reinstate" if event.state == State.RETIRED else "submit", by=by)
        _list(event)
        fresh.hidden_at = None
        fresh.save(update_fields=["hidden_at"])


def _locked_event(row: ImportedEvent) -> tuple[Event, ImportedEvent]:
    """Raises AlreadyDecided when its calendar was let go meanwhile."""
    event = lock(row.event)
    fresh = ImportedEvent.objects.select_for_update().filter(pk=row.pk).first()
    if fresh is None:
        raise AlreadyDecided(_LET_GO)
    return event, fresh


def _list(event: Event) -> None:
    event.occurrences.update(is_listed=event.state == State.APPROVED)
    event.save(update_fields=["changed_at"])


@transaction.atomic
def approve_all(source: RemoteCalendar, *, by: User) -> int:
    """Everything of it that waits comes into the calendar at one word, and is told in one message; how many."""
    fresh = _locked(source)
    done = 0
    for row in fresh.imported.waiting().select_related("event"):
        try:
            event = move(row.event, "approve", by=by)
        except AlreadyDecided:
            continue
        _list(event)
        done += 1
    if done:
        record_revision(fresh, "approve-all", by=by, note=str(done))
        tell_all_approved(fresh, done, f"{timezone.now():%Y%m%d%H%M%S}")
    return done


def gone_of(source: RemoteCalendar) -> list[ImportedEvent]:
    """What would be called off if somebody said yes. Empty when the file is read otherwise by now."""
    try:
        return plan(source, _read(source, source.content.encode())).gone
    except NotACalendar:
        return []
