"""After every action that changes what the city sees, the figures are what counting one by one gives."""

import pytest

from communities.actions import census, imports
from communities.actions.listing import set_listing
from communities.actions.merging import merge_communities, undo_merge
from communities.actions.placing import archive_row, place_row, separate_row
from communities.actions.review import approve_record, decide_field, return_record
from communities.choices import Direction, Fate, Listing
from communities.models import CensusRecord, Community
from communities.views.catalogue import Asked
from communities.views.counts import districts, heat, tally
from hub import consents
from hub.choices import ConsentKind, State
from tests import factories as f
from tests.communities.actions.test_imports import run, table

pytestmark = pytest.mark.django_db


def counted(branch):
    """Check every figure of the catalogue against its rows; return how many are listed."""
    shown = [
        c.current for c in Community.objects.listed().in_branch(branch).select_related("current__district")
    ]
    facets = Asked(branch, {}, []).counts
    assert facets["all"] == facets["total"] == len(shown)
    own = [set(record.options()) for record in shown]
    for record in shown:
        own.append({("district", record.district.slug)} if record.district else set())
        own.append({("confirmed", "true")} if record.state == State.APPROVED else set())
    for group, values in facets.items():
        if group not in ("all", "total"):
            for value, n in values.items():
                assert n == sum((group, value) in options for options in own), (group, value)
    page = heat(branch)
    assert page["total"] == len(shown)
    for direction, row in zip(Direction.values, page["rows"], strict=True):
        assert row["n"] == sum(direction in record.directions for record in shown)
    with_place = [record for record in shown if record.lat is not None]
    cells = Community.objects.in_branch(branch).listed().told_by_index(branch.pk).on_map().cells(0.01, 0.01)
    assert sum(cell.n for cell in cells) == len(with_place)
    for record in CensusRecord.objects.all():
        fresh = bytes(record.marks)
        record.fill_keys()
        assert fresh == record.marks, record
    return len(shown)


@pytest.fixture
def branch():
    return f.CityFactory().branch


def test_a_record_from_draft_to_the_archive(branch):
    boss = f.coordinator(branch)
    record = f.submitted(directions=["place"], topics=["sport"])
    assert counted(branch) == 0
    approve_record(record, by=boss)
    assert counted(branch) == 1
    community = Community.objects.get(pk=record.community_id)
    leader = record.submitted_by
    consents.give(leader, ConsentKind.PROCESSING, channel="test")
    edit = census.begin_edit(community, by=leader)
    edit = census.save_answers(
        edit, {"directions": ["human", "plan"], "accessible": True}, version=edit.version, by=leader
    )
    assert counted(branch) == 1
    assert (
        tally(branch, districts(branch)).by_direction()["place"] == 1
    )  # the city goes on seeing what was approved
    edit = census.submit_record(edit, by=leader)
    return_record(edit, by=boss, reasons={"name": "Уточните"})
    assert counted(branch) == 1
    edit = census.submit_record(edit, by=leader)
    decide_field(edit, "name", accepted=True, by=boss)
    approve_record(edit, by=boss)
    assert counted(branch) == 1
    assert tally(branch, districts(branch)).by_direction()["human"] == 1
    f.RoundFactory(branch=branch, year=2027)
    census.confirm_unchanged(Community.objects.get(pk=community.pk), by=leader)
    assert counted(branch) == 1
    for listing, n in ((Listing.UNLISTED, 0), (Listing.LISTED, 1), (Listing.ARCHIVED, 0)):
        set_listing(community, listing, by=boss)
        assert counted(branch) == n


def test_a_merge_and_its_way_back(branch):
    boss = f.coordinator(branch)
    source = f.approved(directions=["plan"], lat=None, lng=None)
    target = f.imported(directions=["place"])
    merge = merge_communities(source.community, target.community, by=boss, take=["directions"])
    assert counted(branch) == 1
    assert tally(branch, districts(branch)).by_direction() == dict.fromkeys(Direction.values, 0) | {"plan": 1}
    undo_merge(merge, by=boss)
    assert counted(branch) == 2


def test_an_import_and_what_a_coordinator_does_with_it(branch):
    boss = f.coordinator(branch)
    first = table("Сочи;Клуб бега;Бегаем;", "Урюпинск;Хор;Поём;", "Тмутаракань;Лодки;Плаваем;")
    batch = run(branch, first, by=boss)
    assert counted(branch) == 1
    run(branch, table("Сочи;Клуб бега;Бегаем у моря;"), by=boss)
    assert counted(branch) == 1
    place, archive = batch.rows.filter(community__listing=Listing.UNLISTED).order_by("number")
    place_row(place, city=f.CityFactory(), by=boss)
    assert counted(branch) == 2
    archive_row(archive, by=boss)
    assert counted(branch) == 2
    alike = run(branch, table("Сочи;Клуб бега «Клуб»;Бегаем;"), by=boss)
    for row in alike.rows.filter(fate=Fate.DUPLICATE):
        separate_row(row, by=boss)
    assert counted(branch) == Community.objects.listed().count()
    assert imports.totals(alike)["rows"] == 1
