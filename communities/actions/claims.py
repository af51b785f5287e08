"""«Это моё сообщество»: a leader claims an imported community, a coordinator decides."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.actions.census import begin_edit
from communities.actions.review import hold
from communities.choices import Listing, StewardRole
from communities.models import Claim, Community, Stewardship
from communities.notifications import tell_claim_decided
from hub.approvals import AlreadyDecided, OwnSubmission, Refused, lock, move
from hub.choices import State
from hub.models import Upload, User


def _led(community: Community) -> bool:
    return community.stewardships.filter(role=StewardRole.LEADER).exists()


@transaction.atomic
def submit_claim(
    community: Community, *, by: User, text: str, link: str = "", proof: Upload | None = None
) -> Claim:
    """Ask to lead `community`, which nobody leads; a second click finds the first claim.

    Raises Refused when it is led already or gone from the registry.
    """
    community = hold(community.pk)
    if community.listing == Listing.MERGED:
        raise Refused(
            _("Это сообщество объединено с другим. Откройте его страницу: подать заявление можно там.")
        )
    if _led(community):
        raise Refused(
            _(
                "У этого сообщества уже есть лидер. Если это ошибка, напишите в отделение: координатор разберётся."
            )
        )
    waiting = community.claims.waiting().filter(submitted_by=by).first()
    if waiting:
        return waiting
    claim = Claim.objects.create(community=community, text=text.strip(), link=link, proof=proof)
    return move(claim, "submit", by=by)


def _waiting(claim: Claim, by: User) -> Claim:
    fresh = lock(claim)
    if fresh.state != State.SUBMITTED:
        raise AlreadyDecided(_already(fresh))
    if fresh.submitted_by_id == by.pk:
        raise OwnSubmission(_("Это ваше собственное заявление: решение принимает другой координатор."))
    return fresh


def _already(claim: Claim) -> str:
    if claim.decided_by is None or claim.decided_at is None:
        return _("По этому заявлению уже есть решение. Обновите очередь.")
    said = _("%(who)s уже одобрил(а) это заявление %(when)s. Второй раз не нужно.")
    if claim.state == State.RETURNED:
        said = _("%(who)s уже вернул(а) это заявление %(when)s. Второй раз не нужно.")
    when = timezone.localtime(claim.decided_at, claim.community.branch.tz)
    return said % {"who": claim.decided_by, "when": f"{when:%d.%m.%Y, %H:%M}"}


@transaction.atomic
def approve_claim(claim: Claim, *, by: User) -> Claim:
    """Make the claimant the leader, with a copy of the imported record to check and submit.

    The community stays «not confirmed» until that record is approved; other claims are returned.
    Raises AlreadyDecided, OwnSubmission, and Refused when somebody leads the community by now.
    """
    community = hold(claim.community_id)
    fresh = _waiting(claim, by)
    if _led(community):
        raise Refused(
            _("У сообщества «%(name)s» уже появился лидер. Верните это заявление с причиной.")
            % {"name": community}
        )
    fresh = move(fresh, "approve", by=by)
    claimant = fresh.submitted_by
    Stewardship.objects.update_or_create(
        community=community, user=claimant, defaults={"role": StewardRole.LEADER}
    )
    begin_edit(community, by=claimant)
    for other in community.claims.waiting().exclude(submitted_by=by):
        return_claim(other, by=by, reason=_("Координатор подтвердил лидером другого человека."))
    tell_claim_decided(fresh)
    return fresh


@transaction.atomic
def return_claim(claim: Claim, *, by: User, reason: str) -> Claim:
    """Refuse a claim, saying why. Raises AlreadyDecided, OwnSubmission, and Refused without a reason."""
    reason = reason.strip()[:500]
    if not reason:
        raise Refused(_("Напишите, почему заявление не принято: человек увидит эти слова."))
    hold(claim.community_id)
    fresh = _waiting(claim, by)
    fresh.reason = reason
    fresh.save(update_fields=["reason"])
    fresh = move(fresh, "return", by=by, note=reason)
    tell_claim_decided(fresh)
    return fresh
