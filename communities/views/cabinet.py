"""The cabinet: one screen with the state of one's communities and everything that waits for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from communities.choices import SPEAKING, StewardRole
from communities.diff import label
from communities.models import CensusRecord, CensusRound, Claim, Community, Stewardship
from communities.views.cards import small_picture
from communities.views.census import host_branch
from communities.views.submission import resume_at
from hub.choices import State
from hub.models import Revision
from hub.small_pictures import ROW

#: How long a decided claim is still told about.
CLAIM_NEWS = timedelta(days=60)
SOON = timedelta(days=14)


@dataclass
class Mine:
    """One community of the person: what its people see of it in the cabinet."""

    steward: Stewardship
    in_work: CensusRecord | None
    round: CensusRound | None
    trace: list[Revision] = field(default_factory=list)

    @property
    def community(self) -> Community:
        return self.steward.community

    @property
    def public(self) -> CensusRecord | None:
        return self.community.current

    @property
    def record(self) -> CensusRecord | None:
        return self.in_work or self.public

    @property
    def name(self) -> str:
        return str(self.record) if self.record else self.community.slug

    @property
    def logo(self) -> str:
        return small_picture(self.record.logo.file.name, ROW) if self.record and self.record.logo else ""

    @property
    def anchor(self) -> str:
        """Where the page shows it."""
        return f"c{self.community.pk}"

    @property
    def state(self) -> str:
        return self.record.state if self.record else State.DRAFT

    @property
    def leads(self) -> bool:
        return self.steward.role in SPEAKING

    @property
    def open_invitations(self) -> list[dict[str, str]]:
        return self.steward.open_invitations  # type: ignore[attr-defined, no-any-return]  # annotated

    @property
    def to_mend(self) -> list[Any]:
        """Fields the coordinator returned that have not been changed since."""
        if self.in_work is None or self.in_work.state != State.RETURNED:
            return []
        changed = self.in_work.changed_fields
        return [row for row in self.in_work.decisions.all() if not row.accepted and row.field not in changed]

    @property
    def due_round(self) -> bool:
        """Approved once, and a newer round asks whether it is still true."""
        public = self.public
        return bool(
            self.round and public and public.state == State.APPROVED and public.round.year < self.round.year
        )

    @property
    def may_confirm(self) -> bool:
        return self.due_round and self.in_work is None and self.leads

    @property
    def resume(self) -> str:
        if self.in_work is None:
            return ""
        first = self.to_mend[0].field if self.to_mend else None
        return resume_at(self.in_work, first)

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The way of the record for components/track.html: what was, where it stands, what comes."""
        record = self.record
        if record is None:
            return []
        steps = [_told(row) for row in self.trace if row.action in _TOLD]
        if record.state == State.RETURNED:
            back = next((step for step in reversed(steps) if step["state"] == "back"), None)
            if back is not None:
                returned = [row for row in record.decisions.all() if not row.accepted]
                back["quote"] = "\n".join(f"{label(row.field)}: {row.reason}" for row in returned)
            steps.append({"title": _("Ждёт вас"), "note": _("поправьте и отправьте снова"), "state": "now"})
        elif record.state == State.SUBMITTED:
            norm = self.community.branch.norm_days
            note = ngettext("обычно до %(n)s рабочего дня", "обычно до %(n)s рабочих дней", norm) % {
                "n": norm
            }
            steps.append({"title": _("Проверяет координатор"), "note": note, "state": "now"})
        elif record.state == State.DRAFT:
            steps.append({"title": _("Черновик у вас"), "note": _("жители его не видят"), "state": "now"})
        if record.state in (State.DRAFT, State.SUBMITTED, State.RETURNED):
            steps.append(
                {"title": _("Одобрение и каталог") if self.public is None else _("Жители увидят правку")}
            )
        elif self.due_round and self.round:
            steps.append(
                {"title": _("Подтверждение: перепись %(year)s") % {"year": self.round.year}, "state": "now"}
            )
        return steps


#: Moves that the timeline tells of, in its words.
_TOLD = {
    "register": gettext_lazy("Начата"),
    "begin": gettext_lazy("Начали правку"),
    "submit": gettext_lazy("Отправлена"),
    "withdraw": gettext_lazy("Отозвана"),
    "return": gettext_lazy("Возвращена на уточнение"),
    "approve": gettext_lazy("Одобрена"),
}


