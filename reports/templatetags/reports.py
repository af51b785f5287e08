"""Fragments of the reports for pages of other parts."""

from __future__ import annotations

from typing import Any

from django import template
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.choices import Direction
from hub.models import Branch
from reports.kpis import BY_CODE
from reports.models import Plan

register = template.Library()

#: Seconds that the number line of the home page is remembered.
REMEMBERED = 60
#: What a move of a row is called in the trail of its proof.
MOVES = {
    "submit": _("Отправлено на проверку"),
    "withdraw": _("Отозвано лидером"),
    "return": _("Вернули на доработку"),
    "approve": _("Одобрено"),
    "retire": _("Сменилось новой анкетой"),
    "confirm": _("Подтверждено без изменений"),
    "confirm_unchanged": _("Подтверждено без изменений"),
    "import": _("Загружено из таблицы"),
    "offer": _("Предложили помощь"),
    "accept": _("Администрация приняла помощь"),
    "decline": _("Администрация отказалась"),
    "withdraw-offer": _("Отозвали помощь"),
    "tell": _("Рассказали"),
    "set_plan": _("План"),
}


@register.filter
def direction_name(code: str) -> Any:
    return Direction(code).label if code in Direction.values else ""


@register.filter
def move_name(action: str) -> Any:
    """What a revision's action is called; "" for small steps that a trail leaves out."""
    return MOVES.get(action, "")


def _public_lines(branch: Branch) -> list[dict[str, Any]]:
    year = timezone.localdate(timezone=branch.tz).year
    plans = Plan.objects.in_branch(branch).of_year(year).public().with_last_datum()
    lines = plans.order_by("indicator__position").values("indicator__code", "target", "value", "on")
    return [
        {"code": line["indicator__code"], "value": line["value"], "target": line["target"], "on": line["on"]}
        for line in lines
        if line["value"] is not None and line["indicator__code"] in BY_CODE
    ]


@register.inclusion_tag("reports/public_indicators.html", takes_context=True)
def public_indicators(context: template.Context) -> dict[str, Any]:
    """The figures that everybody may see, on number lines from zero to the plan; nothing when there are none.

    One query, remembered for a minute. A figure is that of the last measurement.
    """
    branch, user = context["branch"], context["user"]
    lines = cache.get_or_set(f"public-indicators:{branch.pk}", lambda: _public_lines(branch), REMEMBERED)
    return {
        "lines": [line | {"caption": BY_CODE[line["code"]].caption} for line in lines],
        "on": max((line["on"] for line in lines), default=None),
        "may_open": user.is_authenticated and user.has_perm("reports.view_indicators", branch),
    }
