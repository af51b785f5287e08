"""State events and talks on pages of others: the event's own page, the community's, the cabinet."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from events.choices import Help, Offer
from events.models import StateEventSupport, SupportRequest, Talk
from hub.choices import State
from hub.prepared import Prepared

register = template.Library()

#: So many are named: talks on a community's page, what the city asks for among one's tasks, one's own rows.
TALKS, ASKED, MINE = 5, 3, 8
_talks_of = Prepared(
    lambda community: (
        Talk.objects.filter(community_id=community)
        .confirmed()
        .with_public_names()
        .order_by("-date", "-pk")
        .values(
            "topic", "date", "stage", "place", "link", "speaker", "shows_name", "event__title", "event__slug",
            "event__state",
        )[: TALKS + 1]
    ),
    int,
)  # fmt: skip


@register.filter
def help_words(kinds: list[str]) -> str:
    """«волонтёры, ведущие»: what is asked for or offered, in small letters."""
    return ", ".join(str(Help(kind).label).lower() for kind in kinds if kind in Help.values)


@register.filter
def help_label(kind: str) -> Any:
    return Help(kind).label if kind in Help.values else ""


@register.inclusion_tag("events/_support_asked.html", takes_context=True)
def support_asked(context: template.Context, event: int) -> dict[str, Any]:
    """`{% support_asked event.pk %}`: what a state event asks for, who helps, and the way to offer."""
    asked = SupportRequest.objects.filter(event=event).public().told().first()
    branch = context["branch"]
    is_open = asked is not None and asked.until >= timezone.localdate(timezone=branch.tz)
    return {"asked": asked, "is_open": is_open}


@register.inclusion_tag("events/_community_talks.html")
def community_talks(community: Any) -> dict[str, Any]:
    """`{% community_talks community %}`: where its people spoke; names of those alone who show theirs."""
    rows = _talks_of(community.pk)
    return {"rows": rows[:TALKS], "more": len(rows) > TALKS}


@register.simple_tag(takes_context=True)
def city_side(context: template.Context) -> dict[str, Any]:
    """`{% city_side as city %}`: `tasks` for the cabinet's list, one's `supports` and `talks`."""
    request = context["request"]
    user, branch = request.user, request.branch
    supports = list(
        StateEventSupport.objects.spoken_for_by(user, branch)
        .exclude(offer=Offer.WITHDRAWN)
        .select_related("event", "community__current")
        .order_by("-offered_at", "-pk")[: 3 * MINE]
    )
    talks = list(
        Talk.objects.worked_on_by(user, branch)
        .select_related("event", "community__current")
        .order_by("-date", "-pk")[: 3 * MINE]
    )
    today = timezone.localdate(timezone=branch.tz)
    asked = (
        SupportRequest.objects.in_branch(branch).open_on(today).unanswered_by(user).select_related("event")
    )
    tasks = [*_to_do(supports, talks), *_to_answer(list(asked[: ASKED + 1]))]
    return {
        "tasks": tasks,
        "count": len(tasks),
        "supports": supports[:MINE],
        "talks": talks[:MINE],
    }


def _to_do(supports: list[StateEventSupport], talks: list[Talk]) -> list[dict[str, Any]]:
    """What waits for the person: proofs that are due, and what the coordinator has returned."""
    tasks, now = [], timezone.now()
    for support in supports:
        href = reverse("support-detail", args=[support.pk])
        title = {"title": support.event.title}
        if support.state == State.RETURNED:
            words = _("Дополните подтверждение: «%(title)s»") % title
            tasks.append(_task(words, str(support.community), "arrow-back-up", href, hot=True))
        elif (
            support.offer == Offer.ACCEPTED and support.state == State.DRAFT and support.event.ends_at <= now
        ):
            words = _("Покажите, как помогли: «%(title)s»") % title
            tasks.append(_task(words, str(support.community), "camera", href, hot=True))
    for talk in talks:
        if talk.state == State.RETURNED:
            words = _("Дополните выступление: «%(topic)s»") % {"topic": talk.topic}
            href = reverse("talk-edit", args=[talk.pk])
            tasks.append(_task(words, str(talk.community), "arrow-back-up", href, hot=True))
    return tasks


def _to_answer(asked: list[SupportRequest]) -> list[dict[str, Any]]:
    tasks = [
        _task(
            _("Поддержите город: «%(title)s»") % {"title": request.event.title},
            help_words(request.kinds) or request.text,
            "flag",
            reverse("support-offer", args=[request.event_id]),
            due=_("до %(day)s") % {"day": f"{request.until:%d.%m.%Y}"},
        )
        for request in asked[:ASKED]
    ]
    if len(asked) > ASKED:
        href = reverse("state-event-list")
        tasks.append(_task(_("Ещё события города, которым нужна помощь"), "", "list", href))
    return tasks


def _task(title: str, note: str, icon: str, href: str, *, due: str = "", hot: bool = False) -> dict[str, Any]:
    return {"title": title, "note": note, "icon": icon, "href": href, "due": due, "hot": hot}
