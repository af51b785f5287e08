from __future__ import annotations

from functools import partial

import pytest
from django.db import connection
from django.utils import translation

from communities.actions import imports
from communities.actions.placing import archive_row, join_row, place_row, separate_row
from communities.choices import Fate, ImportStage, Listing
from communities.models import CensusRecord, CensusRound, Community, ImportBatch, ImportRow
from communities.tables import TableRefused
from communities.tasks import resume_imports
from hub.approvals import AlreadyDecided, Refused
from hub.choices import State
from hub.models import Branch, Revision
from tests import factories as f
from tests.at_once import at_once
from tests.communities.tables import sample


@pytest.fixture
def branch(db) -> Branch:
    return f.CityFactory().branch


def received(branch, content=None, *, by=None, **how) -> ImportBatch:
    content = content or sample.as_semicolons()
    content = content.encode() if isinstance(content, str) else content
    batch, _dropped = imports.receive_table(branch, filename="перепись.csv", content=content, by=by, **how)
    imports.plan_import(batch)
    batch.refresh_from_db()
    return batch


def run(branch, content=None, *, by=None, **how) -> ImportBatch:
    batch = received(branch, content, by=by, **how)
    imports.start_import(batch, by=by)
    assert imports.run_import(batch)
    batch.refresh_from_db()
    return batch


def fates(batch) -> dict[int, str]:
    return dict(batch.rows.values_list("number", "fate"))


def table(*rows: str) -> str:
    return "\n".join(["Город;Название;Описание;Ссылка", *rows]) + "\n"


def test_a_dry_run_changes_nothing(branch):
    batch = received(branch)
    assert set(fates(batch).values()) == {Fate.NEW}
    assert not Community.objects.exists()


def test_imported_communities_are_in_the_catalogue_as_not_confirmed(branch):
    batch = run(branch, by=f.coordinator(branch))
    listed = Community.objects.listed()
    assert listed.count() == 5
    community = listed.get(current__name="МБУ «Зелёный берег»")
    record = community.current
    assert (record.state, record.city.name, record.directions) == (State.IMPORTED, "Сочи", ["place"])
    assert record.vk == "https://vk.com/green_bereg"
    assert record.short == "Субботники у моря"
    assert record.name_key
    assert record.link_keys == ["vk.com/green_bereg"]
    assert community.slug.startswith("mbu-")
    assert Revision.objects.filter(
        target="communities.community", target_id=community.pk, action="import"
    ).exists()
    assert batch.stage == ImportStage.DONE
    assert batch.done_rows == 6
    assert batch.table == []


def test_a_row_of_an_unknown_city_waits_unseen(branch):
    batch = run(branch)
    row = batch.rows.get(needs_person=True)
    assert row.community.listing == Listing.UNLISTED
    assert row.community.current.city_text == "Глазов, УР"
    assert list(ImportRow.objects.in_branch(branch).waiting()) == [row]


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(lambda: sample.as_semicolons(), id="the same file"),
        pytest.param(lambda: sample.as_xlsx(header=False), id="workbook without headings"),
        pytest.param(lambda: sample.as_csv("\t", header=False).encode("cp1251"), id="windows-1251"),
        pytest.param(lambda: sample.as_semicolons([*reversed(sample.ROWS)]), id="another order"),
    ],
)
def test_the_same_table_again_changes_nothing(branch, again):
    run(branch, sample.as_csv())
    before = list(CensusRecord.objects.order_by("pk").values_list("pk", "saved_at"))
    batch = run(branch, again())
    assert set(fates(batch).values()) == {Fate.SAME}
    assert Community.objects.count() == 6
    assert list(CensusRecord.objects.order_by("pk").values_list("pk", "saved_at")) == before
    assert ImportRow.objects.waiting().count() == 1


def test_new_words_make_a_new_record_and_the_old_one_stays(branch):
    run(branch, table("Сочи;Тропа;Ходим в горы.;vk.com/tropa"))
    batch = run(branch, table("Сочи;Тропа;Ходим к морю.;"))
    assert fates(batch) == {2: Fate.UPDATE}
    community = Community.objects.get()
    assert community.current.description == "Ходим к морю."
    assert community.current.vk == "https://vk.com/tropa"
    assert set(community.records.values_list("state", flat=True)) == {State.RETIRED, State.IMPORTED}
    assert "о сообществе" in batch.rows.get().reason


