"""Figures of the calendar: state events that communities supported, talks that they gave."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db.models import Count, F, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.choices import Direction, Topic
from events.choices import Offer
from events.models import Event, StateEventSupport, Talk
from hub.choices import State
from reports.kpis.communities import districts
from reports.kpis.definition import Cut, Kpi

if TYPE_CHECKING:
    from hub.models import Branch


# --- state events supported ------------------------------------------------------------------------


def _in_year(branches: Collection[Branch], year: int) -> Q:
    """Events that begin in `year` by the clock of their branch."""
    by_zone: dict[str, list[int]] = defaultdict(list)
    for branch in branches:
        by_zone[branch.timezone].append(branch.pk)
    found = Q(pk__in=[])
    for name, pks in by_zone.items():
        first, after = (datetime(one, 1, 1, tzinfo=ZoneInfo(name)) for one in (year, year + 1))
        found |= Q(branch__in=pks, starts_at__gte=first, starts_at__lt=after)
    return found


def _state_events(branches: Collection[Branch], year: int) -> QuerySet[Event]:
    return Event.objects.published().filter(_in_year(branches, year), is_state=True, cancelled_at=None)


def supported(branches: Collection[Branch], year: int) -> QuerySet[Event]:
    """State events of `year` with at least one community's confirmed support; they count since the first."""
    confirmed = (
        StateEventSupport.objects.confirmed().filter(event=OuterRef("pk")).order_by("decided_at", "pk")
    )
    return (
        _state_events(branches, year)
        .annotate(counted_at=Subquery(confirmed.values("decided_at")[:1]))
        .filter(counted_at__isnull=False)
        .order_by("-counted_at", "-pk")
    )


def _supported_shown(rows: QuerySet[Event]) -> QuerySet[Event]:
    supports = StateEventSupport.objects.confirmed().whole().order_by("decided_at", "pk")
    return rows.select_related("branch", "venue__district").prefetch_related(
        Prefetch("supports", supports, to_attr="confirmed")
    )


def _supported_cells(event: Any) -> dict[Any, Any]:
    first = event.confirmed[0]
    return {
        _("Событие"): event.title,
        _("День"): event.starts_at.astimezone(event.tz).date(),
        _("Площадка"): event.venue.name if event.venue else event.place,
        _("Район"): event.venue.district.name if event.venue and event.venue.district else "",
        _("Кто поддержал"): ", ".join(str(support.community) for support in event.confirmed),
        _("Сообществ"): len(event.confirmed),
        _("Засчитано"): timezone.localtime(event.counted_at, event.branch.tz).date(),
        _("Кем"): str(first.decided_by),
        _("Ссылка"): first.link,
        _("Адрес страницы"): event.get_absolute_url(),
    }


def _this_year(branches: Collection[Branch]) -> dict[int, int]:
    rows = _state_events(branches, timezone.localdate().year).order_by()
    return {b.pk: 0 for b in branches} | dict(rows.values_list("branch").annotate(n=Count("pk")))


def _support_work(branch: Branch, rows: QuerySet[Event]) -> dict[str, int]:
    """Events that proofs to be decided would add, that proofs still due would, and that nobody supports yet."""
    year = timezone.localdate(timezone=branch.tz).year
    more = ~Q(pk__in=rows.order_by().values("pk"))
    due = Q(
        supports__offer=Offer.ACCEPTED, supports__state__in=[State.DRAFT, State.RETURNED], ends_at__lt=Now()
    )
    return (
        _state_events([branch], year)
        .order_by()
        .aggregate(
            waiting=Count("pk", filter=Q(supports__state=State.SUBMITTED) & more, distinct=True),
            due=Count("pk", filter=due & more, distinct=True),
            offered=Count("pk", filter=Q(supports__offer=Offer.OFFERED), distinct=True),
            ahead=Count("pk", filter=Q(starts_at__gte=Now()) & more, distinct=True),
            whole=Count("pk", distinct=True),
        )
    )


state_events_supported = Kpi(
    code="state_events_supported",
    name=_("Поддержка государственных событий"),
    unit=_("событий"),
    caption=_("событий города поддержано"),
    definition=_(
        "Государственное событие года, которое поддержало хотя бы одно сообщество: администрация приняла помощь, "
        "сообщество показало, что сделало, координатор это подтвердил. Отменённые события не считаются."
    ),
    version=1,
    rows=supported,
    shown=_supported_shown,
    proof=lambda event: event.confirmed[0],
    cells=_supported_cells,
    cuts=(
        Cut("topic", _("По темам"), _("Тема"), "topics__0", lambda branch: Topic.choices),
        Cut("district", _("По районам"), _("Район"), "venue__district__slug", districts),
    ),
    whole=_this_year,
    work=_support_work,
)


# --- talks given -----------------------------------------------------------------------------------


def given(branches: Collection[Branch], year: int) -> QuerySet[Talk]:
    """Talks of `year` that a coordinator has confirmed."""
    return (
        Talk.objects.confirmed()
        .filter(branch__in=branches, date__year=year)
        .annotate(counted_at=F("decided_at"))
        .order_by("-counted_at", "-pk")
    )


def _talk_cells(talk: Talk) -> dict[Any, Any]:
    return {
        _("Тема"): talk.topic,
        _("Кто выступал"): talk.speaker,
        _("Сообщество"): str(talk.community),
        _("День"): talk.date,
        _("Мероприятие"): talk.event.title if talk.event else talk.stage,
        _("Место"): _place(talk),
        _("Засчитано"): timezone.localtime(talk.decided_at, talk.branch.tz).date(),
        _("Кем"): str(talk.decided_by),
        _("Ссылка"): talk.link,
    }


def _place(talk: Talk) -> str:
    if talk.event is None:
        return talk.place
    return talk.event.venue.name if talk.event.venue else talk.event.place


def _told(branches: Collection[Branch]) -> dict[int, int]:
    rows = Talk.objects.filter(branch__in=branches, date__year=timezone.localdate().year).order_by()
    return {b.pk: 0 for b in branches} | dict(rows.values_list("branch").annotate(n=Count("pk")))


def _talk_work(branch: Branch, rows: QuerySet[Talk]) -> dict[str, int]:
    """Talks to decide, talks that leaders have to mend, and how many communities have spoken."""
    year = timezone.localdate(timezone=branch.tz).year
    return (
        Talk.objects.in_branch(branch)
        .filter(date__year=year)
        .order_by()
        .aggregate(
            waiting=Count("pk", filter=Q(state=State.SUBMITTED)),
            returned=Count("pk", filter=Q(state=State.RETURNED)),
            spoke=Count("community", filter=Q(state=State.APPROVED), distinct=True),
            elsewhere=Count("pk", filter=Q(state=State.APPROVED, event=None)),
            whole=Count("pk"),
        )
    )


talks_given = Kpi(
    code="talks_given",
    name=_("Выступления лидеров и экспертов"),
    unit=_("выступлений"),
    caption=_("выступлений от сообществ"),
    definition=_(
        "Выступление лидера или эксперта от имени сообщества в этом году, о котором известны место и день "
        "и которое координатор подтвердил по фото, программе или ссылке."
    ),
    version=1,
    rows=given,
    shown=lambda rows: rows.whole(),
    proof=lambda talk: talk,
    cells=_talk_cells,
    cuts=(
        Cut(
            "direction",
            _("По направлениям"),
            _("Направление"),
            "community__current__directions__0",
            lambda branch: Direction.choices,
        ),
        Cut("district", _("По районам"), _("Район"), "community__current__district__slug", districts),
    ),
    whole=_told,
    work=_talk_work,
)
