"""Support of state events: offered, agreed on, proven, confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.choices import Listing
from communities.models import Community
from events.actions.proofs import check_not_own, confirm, send_back
from events.actions.stale import Stale
from events.choices import Offer
from events.models import Event, StateEventSupport, SupportRequest
from events.notifications.state import (
    tell_confirmed,
    tell_offered,
    tell_proof_returned,
    tell_support_answered,
)
from hub.approvals import AlreadyDecided, Refused, lock, move, record_revision
from hub.choices import State
from hub.models import Upload, User

#: What an offer says.
ANSWERS = ("kinds", "how", "people")
LONGEST_ANSWER = 300


@transaction.atomic
def offer_support(
    event: Event, community: Community, answers: Mapping[str, Any], *, by: User
) -> StateEventSupport:
    """`community` offers its help; one that took its offer back may offer again.

    Raises Refused when nothing is asked for (any more), and when the community has offered already.
    """
    event = lock(event)
    _check_open(event)
    if community.listing != Listing.LISTED:
        raise Refused(_("Сначала пусть координатор одобрит анкету сообщества: после этого можно помогать."))
    support = StateEventSupport.objects.filter(event=event, community=community).first()
    if support is None:
        support = StateEventSupport(event=event, community=community, branch=event.branch)
    elif support.offer == Offer.OFFERED and _offers(support, answers, by):
        return support
    elif support.offer != Offer.WITHDRAWN:
        raise Refused(
            _("«%(name)s» уже предложило помощь этому событию. Она среди ваших дел в кабинете.")
            % {"name": community.working_name}
        )
    for name in ANSWERS:
        setattr(support, name, answers[name])
    support.offer, support.offered_by, support.offered_at = Offer.OFFERED, by, timezone.now()
    support.answered_by, support.answered_at, support.answer = None, None, ""
    support.save()
    record_revision(support, "offer", by=by)
    tell_offered(support)
    return support


def _offers(support: StateEventSupport, answers: Mapping[str, Any], by: User) -> bool:
    """The same click again: the same help from the same hand."""
    return support.offered_by_id == by.pk and all(getattr(support, name) == answers[name] for name in ANSWERS)


def _check_open(event: Event) -> None:
    request = SupportRequest.objects.filter(event=event).first()
    if not event.is_state or event.state != State.APPROVED or request is None:
        raise Refused(_("Это событие не просит о поддержке."))
    if event.cancelled_at:
        raise Refused(_("Событие отменили: помощь ему больше не нужна."))
    if request.until < timezone.localdate(timezone=event.branch.tz):
        raise Refused(
            _("Помощь собирали до %(day)s. Посмотрите, что нужно другим событиям.")
            % {"day": f"{request.until:%d.%m.%Y}"}
        )


@transaction.atomic
def withdraw_support(support: StateEventSupport, *, by: User) -> StateEventSupport:
    """The community takes its offer back. Raises Refused when there is nothing to take back any more."""
    fresh = lock(support)
    if fresh.is_settled:
        raise Refused(_("Об этой помощи уже не договариваются. Обновите страницу."))
    if fresh.state != State.DRAFT:
        raise Refused(_("Вы уже показали, как помогли: отозвать помощь нельзя."))
    fresh.offer = Offer.WITHDRAWN
    fresh.save(update_fields=["offer"])
    record_revision(fresh, "withdraw-offer", by=by)
    tell_offered(fresh)
    return fresh


@transaction.atomic
def answer_support(
    support: StateEventSupport, accept: bool, *, answer: str = "", by: User
) -> StateEventSupport:
    """The administration agrees or does not; a refusal may be turned into agreement later.

    Raises AlreadyDecided when it has been answered or taken back meanwhile, OwnSubmission for one's own
    community, and Refused for a refusal without a word and for too many of them.
    """
    fresh = lock(support)
    check_not_own(fresh, by)
    if fresh.offer != Offer.OFFERED and not (accept and fresh.offer == Offer.DECLINED):
        raise AlreadyDecided(
            _("На это уже ответили: «%(state)s». Обновите страницу.") % {"state": fresh.get_offer_display()}
        )
    answer = answer.strip()
    if not accept and not answer:
        raise Refused(_("Напишите пару слов: лидер прочитает их вместо звонка."))
    if len(answer) > LONGEST_ANSWER:
        raise Refused(_("Слишком длинно: уложитесь в %(n)s знаков.") % {"n": LONGEST_ANSWER})
    fresh.offer = Offer.ACCEPTED if accept else Offer.DECLINED
    fresh.answer = answer
    fresh.answered_by, fresh.answered_at = by, timezone.now()
    fresh.save(update_fields=["offer", "answer", "answered_by", "answered_at"])
    record_revision(fresh, "accept" if accept else "decline", by=by, note=fresh.answer)
    tell_support_answered(fresh)
    return fresh


@transaction.atomic
def prove_support(
    support: StateEventSupport,
    *,
    report: str,
    link: str,
    photo: Upload | None,
    by: User,
    seen: datetime | None = None,
) -> StateEventSupport:
    """Show what was done: into the coordinator's queue. Without a new photo the former one stays. `seen` is
    when the proof that the writer had before them had been sent, if there was one.

    Raises Refused before the event has begun, once it is called off, without a proof, and for an offer that was
    not accepted; Stale when another proof was sent meanwhile.
    """
    fresh = lock(support)
    if fresh.state == State.SUBMITTED and _is_same(fresh, report, link, by):
        return fresh
    if fresh.offer != Offer.ACCEPTED:
        raise Refused(_("Сначала администрация должна принять помощь."))
    if fresh.event.starts_at > timezone.now():
        raise Refused(_("Событие ещё не началось. Покажите, как помогли, когда оно пройдёт."))
    if fresh.event.cancelled_at:
        raise Refused(_("Событие отменили: показывать помощь больше не нужно."))
    if seen is not None and fresh.is_editable and fresh.submitted_at and fresh.submitted_at != seen:
        raise Stale(fresh)
    photo = photo or fresh.photo
    if not link and photo is None:
        raise Refused(_("Приложите фото или ссылку: без них координатор не сможет подтвердить."))
    fresh.report, fresh.link, fresh.photo = report, link, photo
    fresh.save(update_fields=["report", "link", "photo"])
    return move(fresh, "submit", by=by)


def _is_same(support: StateEventSupport, report: str, link: str, by: User) -> bool:
    """The same click again: what is sent stands there already, from the same hand."""
    return support.submitted_by_id == by.pk and (support.report, support.link) == (report, link)


@transaction.atomic
def confirm_support(
    support: StateEventSupport, *, by: User, seen: datetime | None = None
) -> StateEventSupport:
    """From now on it counts. Raises as `proofs.confirm` does."""
    fresh = confirm(support, by=by, seen=seen)
    tell_confirmed(fresh)
    return fresh


@transaction.atomic
def return_support(support: StateEventSupport, *, reason: str, by: User) -> StateEventSupport:
    """Back to the community, saying why. Raises as `proofs.send_back` does."""
    fresh = send_back(support, reason=reason, by=by)
    tell_proof_returned(fresh, reason)
    return fresh