@pytest.mark.parametrize("led", ["steward", "draft", "approved"])
def test_what_a_leader_says_is_not_overwritten(branch, led):
    run(branch, table("Сочи;Тропа;Ходим в горы.;"))
    community = Community.objects.get()
    if led == "steward":
        f.StewardshipFactory(community=community)
    elif led == "draft":
        f.RecordFactory(community=community)
    else:
        record = f.submitted(community=community)
        CensusRecord.objects.filter(pk=community.current_id).update(state=State.RETIRED)
        CensusRecord.objects.filter(pk=record.pk).update(
            state=State.APPROVED, decided_by=f.UserFactory(), decided_at=record.submitted_at
        )
        Community.objects.filter(pk=community.pk).update(current=record)
    batch = run(branch, table("Сочи;Тропа;Совсем другое.;"))
    assert fates(batch) == {2: Fate.SAME}
    assert "лидер" in batch.rows.get().reason


def test_archived_and_merged_ones_do_not_come_back(branch):
    run(branch, table("Сочи;Тропа;;", "Сочи;Двор;;"))
    one, other = Community.objects.order_by("pk")
    Community.objects.filter(pk=one.pk).update(listing=Listing.MERGED, merged_into=other)
    Community.objects.filter(pk=other.pk).update(listing=Listing.ARCHIVED)
    batch = run(branch, table("Сочи;Тропа;Новое;", "Сочи;Двор;Новое;"))
    assert fates(batch) == {2: Fate.SAME, 3: Fate.SAME}


def test_repeats_inside_a_file(branch):
    batch = run(
        branch,
        table(
            "Сочи;Тропа;Ходим.;",
            "г. Сочи;АНО «Тропа»;Ходим.;",
            "Сочи;Тропа;Бегаем.;",
            "Сочи;Двор;;vk.com/d",
            "Сочи;Наш двор;;vk.com/d",
        ),
    )
    assert fates(batch) == {2: "new", 3: "duplicate", 4: "duplicate", 5: "new", 6: "duplicate"}
    assert Community.objects.count() == 2
    assert batch.rows.get(number=4).needs_person
    assert batch.rows.get(number=6).community.current.name == "Двор"


def test_a_likeness_waits_for_the_coordinator_and_is_asked_once(branch):
    there = f.approved(name="Клуб «Солнечный город»", vk="https://vk.com/sunny")
    me = f.coordinator(branch)
    batch = run(branch, table("Сочи;Солнечный городок;;"))
    row = batch.rows.get()
    assert (row.fate, row.needs_person, row.community) == (Fate.DUPLICATE, True, there.community)
    assert run(branch, table("Сочи;Солнечный городок;;")).rows.get().needs_person is False
    join_row(row, by=me)
    again = run(branch, table("Сочи;Солнечный городок;;")).rows.get()
    assert (again.fate, again.community) == (Fate.SAME, there.community)
    assert Community.objects.count() == 1
    with pytest.raises(AlreadyDecided):
        separate_row(row, by=me)


def test_a_likeness_may_be_another_community(branch):
    f.approved(name="Клуб «Солнечный город»")
    row = run(branch, table("Сочи;Солнечный городок;;")).rows.get()
    separate_row(row, by=f.coordinator(branch))
    assert Community.objects.listed().count() == 2
    assert run(branch, table("Сочи;Солнечный городок;;")).rows.get().fate == Fate.SAME


def test_the_same_name_in_another_city_is_another_community(branch):
    f.approved(name="Ресурсный центр")
    assert run(branch, table("Зеленогорск;АНО Ресурсный центр;;")).rows.get().fate == Fate.NEW


def test_a_coordinator_places_or_archives_what_waits(branch):
    me = f.coordinator(branch)
    batch = run(branch, table("Соча;Тропа;;", "Глазов, УР;Родник;;"))
    typo, foreign = batch.rows.order_by("number")
    place_row(typo, city=branch.cities.get(), by=me)
    archive_row(foreign, by=me)
    assert [c.current.name for c in Community.objects.listed()] == ["Тропа"]
    assert not ImportRow.objects.waiting().exists()
    assert set(fates(run(branch, table("Соча;Тропа;;", "Глазов, УР;Родник;;"))).values()) == {Fate.SAME}
    with pytest.raises(AlreadyDecided):
        place_row(typo, city=branch.cities.get(), by=me)


def test_nothing_is_placed_into_a_city_of_another_branch(branch):
    kazan = f.CityFactory(branch=f.BranchFactory(slug="kazan"), name="Казань", region="Республика Татарстан")
    row = run(branch, table("Казань;Тропа;;")).rows.get()
    assert row.needs_person
    with pytest.raises(Refused):
        place_row(row, city=kazan, by=f.coordinator(branch))


