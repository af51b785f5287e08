"""Measuring is safe to repeat; a plan leaves its trace."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from hub.approvals import revisions_of
from reports.actions import indicator_row, record_indicators, set_plan
from reports.kpis import KPIS
from reports.kpis import communities_united as kpi
from reports.models import Datum, Indicator, Plan
from reports.tasks import record_indicators as record_task
from tests import factories as f
from tests.at_once import at_once


def figures():
    rows = Datum.objects.filter(indicator__code=kpi.code).order_by("branch__slug", "on")
    return list(rows.values_list("branch__slug", "on", "value"))


@pytest.mark.django_db
def test_writes_a_figure_of_the_day_for_every_branch():
    f.BranchFactory(slug="vladivostok", timezone="Asia/Vladivostok")
    f.approved()
    evening = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)  # in Vladivostok the 22nd has begun
    assert record_indicators(now=evening) == 2 * len(KPIS)
    assert figures() == [("sochi", date(2026, 11, 21), 1), ("vladivostok", date(2026, 11, 22), 0)]


@pytest.mark.django_db
def test_running_again_measures_anew_and_adds_no_row():
    record_task()
    f.approved()
    record_task()
    record_task()
    assert [value for _, _, value in figures()] == [1]


@pytest.mark.django_db
def test_at_the_turn_of_the_year_each_branch_has_its_own_year():
    f.BranchFactory(slug="vladivostok", timezone="Asia/Vladivostok")
    f.BranchFactory()
    record_indicators(now=datetime(2026, 12, 31, 18, 0, tzinfo=UTC))
    assert [on.year for _, on, _ in figures()] == [2026, 2027]


@pytest.mark.django_db(transaction=True)
def test_runs_at_once_write_one_figure():
    for n in range(3):
        f.BranchFactory(slug=f"city-{n}")
    f.approved(community=f.CommunityFactory(branch=f.BranchFactory(slug="city-0")))

    assert at_once(*[record_indicators] * 16) == [3 * len(KPIS)] * 16
    assert [value for _, _, value in figures()] == [1, 0, 0]
    assert Indicator.objects.count() == len(KPIS)


@pytest.mark.django_db
def test_the_row_follows_the_definition_in_code():
    row = indicator_row(kpi)
    Indicator.objects.filter(pk=row.pk).update(version=0, definition="Старое", is_public=False)
    again = indicator_row(kpi)
    assert (again.pk, again.version, again.definition) == (row.pk, kpi.version, str(kpi.definition))
    assert not again.is_public  # whether the city sees it is the branch's own choice


@pytest.mark.django_db
def test_a_plan_is_set_changed_and_traced():
    branch, by = f.BranchFactory(), f.coordinator()
    plan = set_plan(branch, kpi, 2026, 100, by=by)
    set_plan(branch, kpi, 2026, 100, by=by)
    set_plan(branch, kpi, 2026, 120, by=by)
    assert [(step.action, step.note, step.actor) for step in revisions_of(plan)] == [
        ("set_plan", "100", by),
        ("set_plan", "100 → 120", by),
    ]
    assert Plan.objects.get().target == 120
    assert len(figures()) == 1  # beside a new plan stands a figure at once
