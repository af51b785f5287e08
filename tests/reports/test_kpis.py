"""A figure and its proof are the same rows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from communities.choices import Listing
from events.actions.changing import cancel_event
from hub.choices import State
from reports.kpis import KPIS, communities_united, state_events_supported, talks_given
from reports.kpis.definition import share_of_year
from reports.kpis.standing import forecast, standing
from reports.kpis.trend import chart, scale_of
from tests import factories as f

YEAR = 2026


@pytest.fixture
def sochi(db):
    branch = f.BranchFactory()
    f.RoundFactory(branch=branch, year=2025)
    f.RoundFactory(branch=branch, year=YEAR)
    return branch


def names(rows):
    return sorted(community.name for community in rows)


def test_counts_what_is_approved_in_the_current_round(sochi):
    old = f.RoundFactory(branch=sochi, year=2025)
    f.approved(name="Свежее")
    f.approved(name="Прошлогоднее", round=old)
    f.imported(name="Из таблицы")
    f.submitted(name="На проверке")
    f.draft(name="Черновик")
    archived = f.approved(name="Закрытое").community
    archived.listing = Listing.ARCHIVED
    archived.save()
    assert names(communities_united.evidence(sochi, YEAR)) == ["Свежее"]


def test_an_edit_in_review_leaves_the_approved_record_counted(sochi):
    record = f.approved(name="Тропа")
    f.RecordFactory(community=record.community, name="Тропа 2", state=State.DRAFT)
    assert names(communities_united.evidence(sochi, YEAR)) == ["Тропа"]


def test_without_an_open_round_nothing_counts(db):
    branch = f.BranchFactory()
    f.RoundFactory(branch=branch, year=YEAR, opened_at=None)
    f.approved(round=f.RoundFactory(branch=branch, year=YEAR))
    assert communities_united.count(branch, YEAR) == 0


def test_a_national_round_counts_for_every_branch(db):
    branch = f.BranchFactory()
    national = f.RoundFactory(branch=None, year=YEAR)
    f.approved(round=national)
    assert communities_united.count(branch, YEAR) == 1


def test_the_round_of_next_year_does_not_change_this_year(sochi):
    f.RoundFactory(branch=sochi, year=YEAR + 1)
    f.approved(round=f.RoundFactory(branch=sochi, year=YEAR))
    assert communities_united.count(sochi, YEAR) == 1
    assert communities_united.count(sochi, YEAR + 1) == 0


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.code)
def test_figure_parts_and_comparison_agree(sochi, kpi):
    kazan = f.BranchFactory(slug="kazan", name="Казань")
    COUNTED[kpi.code](sochi, kazan)
    rows = kpi.evidence(sochi, YEAR)
    assert kpi.count(sochi, YEAR) == len(rows) == len(kpi.shown(rows)) == 3
    for _cut, parts in kpi.contributions(sochi, rows):
        assert sum(part.count for part in parts) == 3
    both = [sochi, kazan]
    assert kpi.count_by_branch(both, YEAR) == {sochi.pk: 3, kazan.pk: 2}
    assert kpi.count_by_branch(both, YEAR) == {b.pk: kpi.count(b, YEAR) for b in both}
    assert all(kpi.cells(row) and kpi.proof(row) for row in kpi.shown(rows))


def _communities(sochi, kazan):
    """Each branch by its own round: Kazan has not opened this year's."""
    old = f.RoundFactory(branch=kazan, year=2025)
    f.approved(directions=["culture", "place"])
    f.approved(directions=[], district=None, city=None)
    f.approved()
    for _ in range(2):
        f.approved(community=f.CommunityFactory(branch=kazan), round=old)


def _supports(sochi, kazan):
    starts_at = datetime(YEAR, 5, 9, 10, tzinfo=ZoneInfo("Europe/Moscow"))
    f.confirmed(f.state_event(starts_at=starts_at, topics=["veterans", "music"]))
    twice = f.state_event(starts_at=starts_at, venue=f.VenueFactory())
    f.confirmed(twice)
    f.confirmed(twice)
    f.confirmed(f.state_event(starts_at=starts_at))
    for _ in range(2):
        event = f.state_event(branch=kazan, starts_at=starts_at)
        f.confirmed(event, f.approved(community=f.CommunityFactory(branch=kazan)).community)