def _told(row: Revision) -> dict[str, Any]:
    decided = row.action in ("return", "approve")
    note = str(row.actor) if decided and row.actor else row.note
    state = "back" if row.action == "return" else "done"
    return {"title": _TOLD[row.action], "note": note, "at": row.at, "state": state}


@login_required
@require_safe
def cabinet(request: HttpRequest) -> HttpResponse:
    """Where signing in leads."""
    branch = host_branch(request)
    round_ = CensusRound.objects.current_for(branch)
    stewards = list(Stewardship.objects.of(request.user, branch))
    records = CensusRecord.objects.in_work_of([row.community_id for row in stewards])
    in_work = {record.community_id: record for record in records}
    mine = [Mine(row, in_work.get(row.community_id), round_) for row in stewards]
    _read_traces(mine)
    claims = list(Claim.objects.told_to(request.user, branch, since=timezone.now() - CLAIM_NEWS))
    tasks = [task for one in mine for task in _tasks(one, named=len(mine) > 1)]
    tasks.sort(key=lambda task: (not task["hot"], task["by"] or timezone.localdate() + timedelta(days=999)))
    context = {
        "mine": mine,
        "only": mine[0] if len(mine) == 1 else None,
        "tasks": tasks,
        "claims": claims,
        "round": round_,
        "greeting": _greeting(timezone.localtime(timezone=branch.tz)),
    }
    return render(request, "communities/cabinet.html", context)


def _read_traces(mine: Iterable[Mine]) -> None:
    """The revisions of all shown records in one query."""
    shown = {one.record.pk: one for one in mine if one.record}
    traces: dict[int, list[Revision]] = defaultdict(list)
    rows = Revision.objects.filter(target=CensusRecord._meta.label_lower, target_id__in=shown)
    for row in rows.filter(action__in=_TOLD).select_related("actor").order_by("pk"):
        traces[row.target_id].append(row)
    for pk, one in shown.items():
        one.trace = traces[pk]


def _tasks(one: Mine, *, named: bool) -> list[dict[str, Any]]:
    """What waits for the person in one community; `named` says which of several it is."""
    tasks, record = [], one.in_work
    whose = f"{one.name}: " if named else ""
    if record and record.state == State.RETURNED:
        left = len(one.to_mend)
        title = (
            ngettext("Поправьте %(n)s место в анкете", "Поправьте %(n)s мест в анкете", left) % {"n": left}
            if left
            else _("Отправьте анкету снова")
        )
        note = one.to_mend[0].reason if left else _("всё, о чём просил координатор, поправлено")
        tasks.append(_task(title, whose + note, "pencil", one.resume, hot=True))
    elif record and record.state == State.DRAFT:
        title = _("Отправьте начатую правку") if one.public else _("Допишите анкету и отправьте")
        tasks.append(_task(title, one.name, "edit", one.resume))
    if one.public and one.public.state == State.IMPORTED and record is None:
        address = f"#{one.anchor}"
        tasks.append(
            _task(
                _("Проверьте анкету и отправьте"),
                whose + _("она взята из таблицы, её ещё никто не подтвердил"),
                "clipboard-check",
                address,
            )
        )
    if one.due_round and one.round and (record is None or record.state == State.DRAFT):
        by = one.round.closes_on
        title = _("Подтвердите анкету: перепись %(year)s") % {"year": one.round.year}
        hot = by <= timezone.localdate() + SOON
        tasks.append(_task(title, one.name, "refresh", f"#{one.anchor}", by=by, hot=hot))
    for invitation in one.open_invitations if one.leads else ():
        address = f"{reverse('community-manage', args=[one.community.slug])}#invitations"
        to = invitation["email"] or str(StewardRole(invitation["role"]).label).lower()
        by = timezone.localtime(datetime.fromisoformat(invitation["expires_at"])).date()
        tasks.append(_task(_("Приглашение ещё не приняли"), whose + to, "user-plus", address, by=by))
    return tasks


def _task(
    title: str, note: str, icon: str, href: str, *, by: Any = None, hot: bool = False
) -> dict[str, Any]:
    due = _("до %(day)s") % {"day": f"{by:%d.%m.%Y}"} if by else ""
    return {"title": title, "note": note, "icon": icon, "href": href, "by": by, "due": due, "hot": hot}


def _greeting(now: datetime) -> str:
    if now.hour < 5:
        return _("Доброй ночи")
    if now.hour < 12:
        return _("Доброе утро")
    return _("Добрый день") if now.hour < 18 else _("Добрый вечер")
