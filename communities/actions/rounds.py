"""The yearly round: opening it asks every leader, once."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.models import CensusRound
from communities.notifications import ask_to_confirm
from hub.approvals import Refused, record_revision
from hub.models import Branch, User


@transaction.atomic
def plan_round(branch: Branch, *, year: int, opens_on: date, closes_on: date, by: User) -> CensusRound:
    """A round of `branch` that is not open yet. Raises Refused when the year has one."""
    if closes_on <= opens_on:
        raise Refused(_("Раунд закрывается раньше, чем открывается. Проверьте даты."))
    round_, created = CensusRound.objects.get_or_create(
        branch=branch, year=year, defaults={"opens_on": opens_on, "closes_on": closes_on}
    )
    if not created:
        raise Refused(_("Раунд %(year)s года уже есть.") % {"year": year})
    record_revision(round_, "plan", by=by)
    return round_


@transaction.atomic
def open_round(round_: CensusRound, *, by: User) -> CensusRound:
    """Open the round and ask every leader of a listed community. Opening it again changes nothing."""
    fresh = CensusRound.objects.select_for_update(of=("self",)).select_related("branch").get(pk=round_.pk)
    if fresh.opened_at:
        return fresh
    if fresh.branch is None:
        raise Refused(_("Это раунд всей страны: его открывает федеральный центр."))
    fresh.opened_at = timezone.now()
    fresh.save(update_fields=["opened_at"])
    record_revision(fresh, "open", by=by)
    ask_to_confirm(fresh, fresh.branch, key=f"round-opened:{fresh.pk}", again=False)
    return fresh


@transaction.atomic
def remind_round(round_: CensusRound, branch: Branch, *, by: User) -> int:
    """Ask those again who have not answered, at most once a day; how many leaders that is."""
    if not round_.opened_at:
        raise Refused(_("Раунд ещё не открыт: напоминать не о чем."))
    today = timezone.localdate(timezone=branch.tz)
    key = f"round-reminder:{round_.pk}:{branch.pk}:{today.isoformat()}"
    asked = ask_to_confirm(round_, branch, key=key, again=True)
    record_revision(round_, "remind", by=by, note=str(asked))
    return asked
