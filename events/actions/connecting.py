"""Connecting a calendar of another program: look at it first, then it is the community's."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.models import Community
from events.actions.following import ACCEPT, SECONDS_OF_PERSON, a_place_to_wait, load, reading_of
from events.actions.importing import Plan, plan
from events.actions.remote import locked
from events.choices import SourceState
from events.models import RemoteCalendar
from events.models.remote import key_of_link
from events.reading import MAX_BYTES, Reading, read, text_of
from hub.approvals import Refused, record_revision
from hub.celery import app
from hub.fetching import fetch
from hub.models import User


def look_at_link(community: Community, url: str, *, name: str = "", by: User) -> RemoteCalendar:
    """A draft of a calendar that stands at `url`, read once. Raises FetchFailed, NotACalendar and Refused."""
    _refuse_held(community, url)
    with a_place_to_wait():
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


def preview(draft: RemoteCalendar) -> tuple[Reading, Plan]:
    """What connecting `draft` would do; nothing is written. Raises NotACalendar."""
    source = _goal(draft)
    reading = reading_of(source, draft.content.encode())
    return reading, plan(source, reading)


def _goal(draft: RemoteCalendar) -> RemoteCalendar:
    """Files of a community come to one place, so that a newer file changes what an older one brought."""
    if draft.url or draft.state != SourceState.DRAFT:
        return draft
    kept = RemoteCalendar.objects.of_community(draft.community).living().filter(url="")
    return kept.select_related("branch", "community").first() or draft


@transaction.atomic
def connect(draft: RemoteCalendar, *, by: User) -> RemoteCalendar:
    """From now on the calendar is the community's; a worker brings its events in. Twice is once.

    Raises NotACalendar and Refused.
    """
    # Whoever brings events of the community in goes on meanwhile.
    Community.objects.select_for_update(no_key=True).get(pk=draft.community_id)
    fresh = locked(draft)
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
