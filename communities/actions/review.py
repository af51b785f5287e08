"""What a coordinator decides about a submitted questionnaire: field by field, then as a whole."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.actions.census import UNNAMED, give_address
from communities.actions.search import learn_words
from communities.choices import Listing
from communities.diff import FIELDS, label
from communities.models import CensusRecord, Community, FieldDecision, FormerSlug
from communities.notifications import tell_approved, tell_returned
from hub.approvals import AlreadyDecided, OwnSubmission, Refused, lock, move
from hub.choices import State
from hub.models import User


def hold(community_id: int) -> Community:
    """The community, fresh and locked until the transaction ends."""
    return (
        Community.objects.select_for_update(of=("self",))
        .select_related("branch", "current")
        .get(pk=community_id)
    )


def _waiting(record: CensusRecord, by: User) -> CensusRecord:
    """The record, locked, while it waits for a decision that `by` may make."""
    fresh = lock(record)
    if fresh.state != State.SUBMITTED:
        raise AlreadyDecided(_already(fresh))
    if fresh.submitted_by_id == by.pk:
        raise OwnSubmission(_("Это ваша собственная анкета: решение принимает другой координатор."))
    return fresh


def _already(record: CensusRecord) -> str:
    who = record.decided_by
    if record.state == State.DRAFT:
        return _("Лидер отозвал анкету «%(name)s», чтобы поправить её. Решать пока нечего.") % {
            "name": record
        }
    if record.state == State.RETIRED or who is None or record.decided_at is None:
        return _("По анкете «%(name)s» уже есть решение. Обновите очередь.") % {"name": record}
    said = _("%(who)s уже одобрил(а) анкету «%(name)s» %(when)s. Второй раз не нужно.")
    if record.state == State.RETURNED:
        said = _("%(who)s уже вернул(а) анкету «%(name)s» %(when)s. Второй раз не нужно.")
    when = timezone.localtime(record.decided_at, record.community.branch.tz)
    return said % {"who": who, "name": record, "when": f"{when:%d.%m.%Y, %H:%M}"}


@transaction.atomic
def decide_field(
    record: CensusRecord, field: str, *, accepted: bool, reason: str = "", by: User
) -> FieldDecision:
    """Note what is thought of one field; may be changed until the record is decided on.

    A note of the coordinator, not yet a decision: the Revision comes with approval or return.
    Raises AlreadyDecided, OwnSubmission, and Refused when a field is returned without a reason.
    """
    if field not in FIELDS:
        raise Refused(_("В анкете нет такого поля."))
    fresh = _waiting(record, by)
    reason = "" if accepted else reason.strip()[:500]
    if not accepted and not reason:
        raise Refused(
            _("Напишите, что поправить в поле «%(field)s»: лидер увидит эти слова.") % {"field": label(field)}
        )
    decision, _created = fresh.decisions.update_or_create(
        field=field, defaults={"accepted": accepted, "reason": reason, "by": by}
    )
    return decision


@transaction.atomic
def forget_field(record: CensusRecord, field: str, *, by: User) -> None:
    """Take back what was noted of a field. Raises AlreadyDecided, OwnSubmission."""
    _waiting(record, by).decisions.filter(field=field).delete()


@transaction.atomic
def approve_record(record: CensusRecord, *, by: User) -> CensusRecord:
    """Make the record the one the city sees; the one it saw before goes into history.

    Raises AlreadyDecided, OwnSubmission, and Refused while a field of it is marked as returned.
    """
    fresh = _waiting(record, by)
    outstanding = [
        label(name) for name in fresh.decisions.filter(accepted=False).values_list("field", flat=True)
    ]
    if outstanding:
        raise Refused(
            _("Нельзя одобрить: отмечено к возврату — %(fields)s. Примите эти поля или верните анкету.")
            % {"fields": ", ".join(outstanding)}
        )
    community = hold(fresh.community_id)
    if community.listing == Listing.MERGED:
        raise Refused(_("Это сообщество объединено с другим. Сначала отмените объединение."))
    # Only one record of a community may be public: the old one leaves before the new one comes.
    if community.current and community.current.state in (State.APPROVED, State.IMPORTED):
        move(community.current, "retire", by=by)
    fresh = move(fresh, "approve", by=by, changed=fresh.decisions.values_list("field", flat=True))
    _publish(community, fresh)
    fresh.community = community
    learn_words(fresh)
    tell_approved(fresh)
    return fresh


def _publish(community: Community, record: CensusRecord) -> None:
    community.current = record
    if community.listing != Listing.LISTED or community.listed_at is None:
        community.listing, community.listed_at = Listing.LISTED, timezone.now()
    if community.slug.startswith(UNNAMED):
        # The leader may have kept the first address: it goes on leading here.
        FormerSlug.objects.get_or_create(
            branch_id=community.branch_id, slug=community.slug, defaults={"community": community}
        )
        give_address(community, record.name)
    community.save(update_fields=["current", "listing", "listed_at"])


@transaction.atomic
def return_record(
    record: CensusRecord, *, by: User, reasons: Mapping[str, str] | None = None
) -> CensusRecord:
    """Send the record back to its leader with a reason for each returned field (noted before or given here).

    Raises AlreadyDecided, OwnSubmission, and Refused without a single reason.
    """
    fresh = _waiting(record, by)
    for field, reason in (reasons or {}).items():
        decide_field(fresh, field, accepted=False, reason=reason, by=by)
    returned = list(fresh.decisions.filter(accepted=False).order_by("pk"))
    if not returned:
        raise Refused(_("Чтобы вернуть анкету, отметьте хотя бы одно поле и напишите, что в нём поправить."))
    note = "\n".join(f"{label(decision.field)}: {decision.reason}" for decision in returned)
    fresh = move(fresh, "return", by=by, note=note, changed=[decision.field for decision in returned])
    tell_returned(fresh)
    return fresh
