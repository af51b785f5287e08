"""What is said to whom about communities, and when. Keys make each message once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.choices import Listing, StewardRole
from communities.diff import label
from communities.models import CensusRecord, CensusRound, Claim, Community, Invitation, Stewardship
from hub.choices import RoleKind
from hub.models import Branch, User
from hub.outbox import Message, declare, notify, notify_all, remind

_LEADING = _("Вы ведёте сообщество на портале.")
_COORDINATING = _("Вы координатор отделения.")

RETURNED = declare(
    "census_returned", _("Анкету вернули на уточнение"), _LEADING, needs_act=True, icon="arrow-back-up"
)
WAITS = declare(
    "record_waits",
    _("Возвращённая анкета ждёт правки"),
    _LEADING,
    needs_act=True,
    lasts=timedelta(days=7),
    icon="arrow-back-up",
)
DRAFT = declare(
    "draft_waits", _("Начатая анкета не отправлена"), _LEADING, lasts=timedelta(days=7), icon="pencil"
)
APPROVED = declare("census_approved", _("Анкету одобрили"), _LEADING, icon="circle-check")
ROUND_OPENED = declare(
    "round_opened", _("Открылась ежегодная перепись"), _LEADING, needs_act=True, icon="clipboard-check"
)
ROUND_REMINDER = declare(
    "round_reminder", _("Перепись ждёт подтверждения"), _LEADING, needs_act=True, icon="clipboard-check"
)
CLAIM_APPROVED = declare(
    "claim_approved",
    _("Заявление лидера приняли"),
    _("Вы подавали заявление на портале."),
    needs_act=True,
    icon="user-check",
)
CLAIM_RETURNED = declare(
    "claim_returned",
    _("Заявление лидера не приняли"),
    _("Вы подавали заявление на портале."),
    icon="user-x",
)
INVITATION = declare(
    "steward_invitation",
    _("Приглашение вести сообщество"),
    _("Лидер сообщества указал ваш адрес."),
    needs_act=True,
    lasts=timedelta(days=14),
)
QUEUE_NORM = declare(
    "queue_norm",
    _("Норма проверки кончается или нарушена"),
    _COORDINATING,
    needs_act=True,
    for_staff=True,
    lasts=timedelta(days=3),
    icon="hourglass",
)

Row = TypeVar("Row", CensusRecord, Claim)

#: A letter names so many; the rest is a number.
NAMED = 12


def link(branch: Branch, path: str) -> str:
    """`path` of the branch's portal as a letter needs it: absolute."""
    return f"{branch.origin}{path}"


def _reasons(record: CensusRecord) -> list[dict[str, str]]:
    return [
        {"label": str(label(decision.field)), "reason": decision.reason}
        for decision in record.decisions.filter(accepted=False).order_by("pk")
    ]


# --- the record ------------------------------------------------------------------------------------


def tell_approved(record: CensusRecord) -> None:
    """The record is public now."""
    community = record.community
    notify_all(
        Message(
            APPROVED,
            key=f"census-approved:{record.pk}:u{user.pk}",
            branch=community.branch,
            user=user,
            context={"name": record.name},
            path=community.get_absolute_url(),
        )
        for user in community.speakers
    )


def tell_returned(record: CensusRecord) -> None:
    """The record came back, with a reason for each field."""
    community, reasons = record.community, _reasons(record)
    notify_all(
        Message(
            RETURNED,
            key=f"census-returned:{record.pk}:{record.submitted_version}:u{user.pk}",
            branch=community.branch,
            user=user,
            context={"name": record.name, "reasons": reasons},
            path=reverse("cabinet"),
        )
        for user in community.speakers
    )


def _alive(rows: Sequence[Row]) -> list[Row]:
    """Nobody waits for what belongs to a merged community. Asked here: the scan itself reads no communities."""
    return [row for row in rows if row.community.listing != Listing.MERGED]


def _remind_of_returned(records: Sequence[CensusRecord], offset: timedelta) -> None:
    for record in _alive(records):
        community, reasons = record.community, _reasons(record)
        day = timezone.localtime(record.decided_at, community.branch.tz)
        notify_all(
            Message(
                WAITS,
                key=f"record-waits:{record.pk}:{record.submitted_version}:{offset.days}:u{user.pk}",
                branch=community.branch,
                user=user,
                context={"name": record.name, "reasons": reasons, "day": f"{day:%d.%m.%Y}"},
                path=reverse("cabinet"),
            )
            for user in community.speakers
        )


def _remind_of_drafts(records: Sequence[CensusRecord], offset: timedelta) -> None:
    for record in _alive(records):
        community = record.community
        notify_all(
            Message(
                DRAFT,
                key=f"draft-waits:{record.pk}:{record.version}:{offset.days}:u{user.pk}",
                branch=community.branch,
                user=user,
                context={"name": record.name},
                path=reverse("cabinet"),
            )
            for user in community.speakers
        )


remind(
    "record-waits",
    rows=lambda: CensusRecord.objects.returned().select_related("community__branch"),
    dated="decided_at",
    offsets=[timedelta(days=3), timedelta(days=10)],
    tell=_remind_of_returned,
    grace=timedelta(days=7),
)
remind(
    "draft-waits",
    rows=lambda: CensusRecord.objects.drafts().select_related("community__branch"),
    dated="saved_at",
    offsets=[timedelta(days=3), timedelta(days=14)],
    tell=_remind_of_drafts,
    grace=timedelta(days=7),
)


