"""The only door through which a reviewed row changes its state.

    draft ──submit──▶ submitted ──approve──▶ approved ──retire──▶ retired
      ▲  ▲               │  │
      │  └──withdraw─────┘  └──return──▶ returned ──submit──▶ submitted

An approved row is a fact: a correction is a new row whose approval retires the old one. Each move
locks the row, is made once, never decided by the submitter, and leaves a `Revision`.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hub.choices import State
from hub.models import Branch, Revision
from hub.working_days import add_working_days

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.models import User


class Refused(Exception):
    """A move that may not be made; the message is for the person who tried."""


class AlreadyDecided(Refused):
    """Somebody (perhaps the same person in another tab) has moved the row meanwhile."""


class OwnSubmission(Refused):
    """Nobody decides on what they submitted themselves."""


#: verb → (states it may start from, state it leads to)
TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "submit": (frozenset({State.DRAFT, State.RETURNED}), State.SUBMITTED),
    "withdraw": (frozenset({State.SUBMITTED}), State.DRAFT),
    "approve": (frozenset({State.SUBMITTED}), State.APPROVED),
    "return": (frozenset({State.SUBMITTED}), State.RETURNED),
    "retire": (frozenset({State.APPROVED, State.IMPORTED}), State.RETIRED),
    # Undoing what retired a row (two entries merged by mistake) makes it public again.
    "reinstate": (frozenset({State.RETIRED}), State.APPROVED),
    "reinstate_imported": (frozenset({State.RETIRED}), State.IMPORTED),
}
_DECISIONS = {"approve", "return"}


class Reviewed(models.Model):
    """A row that somebody submits and somebody else decides on, by the norm of its `branch`."""

    if TYPE_CHECKING:
        branch: Any

    state = models.CharField(
        gettext_lazy("состояние"), max_length=10, choices=State.choices, default=State.DRAFT, editable=False
    )
    submitted_at = models.DateTimeField(gettext_lazy("отправлено"), null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    # The norm of the branch as it was promised when the row was sent: late from this moment on.
    decide_by = models.DateTimeField(gettext_lazy("решить до"), null=True, editable=False)
    decided_at = models.DateTimeField(gettext_lazy("решено"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(submitted_at=None, submitted_by=None)
                | Q(submitted_at__isnull=False, submitted_by__isnull=False),
                name="%(class)s_submitted_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(decided_at=None, decided_by=None)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="%(class)s_decided_who_and_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.SUBMITTED, State.RETURNED, State.APPROVED])
                | Q(submitted_at__isnull=False),
                name="%(class)s_submitted_before_review",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.RETURNED, State.APPROVED]) | Q(decided_at__isnull=False),
                name="%(class)s_decided_when_final",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(submitted_by=None) | ~Q(decided_by=models.F("submitted_by")),
                name="%(class)s_not_decided_by_submitter",
            ),
        ]

    @property
    def is_editable(self) -> bool:
        return self.state in (State.DRAFT, State.RETURNED)


Row = TypeVar("Row", bound=Reviewed)


def lock(row: Row) -> Row:
    """The same row, fresh and locked until the transaction ends. Call inside `transaction.atomic`.

    Its key is left free: whoever only points at the row (the database looks it up when they commit) must not
    wait for us while we wait for something of theirs.
    Raises AlreadyDecided when somebody (a second click, another tab) has deleted it meanwhile.
    """
    rows = type(row)._base_manager.select_for_update(of=("self",), no_key=True)
    fresh = rows.filter(pk=row.pk).first()
    if fresh is None:
        raise AlreadyDecided(_("Этого уже нет: удалили в другом окне. Обновите страницу."))
    return fresh


@transaction.atomic
def move(row: Row, verb: str, *, by: User | None, note: str = "", changed: Iterable[str] = ()) -> Row:
    """Move `row` through `verb` of TRANSITIONS; return it fresh and locked.

    Raises AlreadyDecided when the row is in no state that the verb starts from, and OwnSubmission
    when the submitter tries to decide. `by` may be None for "retire" alone (the portal itself).
    """
    sources, goal = TRANSITIONS[verb]
    fresh = lock(row)
    if fresh.state not in sources:
        raise AlreadyDecided(
            _("Состояние уже изменилось: «%(state)s». Обновите страницу.")
            % {"state": fresh.get_state_display()}
        )
    if verb in _DECISIONS and by is not None and fresh.submitted_by_id == by.pk:
        raise OwnSubmission(_("Это ваша собственная запись: решение принимает другой координатор."))
    fresh.state = goal
    now = timezone.now()
    if verb == "submit":
        fresh.submitted_at, fresh.submitted_by = now, by
        fresh.decide_by = norm_end(fresh.branch, now)
        fresh.decided_at = fresh.decided_by = None
    elif verb == "withdraw":
        fresh.submitted_at = fresh.submitted_by = fresh.decide_by = None
    elif verb in _DECISIONS:
        fresh.decided_at, fresh.decided_by = now, by
    fresh.save(
        update_fields=["state", "submitted_at", "submitted_by", "decide_by", "decided_at", "decided_by"]
    )
    record_revision(fresh, verb, by=by, note=note, changed=changed)
    return fresh


def norm_end(branch: Branch, sent: datetime) -> datetime:
    """When what was sent to `branch` at `sent` begins to be late: its last working day is over."""
    last = add_working_days(sent.astimezone(branch.tz).date(), branch.norm_days)
    return datetime.combine(last + timedelta(days=1), time.min, branch.tz)


def record_revision(
    row: models.Model, action: str, *, by: Any, note: str = "", changed: Iterable[str] = ()
) -> Revision:
    """Append what was done to `row`; every action that writes something meaningful ends here."""
    return Revision.objects.create(
        target=row._meta.label_lower,
        target_id=row.pk,
        action=action,
        actor=by,
        note=note,
        changed=sorted(changed),
    )


def revisions_of(row: models.Model) -> models.QuerySet[Revision]:
    """The trace of `row`, oldest first, with its actors."""
    return Revision.objects.filter(target=row._meta.label_lower, target_id=row.pk).select_related("actor")


def reason_of(row: Reviewed) -> str:
    """Why it was returned, if that is where it stands."""
    if row.state != State.RETURNED:
        return ""
    last = revisions_of(row).filter(action="return").order_by("pk").last()
    return last.note if last else ""
