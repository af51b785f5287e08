"""State events: the administration posts them itself and says what help they need."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from events.actions.announcing import write_down
from events.actions.scheduling import write_occurrences
from events.actions.stale import Stale
from events.models import Event, SupportRequest, TrustedAdministration
from events.notifications.state import tell_asked
from hub.approvals import Refused, lock, record_revision
from hub.models import Branch, User


@transaction.atomic
def announce_state_event(
    branch: Branch,
    answers: Mapping[str, Any],
    *,
    by: User,
    token: str = "",
    asked: Mapping[str, Any] | None = None,
) -> Event:
    """A draft of a state event, held by nobody but the city; `asked` is what `ask_for_support` takes.

    Raises BadTimes and Refused. The same form sent twice makes one event.
    """
    event, created = write_down(branch, answers, by=by, token=token, is_state=True)
    if created:
        write_occurrences(event)
        record_revision(event, "announce", by=by)
        if asked:
            ask_for_support(event, **asked, by=by)
    return event


@transaction.atomic
def ask_for_support(
    event: Event, *, kinds: Sequence[str], text: str, until: date, by: User, seen: str | None = None
) -> SupportRequest:
    """Say what help the event needs and until when; leaders hear of it once the event is published.

    Said again it is corrected, and nobody is written to a second time. `seen` is the mark of what the writer
    had before them. Raises Refused, and Stale when somebody was faster.
    """
    fresh = lock(event)
    if not fresh.is_state:
        raise Refused(_("О поддержке просят только государственные события."))
    if fresh.cancelled_at:
        raise Refused(_("Событие отменено: помощь ему больше не нужна."))
    if not kinds and not text.strip():
        raise Refused(_("Отметьте, чем помочь, или напишите своими словами."))
    known = SupportRequest.objects.filter(event=fresh).first()
    if seen is not None and seen != mark_of_request(known):
        if known and (known.kinds, known.text, known.until) == (list(kinds), text.strip(), until):
            return known
        raise Stale(known)
    request, _created = SupportRequest.objects.update_or_create(
        event=fresh,
        defaults={"kinds": list(kinds), "text": text.strip(), "until": until},
        create_defaults={
            "branch": fresh.branch, "kinds": list(kinds), "text": text.strip(), "until": until, "asked_by": by,
        },
    )  # fmt: skip
    record_revision(fresh, "ask-support", by=by, note=f"{until:%d.%m.%Y}")
    tell_asked(fresh)
    return request


def mark_of_request(request: SupportRequest | None) -> str:
    """Other whenever what is asked for is other."""
    if request is None:
        return ""
    said = repr((request.kinds, request.text, request.until.isoformat()))
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


@transaction.atomic
def stop_asking(event: Event, *, by: User) -> None:
    """No more help is needed: what was offered stays. Twice is once."""
    fresh = lock(event)
    yesterday = timezone.localdate(timezone=fresh.branch.tz) - timedelta(days=1)
    if SupportRequest.objects.filter(event=fresh, until__gt=yesterday).update(until=yesterday):
        record_revision(fresh, "stop-asking", by=by)


@transaction.atomic
def trust_administration(branch: Branch, *, by: User) -> TrustedAdministration:
    """From now on the administration's state events are published without a look."""
    trusted, created = TrustedAdministration.objects.get_or_create(branch=branch, defaults={"by": by})
    if created:
        record_revision(branch, "trust-administration", by=by)
    return trusted


@transaction.atomic
def distrust_administration(branch: Branch, *, by: User) -> None:
    """From now on they go through the queue again; what is published stays."""
    if TrustedAdministration.objects.filter(branch=branch).delete()[0]:
        record_revision(branch, "distrust-administration", by=by)
