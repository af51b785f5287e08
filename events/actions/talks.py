"""Talks: told of by the community, seen by the coordinator."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from communities.models import Community
from events.actions.proofs import confirm, send_back
from events.actions.stale import Stale
from events.models import Talk
from events.notifications.state import tell_talk_approved, tell_talk_returned
from hub.approvals import AlreadyDecided, Refused, lock, move, record_revision
from hub.choices import State
from hub.models import Upload, User

#: What is told of a talk; the proof comes beside it.
ANSWERS = ("speaker", "user", "topic", "date", "event", "stage", "place", "link")


@transaction.atomic
def tell_talk(
    community: Community, answers: Mapping[str, Any], *, proof: Upload | None = None, by: User
) -> Talk:
    """Tell of a talk: it goes into the coordinator's queue. The same form sent twice makes one.

    Raises Refused without a proof, and when somebody else has told of this talk.
    """
    talk = Talk(community=community, branch=community.branch, told_by=by)
    _fill(talk, answers, proof)
    try:
        with transaction.atomic():
            talk.save()
    except IntegrityError:
        twin = _twin(talk)
        # One that was returned or counts is not the same click: what is sent now would be lost.
        if twin is None or twin.told_by_id != by.pk or twin.state != State.SUBMITTED:
            raise Refused(_already_told()) from None
        return twin
    record_revision(talk, "tell", by=by)
    return move(talk, "submit", by=by)


def _already_told() -> str:
    return _("Об этом выступлении уже рассказали: тот же человек, день и тема. Посмотрите в кабинете.")


def _twin(talk: Talk) -> Talk | None:
    return Talk.objects.filter(
        community=talk.community, date=talk.date, speaker=talk.speaker, topic=talk.topic
    ).first()


def _fill(talk: Talk, answers: Mapping[str, Any], proof: Upload | None) -> None:
    for name in ANSWERS:
        setattr(talk, name, answers[name])
    talk.proof = proof or talk.proof
    if not talk.link and talk.proof is None:
        raise Refused(_("Приложите файл или ссылку: без них координатор не сможет подтвердить."))


@transaction.atomic
def edit_talk(
    talk: Talk,
    answers: Mapping[str, Any],
    *,
    proof: Upload | None = None,
    by: User,
    seen: datetime | None = None,
) -> Talk:
    """Mend what was told and send it again; without a new file the former one stays. `seen` is when what the
    editor had before them had been sent.

    Raises Refused for one that counts already, without a proof, and for what is told of elsewhere, and Stale
    when somebody was faster.
    """
    fresh = lock(talk)
    if not fresh.is_editable and fresh.state != State.SUBMITTED:
        raise AlreadyDecided(_("Это выступление уже засчитано: изменить его нельзя."))
    if seen is not None and fresh.submitted_at != seen:
        if not _is_same(fresh, answers, by):
            raise Stale(fresh)
        if fresh.state == State.SUBMITTED and proof is None:
            return fresh
    if fresh.state == State.SUBMITTED:
        fresh = move(fresh, "withdraw", by=by)
    _fill(fresh, answers, proof)
    try:
        with transaction.atomic():
            fresh.save()
    except IntegrityError:
        raise Refused(_already_told()) from None
    return move(fresh, "submit", by=by)


def _is_same(talk: Talk, answers: Mapping[str, Any], by: User) -> bool:
    """The same click again: what is sent stands there already, from the same hand."""
    return talk.submitted_by_id == by.pk and all(getattr(talk, name) == answers[name] for name in ANSWERS)


@transaction.atomic
def discard_talk(talk: Talk, *, by: User) -> None:
    """Take back what was told by mistake. Raises Refused for one that counts."""
    fresh = lock(talk)
    if fresh.state == State.APPROVED:
        raise Refused(_("Это выступление уже засчитано. Если это ошибка, напишите координатору."))
    record_revision(fresh, "discard", by=by, note=fresh.topic)
    fresh.delete()


@transaction.atomic
def approve_talk(talk: Talk, *, by: User, seen: datetime | None = None) -> Talk:
    """From now on it counts. Raises as `proofs.confirm` does."""
    fresh = confirm(talk, by=by, seen=seen)
    tell_talk_approved(fresh)
    return fresh


@transaction.atomic
def return_talk(talk: Talk, *, reason: str, by: User) -> Talk:
    """Back to the community, saying why. Raises as `proofs.send_back` does."""
    fresh = send_back(talk, reason=reason, by=by)
    tell_talk_returned(fresh, reason)
    return fresh