def test_a_national_table_goes_to_the_branches_of_its_cities(branch):
    kazan = f.CityFactory(branch=f.BranchFactory(slug="kazan"), name="Казань", region="Республика Татарстан")
    content = table("Сочи;Тропа;;", "Казань, РТ;Двор;;", "Глазов;Родник;;")
    batch = run(branch, content, national=True)
    assert list(batch.rows.order_by("number").values_list("branch", flat=True)) == [
        branch.pk,
        kazan.branch_id,
        branch.pk,
    ]
    assert Community.objects.in_branch(kazan.branch).listed().get().current.name == "Двор"
    glazov = f.CityFactory(branch=kazan.branch, name="Глазов", region="Удмуртская Республика")
    assert fates(run(branch, content, national=True)) == {2: "same", 3: "same", 4: "update"}
    moved = Community.objects.get(current__city=glazov)
    assert (moved.branch, moved.listing) == (kazan.branch, Listing.LISTED)
    assert Community.objects.count() == 3


def test_rows_that_cannot_be_taken_are_named_with_a_reason(branch):
    batch = run(branch, table("Сочи;;Без имени;", "Сочи;!!!;;", "Сочи;Тропа;;"))
    assert fates(batch) == {2: "refused", 3: "refused", 4: "new"}
    assert batch.rows.get(number=2).reason == "Нет названия"


def test_a_branch_without_a_round_gets_one_that_asks_nobody(branch):
    run(branch)
    round_ = CensusRound.objects.get()
    assert round_.opened_at is None
    assert CensusRecord.objects.filter(round=round_).count() == 6


def test_personal_columns_are_not_kept(branch):
    content = "Название;Город;ФИО лидера;Телефон\nТропа;Сочи;Иванова Анна;+79181112233\nДвор;Сочи;-;8 918 111-22-44\n"
    batch, dropped = imports.receive_table(branch, filename="a.csv", content=content.encode(), by=None)
    assert dropped == ["ФИО лидера", "Телефон"]
    batch.refresh_from_db()
    assert "Иванова" not in str(batch.table)
    assert "918" not in str(batch.table)


def test_columns_can_be_chosen_by_hand(branch):
    batch, _ = imports.receive_table(branch, filename="a.csv", content="a;b\nТропа;Сочи\n".encode(), by=None)
    imports.map_columns(batch, {"name": 0, "city": 1}, header=True, by=None)
    assert batch.rows.get().values["name"] == "Тропа"
    with pytest.raises(Refused, match="названия"):
        imports.map_columns(batch, {"city": 1}, header=True, by=None)
    imports.start_import(batch, by=None)
    with pytest.raises(AlreadyDecided):
        imports.map_columns(batch, {"name": 0}, header=True, by=None)
    with pytest.raises(AlreadyDecided):
        imports.drop_import(batch, by=None)


def test_an_empty_file_leaves_no_batch(branch):
    with pytest.raises(TableRefused):
        imports.receive_table(branch, filename="a.csv", content=b"", by=None)
    assert not ImportBatch.objects.exists()


def test_a_failure_leaves_nothing_of_the_file_and_can_be_tried_again(branch):
    batch = received(branch)
    with connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE communities_censusrecord ADD CONSTRAINT broken CHECK (name <> 'Тёплый дом') NOT VALID"
        )
    imports.start_import(batch, by=None)
    assert not imports.run_import(batch)
    batch.refresh_from_db()
    assert (batch.stage, Community.objects.count()) == (ImportStage.FAILED, 0)
    assert batch.error
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE communities_censusrecord DROP CONSTRAINT broken")
    imports.start_import(batch, by=None)
    assert imports.run_import(batch)
    assert Community.objects.count() == 6


def test_the_scan_takes_up_what_was_left(branch):
    batch = received(branch)
    imports.start_import(batch, by=None)
    resume_imports()
    resume_imports()
    batch.refresh_from_db()
    assert batch.stage == ImportStage.DONE
    assert Community.objects.count() == 6


@pytest.mark.django_db(transaction=True)
def test_simultaneous_imports_of_one_file_make_one_result():
    branch = f.CityFactory().branch
    batches = [received(branch) for _ in range(4)]
    for batch in batches:
        imports.start_import(batch, by=None)
    outcomes = at_once(*(partial(imports.run_import, batch) for batch in [*batches, *batches]))
    assert outcomes.count(True) == 4  # each batch once
    assert Community.objects.count() == 6
    assert CensusRecord.objects.count() == 6
    assert not ImportBatch.objects.exclude(stage=ImportStage.DONE).exists()
    assert ImportRow.objects.filter(fate=Fate.NEW).count() == 6


def test_keywords_are_in_the_language_of_the_catalogue(branch):
    with translation.override("en"):
        run(branch, sample.as_semicolons())
    record = Community.objects.get(current__name="МБУ «Зелёный берег»").current
    assert record.keywords == "Среда проживания, Экология"
