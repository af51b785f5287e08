"""What a coordinator decides of a proof that a community has sent: supports and talks go the same way."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.db import transaction
from django.utils.translation import gettext as _

from events.actions.stale import Stale
from events.models import StateEventSupport, Talk
from hub.approvals import OwnSubmission, Refused, lock, move
from hub.models import User

Proven = TypeVar("Proven", StateEventSupport, Talk)


@transaction.atomic
def confirm(row: Proven, *, by: User, seen: datetime | None = None) -> Proven:
    """From now on it counts. `seen` is when what was read had been sent.

    Raises AlreadyDecided and OwnSubmission, and Stale when something else was sent since.
    """
    fresh = lock(row)
    check_not_own(fresh, by)
    if seen is not None and fresh.submitted_at != seen:
        raise Stale(fresh, _("Пока вы читали, сообщество прислало другое. Посмотрите ещё раз."))
    return move(fresh, "approve", by=by)


@transaction.atomic
def send_back(row: Proven, *, reason: str, by: User) -> Proven:
    """To the community again, saying why. Raises AlreadyDecided, OwnSubmission, and Refused without a reason."""
    if not reason.strip():
        raise Refused(_("Напишите, чего не хватает: лидер увидит эти слова."))
    fresh = lock(row)
    check_not_own(fresh, by)
    return move(fresh, "return", by=by, note=reason.strip())


def check_not_own(row: StateEventSupport | Talk, by: User) -> None:
    """Raises OwnSubmission for the community's own people, whoever of them has sent it, and for the speaker."""
    spoke = isinstance(row, Talk) and row.user_id == by.pk
    if spoke or row.community.stewardships.filter(user=by).exists():
        raise OwnSubmission(_("Это прислало ваше собственное сообщество: решает другой человек."))
