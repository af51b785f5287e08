"""Pages of the figures: who may open them, what they show, how much they ask the database."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.template import Context, Template
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from hub.choices import RoleKind
from reports.actions import record_indicators, set_plan
from reports.kpis import KPIS, state_events_supported, talks_given
from reports.kpis import communities_united as kpi
from reports.models import Datum, Indicator, Plan
from tests import factories as f

pytestmark = pytest.mark.django_db

CODE = kpi.code
PAGES = [
    reverse("kpi-dashboard"),
    reverse("kpi-evidence", args=[CODE]),
    reverse("kpi-table", args=[CODE]),
]


@pytest.fixture
def sochi():
    return f.BranchFactory()


@pytest.fixture
def official(client, sochi):
    """The client, signed in as the city's administration."""
    client.force_login(f.staff(RoleKind.ADMINISTRATION, sochi))
    return client


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", list(RoleKind))
def test_staff_of_the_branch_see_figures(client, sochi, page, role):
    client.force_login(f.staff(role))
    assert client.get(page).status_code == 200


@pytest.mark.parametrize("page", [*PAGES, reverse("kpi-plan", args=[CODE]), reverse("kpi-branches")])
def test_others_do_not(client, sochi, page):
    assert client.get(page).status_code == 302
    for stranger in (f.UserFactory(), f.coordinator(f.BranchFactory(slug="kazan"))):
        client.force_login(stranger)
        assert client.get(page).status_code == 403


def test_an_unknown_figure_is_not_found(official):
    for name in ("kpi-evidence", "kpi-table"):
        assert official.get(reverse(name, args=["nothing"])).status_code == 404


def test_the_dashboard_says_where_the_figure_stands(official, sochi):
    f.approved()
    set_plan(sochi, kpi, timezone.localdate().year, 100, by=None)
    page = text(official.get(reverse("kpi-dashboard")))
    assert "отстаём на" in page
    assert "из 100" in page
    assert "<svg" in page
    assert "style=" not in page.split("<main")[1].split("</main>")[0]


def test_empty_pages_say_what_will_be_here(official):
    assert "план не задан" in text(official.get(reverse("kpi-dashboard")))
    assert "Пока ни одной записи" in text(official.get(reverse("kpi-evidence", args=[CODE])))


def test_the_evidence_is_the_very_records(official):
    counted = [f.approved(name=f"Засчитано {n}") for n in range(3)]
    f.imported(name="Мимо")
    page = text(official.get(reverse("kpi-evidence", args=[CODE])))
    assert "3 запис" in page
    for record in counted:
        assert record.name in page
        assert reverse("kpi-proof", args=[CODE, record.community_id]) in page
    assert "Мимо" not in page


def test_filters_narrow_rows_and_the_table_alike(official):
    f.approved(name="Море", directions=["culture"])
    f.approved(name="Горы", directions=["place"])
    month = timezone.localdate().month
    asked = {"direction": "culture", "district": "adler", "month": month}
    page = text(official.get(reverse("kpi-evidence", args=[CODE]), asked))
    assert ("Море" in page, "Горы" in page) == (True, False)
    rows = sheet(official.get(reverse("kpi-table", args=[CODE]), asked))
    assert [row[0] for row in rows] == ["Сообщество", "Море"]
    nothing = text(official.get(reverse("kpi-evidence", args=[CODE]), {"direction": "bring"}))
    assert "Ничего не нашлось" in nothing


def test_senseless_filters_filter_nothing(official):
    f.approved(name="Море")
    asked = {"direction": "'; drop", "month": "13", "page": "x", "district": "\x00"}
    page = text(official.get(reverse("kpi-evidence", args=[CODE]), asked))
    assert "Море" in page


def sheet(response):
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    return CalamineWorkbook.from_filelike(BytesIO(response.content)).get_sheet_by_index(0).to_python()


def test_the_table_neutralises_cells(official):
    f.approved(name="=HYPERLINK(1)", short="x")
    rows = sheet(official.get(reverse("kpi-table", args=[CODE])))
    assert rows[1][0] == "'=HYPERLINK(1)"
    assert "attachment" in official.get(reverse("kpi-table", args=[CODE]))["Content-Disposition"]


def test_the_proof_names_who_and_when(official):
    record = f.approved()
    page = text(official.get(reverse("kpi-proof", args=[CODE, record.community_id])))
    assert str(record.decided_by) in page
    assert str(record.submitted_by) in page
    waiting = f.submitted()
    assert official.get(reverse("kpi-proof", args=[CODE, waiting.community_id])).status_code == 404


def test_another_branch_is_open_to_the_federal_centre_alone(client, official, sochi):
    kazan = f.BranchFactory(slug="kazan", name="Казань")
    record = f.approved(community=f.CommunityFactory(branch=kazan), name="Казанское")
    pages = [*PAGES, reverse("kpi-proof", args=[CODE, record.community_id])]
    for page in pages:
        assert official.get(page, {"branch": "kazan"}).status_code == 404
        assert official.get(page, {"branch": "nowhere"}).status_code == 404
    assert official.get(pages[-1]).status_code == 404
    client.force_login(f.staff(RoleKind.FEDERAL))
    for page in pages:
        assert client.get(page, {"branch": "kazan"}).status_code == 200
    evidence = text(client.get(PAGES[1], {"branch": "kazan"}))
    assert "Казанское" in evidence
    # The community's own page belongs to the other portal.
    assert record.community.get_absolute_url() not in evidence


