"""State events and talks on pages of others: the event's own page, the community's, the cabinet."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.choices import Help, Offer
from events.models import StateEventSupport, SupportRequest, Talk
from events.querysets.state import city_of
from hub.choices import RoleKind, State
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
            "topic", "date", "stage", "place", "link", "user__name", "shows_name", "event__title",
            "event__slug", "event__state",
        )[: TALKS + 1]
    ),
    int,
)  # fmt: skip


@register.filter
def help_words(kinds: list[str]) -> str:
    """«волонтёры, ведущие»: what is asked for or offered, in small letters."""
    return ", ".join(Help.labels_of(kinds)).lower()


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
    """`{% city_side as city %}`: `tasks` for the cabinet's list (`count` of them), one's `supports` and `talks`."""
    request = context["request"]
    branch = request.branch
    found = city_of(request.user, branch, timezone.localdate(timezone=branch.tz))
    for support in found["supports"]:
        support["day"] = datetime.fromisoformat(support["starts_at"]).astimezone(branch.tz).date()
    for talk in found["talks"]:
        talk["day"] = date.fromisoformat(talk["date"])
    tasks = [*_to_do(found["supports"], found["talks"]), *_to_answer(found["asked"])]
    return {
        "tasks": tasks,
        "count": len(tasks),
        "supports": found["supports"][:MINE],
        "talks": found["talks"][:MINE],
    }


def _to_do(supports: list[dict[str, Any]], talks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What waits for the person: proofs that are due, and what the coordinator has returned."""
    tasks = []
    for support in supports:
        href = reverse("support-detail", args=[support["pk"]])
        due = support["offer"] == Offer.ACCEPTED and support["state"] == State.DRAFT and support["over"]
        if support["off"]:
            continue
        if support["state"] == State.RETURNED:
            words = _("Дополните подтверждение: «%(title)s»") % support
            tasks.append(_task(words, support["name"], "arrow-back-up", href, hot=True))
        elif due:
            words = _("Покажите, как помогли: «%(title)s»") % support
            tasks.append(_task(words, support["name"], "camera", href, hot=True))
    for talk in talks:
        if talk["state"] == State.RETURNED:
            words = _("Дополните выступление: «%(topic)s»") % talk
            href = reverse("talk-edit", args=[talk["pk"]])
            tasks.append(_task(words, talk["name"], "arrow-back-up", href, hot=True))
    return tasks


def _to_answer(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    tasks = [
        _task(
            _("Поддержите город: «%(title)s»") % request,
            help_words(request["kinds"]) or request["text"],
            "flag",
            reverse("support-offer", args=[request["event"]]),
            due=_("до %(day)s") % {"day": f"{date.fromisoformat(request['until']):%d.%m.%Y}"},
        )
        for request in asked[:ASKED]
    ]
    if len(asked) > ASKED:
        href = reverse("state-event-list")
        tasks.append(_task(_("Ещё события города, которым нужна помощь"), "", "list", href))
    return tasks


#: So many events with unanswered offers are named to the administration.
UNANSWERED = 6


@register.simple_tag(takes_context=True)
def offers_to_answer(context: template.Context) -> list[dict[str, Any]]:
    """`{% offers_to_answer as rows %}`: for the administration, whose help waits for its word."""
    if RoleKind.ADMINISTRATION not in context["nav_role"]:
        return []
    waiting = StateEventSupport.objects.in_branch(context["branch"]).waiting_for_answer()
    rows = waiting.filter(event__cancelled_at=None).values("event", "event__title")
    return [
        _task(
            _("Ответьте сообществам: «%(title)s»") % {"title": row["event__title"]},
            ngettext("ждёт ответа %(n)s предложение", "ждут ответа %(n)s предложений", row["n"])
            % {"n": row["n"]},
            "heart-handshake",
            reverse("state-event-answers", args=[row["event"]]),
        )
        for row in rows.annotate(n=Count("pk"), first=Min("offered_at")).order_by("first")[:UNANSWERED]
    ]


def _task(title: str, note: str, icon: str, href: str, *, due: str = "", hot: bool = False) -> dict[str, Any]:
    return {"title": title, "note": note, "icon": icon, "href": href, "due": due, "hot": hot}