def _talks(sochi, kazan):
    f.talk(f.approved(directions=["culture"]).community)
    f.talk(f.approved(directions=[], district=None, city=None).community)
    f.talk()
    for _ in range(2):
        f.talk(f.approved(community=f.CommunityFactory(branch=kazan)).community)


COUNTED = {"communities_united": _communities, "state_events_supported": _supports, "talks_given": _talks}


def test_a_record_confirmed_without_changes_counts_since_it_was_confirmed(sochi):
    record = f.approved()
    record.decided_at = timezone.now() - timedelta(days=400)
    record.save()
    assert communities_united.evidence(sochi, YEAR).get().counted_at == record.submitted_at


def test_work_tells_what_would_add_to_the_figure(sochi):
    f.approved()
    f.approved(round=f.RoundFactory(branch=sochi, year=2025))
    f.imported()
    f.submitted()
    edited = f.approved().community
    f.RecordFactory(
        community=edited, state=State.SUBMITTED, submitted_by=f.UserFactory(), submitted_at=timezone.now()
    )
    rows = communities_united.evidence(sochi, YEAR)
    # The edit of a counted community adds nothing.
    assert communities_united.work(sochi, rows) == {"waiting": 1, "stale": 1, "unclaimed": 1, "whole": 4}


# --- state events supported, talks given -------------------------------------------------------------

NOON = datetime(YEAR, 5, 9, 12, tzinfo=ZoneInfo("Europe/Moscow"))


def test_a_state_event_counts_once_a_support_of_it_is_confirmed(sochi):
    counted = f.state_event(title="Засчитано", starts_at=NOON)
    f.confirmed(counted)
    f.proven(f.state_event(title="На проверке", starts_at=NOON))
    f.accepted(f.state_event(title="Только приняли", starts_at=NOON))
    f.support(f.state_event(title="Только предложили", starts_at=NOON))
    f.confirmed(f.published(title="Не государственное", starts_at=NOON))
    f.confirmed(f.state_event(title="Прошлый год", starts_at=NOON.replace(year=YEAR - 1)))
    off = f.confirmed(f.state_event(title="Отменено", starts_at=NOON)).event
    cancel_event(off, reason="Дождь", by=off.created_by)
    rows = state_events_supported.evidence(sochi, YEAR)
    assert [event.title for event in rows] == ["Засчитано"]


def test_it_counts_since_the_first_of_its_supports(sochi):
    event = f.state_event(starts_at=NOON)
    first, second = f.confirmed(event), f.confirmed(event)
    row = state_events_supported.evidence(sochi, YEAR).get()
    assert row.counted_at == first.decided_at < second.decided_at
    assert state_events_supported.proof(state_events_supported.shown(rows_of(sochi)).get()) == first


def rows_of(branch):
    return state_events_supported.evidence(branch, YEAR)


def test_an_event_of_new_years_night_belongs_to_the_year_of_its_branch(db):
    far = f.BranchFactory(slug="vladivostok", timezone="Asia/Vladivostok")
    # In Vladivostok the new year has begun, in Moscow and in London it has not.
    night = datetime(YEAR, 1, 1, 1, tzinfo=ZoneInfo("Asia/Vladivostok"))
    f.confirmed(
        f.state_event(branch=far, starts_at=night),
        f.approved(community=f.CommunityFactory(branch=far)).community,
    )
    assert (state_events_supported.count(far, YEAR), state_events_supported.count(far, YEAR - 1)) == (1, 0)


def test_a_talk_counts_in_the_year_in_which_it_was_given(sochi):
    f.talk(topic="Этого года", date=date(YEAR, 12, 31))
    f.talk(topic="Прошлого года", date=date(YEAR - 1, 12, 31))
    f.told_talk(topic="На проверке", date=date(YEAR, 5, 1))
    assert [talk.topic for talk in talks_given.evidence(sochi, YEAR)] == ["Этого года"]