def test_branches_are_compared_by_the_same_figure(client, sochi):
    kazan = f.BranchFactory(slug="kazan", name="Казань")
    f.BranchFactory(slug="tver", name="Тверь")
    for _ in range(2):
        f.approved(community=f.CommunityFactory(branch=kazan))
    f.approved()
    f.imported()
    client.force_login(f.staff(RoleKind.FEDERAL))

    def order(sort):
        lines = client.get(reverse("kpi-branches"), {"sort": sort}).context["lines"]
        return [line["branch"].name for line in lines]

    assert order("") == order(f"-{CODE}") == ["Казань", "Сочи", "Тверь"]
    assert order("name") == ["Казань", "Сочи", "Тверь"]
    assert order("coverage") == ["Тверь", "Сочи", "Казань"]
    lines = {line["branch"]: line for line in client.get(reverse("kpi-branches")).context["lines"]}
    for branch, line in lines.items():
        assert line["figures"][0].fact == kpi.count(branch, timezone.localdate().year)
    assert lines[sochi]["coverage"] == 50


def test_only_the_coordinator_sets_the_plan(client, official, sochi):
    address = reverse("kpi-plan", args=[CODE])
    assert official.post(address, {"year": 2026, "target": 5}).status_code == 403
    client.force_login(f.coordinator(sochi))
    year = timezone.localdate().year
    wrong = client.post(address, {"year": year, "target": "сто"})
    assert wrong.status_code == 422
    assert "Это не целое число" in text(wrong)
    assert client.post(address, {"year": year - 1, "target": 5}).status_code == 422
    assert client.post(address, {"year": year, "target": 120}, follow=True).status_code == 200
    assert Plan.objects.get().target == 120


def dashboard_rows(count, sochi):
    for _ in range(count):
        f.approved()
        f.submitted()
    set_plan(sochi, kpi, timezone.localdate().year, 100, by=None)


QUERIES = {"kpi-dashboard": 12, "kpi-evidence": 9, "kpi-proof": 9, "kpi-branches": 12}


@pytest.mark.parametrize("rows", [1, 3])
def test_queries_do_not_grow(client, sochi, rows, django_assert_num_queries):
    dashboard_rows(rows, sochi)
    client.force_login(f.staff(RoleKind.FEDERAL))
    pk = kpi.evidence(sochi, timezone.localdate().year).first().pk
    for name, args in (
        ("kpi-dashboard", []),
        ("kpi-evidence", [CODE]),
        ("kpi-proof", [CODE, pk]),
        ("kpi-branches", []),
    ):
        client.get(reverse(name, args=args))
        with django_assert_num_queries(QUERIES[name]):
            assert client.get(reverse(name, args=args)).status_code == 200


FIGURES = [
    (state_events_supported, lambda: f.confirmed(f.state_event(starts_at=timezone.now())).event_id, 9),
    (talks_given, lambda: f.talk(f.approved().community, date=timezone.localdate()).pk, 8),
]


@pytest.mark.parametrize(("figure", "make", "most"), FIGURES, ids=lambda one: getattr(one, "code", ""))
@pytest.mark.parametrize("rows", [1, 3])
def test_figures_of_the_calendar_ask_as_little(
    client, sochi, figure, make, most, rows, django_assert_num_queries
):
    made = [make() for _ in range(rows)]
    client.force_login(f.staff(RoleKind.ADMINISTRATION, sochi))
    pages = {
        reverse("kpi-dashboard") + f"?figure={figure.code}": 12,
        reverse("kpi-evidence", args=[figure.code]): most,
        reverse("kpi-proof", args=[figure.code, made[0]]): most - 1,
    }
    for page, queries in pages.items():
        client.get(page)
        with django_assert_num_queries(queries):
            assert client.get(page).status_code == 200
    sheet_rows = sheet(client.get(reverse("kpi-table", args=[figure.code])))
    assert len(sheet_rows) == 1 + rows


def test_the_dashboard_shows_all_figures_and_one_through_the_year(official, sochi):
    f.confirmed(f.state_event(starts_at=timezone.now()))
    set_plan(sochi, state_events_supported, timezone.localdate().year, 30, by=None)
    page = text(official.get(reverse("kpi-dashboard")))
    assert "Объединение сообществ по месяцам" in page
    assert all(str(one.name) in page for one in KPIS)
    page = text(official.get(reverse("kpi-dashboard"), {"figure": "state_events_supported"}))
    assert "Поддержка государственных событий по месяцам" in page
    assert "из 30" in page
    assert "Объединение сообществ по месяцам" in text(
        official.get(reverse("kpi-dashboard"), {"figure": "x\0"})
    )


def number_line(branch):
    """As a visitor sees it."""
    cache.clear()
    context = Context({"branch": branch, "user": AnonymousUser()})
    return Template("{% load reports %}{% public_indicators %}").render(context)


def test_the_number_line_shows_public_figures_in_one_query(sochi, django_assert_num_queries):
    record_indicators()
    assert number_line(sochi).strip() == ""  # no plan, no line
    f.approved()
    set_plan(sochi, kpi, timezone.localdate().year, 4, by=None)
    with django_assert_num_queries(1):
        shown = number_line(sochi)
    assert "сообществ объединено" in shown
    assert "25.0%" in shown
    Indicator.objects.update(is_public=False)
    assert number_line(sochi).strip() == ""


def test_a_figure_of_last_year_is_not_this_years(sochi):
    set_plan(sochi, kpi, timezone.localdate().year, 4, by=None)
    Datum.objects.update(on=timezone.localdate() - timedelta(days=400))
    assert number_line(sochi).strip() == ""


@pytest.mark.parametrize("slug", ["a\0", "нет", "x" * 5000])
def test_a_branch_that_cannot_be_is_not_found(client, official, slug):
    assert client.get(reverse("kpi-dashboard"), {"branch": slug}).status_code == 404