# --- the queue's norm ------------------------------------------------------------------------------


def _tell_coordinators(rows: Sequence[Any], offset: timedelta, called: Callable[[Any], object]) -> None:
    """One message to each coordinator about all that reached this point of its norm together."""
    by_branch: dict[Branch, list[Any]] = defaultdict(list)
    for row in rows:
        by_branch[row.branch].append(row)
    for branch, waiting in by_branch.items():
        first = waiting[0]
        at = f"{first.decide_by:%Y%m%d}:{offset.days}:{first._meta.model_name}{first.pk}"
        names = [str(called(row)) for row in waiting]
        notify_all(
            Message(
                QUEUE_NORM,
                key=f"queue-norm:{branch.pk}:{at}:u{user.pk}",
                branch=branch,
                user=user,
                context={
                    "late": offset >= timedelta(),
                    "norm": branch.norm_days,
                    "names": names[:NAMED],
                    "more": max(0, len(names) - NAMED),
                    "total": len(names),
                },
                path=reverse("review-queue"),
            )
            for user in User.objects.holding(RoleKind.COORDINATOR, branch)
        )


#: The morning of the last day, the morning after, and once more while nothing happens.
_NORM = [timedelta(days=-1), timedelta(), timedelta(days=3)]


def remind_of_norm(
    code: str,
    rows: Callable[[], QuerySet],
    called: Callable[[Any], object],
    alive: Callable[[Sequence[Any]], Sequence[Any]] = list,
) -> None:
    """Have coordinators reminded of what waits for their decision (`Reviewed` rows), before and after its norm.

    `called` names a row; `alive` leaves out those for which nobody waits any more.
    """
    remind(
        code,
        rows=rows,
        dated="decide_by",
        offsets=_NORM,
        tell=lambda found, offset: _tell_coordinators(alive(found), offset, called),
        since="submitted_at",
        grace=timedelta(days=7),
    )


remind_of_norm(
    "record-norm",
    lambda: CensusRecord.objects.submitted().select_related("community__branch"),
    lambda record: record.name,
    _alive,
)
remind_of_norm(
    "claim-norm",
    lambda: Claim.objects.waiting().select_related("community__branch", "community__current"),
    lambda claim: claim.community.name,
    _alive,
)


# --- claims and invitations ------------------------------------------------------------------------


def tell_claim_decided(claim: Claim) -> None:
    """The claimant leads the community now, or reads why not."""
    community = claim.community
    approved = not claim.reason
    notify(
        CLAIM_APPROVED if approved else CLAIM_RETURNED,
        key=f"claim-decided:{claim.pk}",
        branch=community.branch,
        user=claim.submitted_by,
        context={"name": community.name, "reason": claim.reason},
        path=reverse("cabinet") if approved else community.get_absolute_url(),
    )


def invitation_sent(invitation: Invitation) -> None:
    """Write to the invited person. The letter holds the invitation's key; its link is made when it is sent."""
    community = invitation.community
    notify(
        INVITATION,
        key=f"steward-invitation:{invitation.pk}",
        branch=community.branch,
        email=invitation.email,
        context={
            "name": community.working_name,
            "inviter": str(invitation.created_by),
            "role": invitation.get_role_display().lower(),
            "invitation": invitation.pk,
            "expires_on": f"{invitation.expires_at:%d.%m.%Y}",
        },
        too_late_at=invitation.expires_at,
    )


# --- the yearly round ------------------------------------------------------------------------------


def ask_to_confirm(round_: CensusRound, branch: Branch, *, key: str, again: bool) -> int:
    """Ask each leader about all of their communities that have not answered; how many leaders that is."""
    silent = Community.objects.in_branch(branch).not_confirmed_in(round_)
    leaders = (
        Stewardship.objects.filter(role=StewardRole.LEADER, community__in=silent.values("pk"))
        .select_related("user", "community__current")
        .order_by("user_id", "community_id")
    )
    theirs: dict[User, list[Community]] = defaultdict(list)
    for stewardship in leaders:
        theirs[stewardship.user].append(stewardship.community)
    notify_all(_asked(round_, branch, theirs.items(), key=key, again=again))
    return len(theirs)


def _asked(
    round_: CensusRound,
    branch: Branch,
    leaders: Iterable[tuple[User, list[Community]]],
    *,
    key: str,
    again: bool,
) -> Iterable[Message]:
    for leader, communities in leaders:
        yield Message(
            ROUND_REMINDER if again else ROUND_OPENED,
            key=f"{key}:u{leader.pk}",
            branch=branch,
            user=leader,
            context={
                "year": round_.year,
                "closes_on": f"{round_.closes_on:%d.%m.%Y}",
                "names": [community.name for community in communities],
            },
            path=reverse("cabinet"),
        )


def _remind_of_round(rounds: Sequence[CensusRound], offset: timedelta) -> None:
    """Those who have confirmed meanwhile are not asked."""
    for round_ in rounds:
        for branch in [round_.branch] if round_.branch else Branch.objects.all():
            key = f"round-closing:{round_.pk}:{branch.pk}:{round_.closes_on}:{offset.days}"
            ask_to_confirm(round_, branch, key=key, again=True)


remind(
    "round-closing",
    rows=lambda: CensusRound.objects.opened().select_related("branch"),
    dated="closes_on",
    offsets=[timedelta(days=-14), timedelta(days=-3), timedelta(days=-1)],
    tell=_remind_of_round,
    since="opened_at",
    grace=timedelta(days=1),
)