def test_work_tells_which_supports_would_add_events(sochi):
    now = timezone.now()
    with time_machine.travel(datetime(YEAR, 6, 1, tzinfo=UTC), tick=False):
        over, ahead = NOON, datetime(YEAR, 7, 1, 12, tzinfo=UTC)
        both = f.state_event(starts_at=over)
        f.confirmed(both)
        f.proven(both)  # adds nothing: the event counts already
        f.proven(f.state_event(starts_at=over))
        f.accepted(f.state_event(starts_at=over))
        f.support(f.state_event(starts_at=ahead))
        rows = state_events_supported.evidence(sochi, YEAR)
        work = state_events_supported.work(sochi, rows)
    # What is over is asked of the database's clock, which stands at today.
    ahead_of_us = int(ahead > now)
    assert work == {"waiting": 1, "due": 1, "offered": 1, "ahead": ahead_of_us, "whole": 4}


def test_work_tells_of_talks_to_decide(sochi):
    f.talk()
    f.talk()
    f.told_talk(date=timezone.localdate())
    rows = talks_given.evidence(sochi, YEAR)
    work = talks_given.work(sochi, rows)
    assert work == {"waiting": 1, "returned": 0, "spoke": 2, "elsewhere": 2, "whole": 3}


def test_share_of_year():
    assert share_of_year(date(2026, 1, 1)) == 1 / 365
    assert share_of_year(date(2028, 12, 31)) == 1


def test_forecast_carries_the_pace_of_three_months():
    months = {1: 10, 2: 20, 3: 24, 4: 36, 5: 42}
    ahead = forecast(45, months, date(2026, 6, 30))
    # Growth of 4, 12 and 6 a month, six months left.
    assert (ahead.low, ahead.value, ahead.high) == (69, 89, 118)


def test_forecast_needs_two_months_and_never_falls():
    assert forecast(5, {1: 5}, date(2026, 2, 10)) is None
    falling = forecast(5, {1: 9, 2: 7, 3: 5}, date(2026, 4, 1))
    assert (falling.low, falling.value, falling.high) == (5, 5, 5)


@pytest.mark.parametrize(
    ("fact", "months", "tone", "word"),
    [
        (100, {}, "ok", "план выполнен"),
        (60, {}, "ok", "успеваем"),
        (40, {}, "warn", "отстаём на 10"),
        (45, {4: 31, 5: 38}, "warn", "отстаём на 5"),
        (60, {4: 46, 5: 52}, "wait", "впритык"),
        (60, {4: 58, 5: 58}, "wait", "темпа не хватает"),
        (45, {4: 20, 5: 32}, "ok", "успеваем"),
    ],
)
def test_a_figure_says_where_it_stands(fact, months, tone, word):
    stands = standing(fact, 100, months, date(2026, 7, 2))
    assert (stands.tone, stands.word, stands.expected) == (tone, word, 50)


def test_without_a_plan_nothing_is_judged():
    stands = standing(7, None, {}, date(2026, 7, 2))
    assert (stands.tone, stands.word, stands.expected, stands.forecast) == ("", "", None, None)


@pytest.mark.parametrize(
    ("top", "scale"), [(4, (1, 4)), (100, (20, 100)), (101, (25, 125)), (30_000, (10_000, 30_000))]
)
def test_the_scale_has_round_lines(top, scale):
    assert scale_of(top) == scale


@pytest.mark.parametrize("here", range(1, 13))
def test_the_chart_stays_inside_its_frame_in_every_month(here):
    stands = standing(0 if here == 1 else 87, 100, {m: m * 7 for m in range(1, here)}, date(2026, here, 15))
    drawn = chart({m: m * 7 for m in range(1, here)}, here, stands, width=760, height=348)
    for x, y in (drawn.dot, drawn.dot_label, drawn.end_label):
        assert 0 <= float(x) <= 760
        assert 0 <= float(y) <= 348
    assert len(drawn.columns) == 12
    assert "," not in drawn.plan
