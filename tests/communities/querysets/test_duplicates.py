import pytest
from django.db import connection

from communities.choices import Listing
from communities.models import CensusRecord, Community, Contact, NotDuplicate
from communities.querysets.duplicates import Traits, metres, worth_a_look
from tests import factories as f

pytestmark = pytest.mark.django_db
FAR = {"lat": None, "lng": None}


def found(what, branch=None):
    rows = Community.objects.in_branch(branch or f.BranchFactory()).resembling(what)
    return {likeness.record.name: likeness.reasons for likeness in rows}


def test_names_without_legal_forms_and_with_slips():
    f.approved(name="АНО «Солнечный город»", **FAR)
    f.approved(name="Солнечный горд", **FAR)
    f.approved(name="Хор ветеранов", **FAR)
    record = f.submitted(name="Солнечный город", **FAR)
    assert found(record) == {
        "АНО «Солнечный город»": ("то же название",),
        "Солнечный горд": ("похожее название",),
    }


def test_same_links_whatever_the_spelling():
    f.approved(name="Один", vk="https://m.vk.com/Tropa862?from=groups", **FAR)
    record = f.submitted(name="Совсем другое", other_link="https://vk.ru/tropa862/", **FAR)
    assert found(record) == {"Один": ("та же ссылка: vk.com/tropa862",)}


def test_same_phone_of_different_people():
    for name in ("Один", "Совсем другое"):
        record = f.submitted(name=name, **FAR)
        Contact.objects.create(
            stewardship=record.community.stewardships.get(), kind="phone", value="+79000001234"
        )
    assert found(record) == {"Один": ("тот же телефон",)}
    assert found({"name": "Третье имя", "phone": "8 (900) 000-12-34"}) == {
        "Один": ("тот же телефон",),
        "Совсем другое": ("тот же телефон",),
    }


def test_closer_than_a_hundred_metres():
    f.approved(name="Рядом", lat=43.55072, lng=39.79)
    f.approved(name="Поодаль", lat=43.5515, lng=39.79)
    record = f.submitted(name="Тут", lat=43.55, lng=39.79)
    assert found(record) == {"Рядом": ("80 м",)}
    assert metres(43.55, 39.79, 43.55072, 39.79) == pytest.approx(80, abs=1)


def test_several_reasons_come_first_and_are_all_said():
    f.approved(name="Тропы Хосты", lat=43.5505, lng=39.79)
    f.approved(name="Тропа 862", lat=43.5505, lng=39.79, vk="https://vk.com/tropa862")
    record = f.submitted(name="Тропа 862", lat=43.55, lng=39.79, vk="https://vk.com/tropa862")
    rows = Community.objects.resembling(record)
    assert rows[0].reasons == ("56 м", "то же название", "та же ссылка: vk.com/tropa862")
    assert len(rows) == 2


def test_left_out_are_itself_merged_drafts_other_branches_and_told_apart():
    record = f.submitted(name="Тропа", **FAR)
    target = f.approved(name="Совсем другое", **FAR).community
    merged = f.approved(name="Тропа", **FAR).community
    Community.objects.filter(pk=merged.pk).update(listing=Listing.MERGED, merged_into=target)
    f.draft(name="Тропа", **FAR)
    f.approved(
        name="Тропа", community=f.CommunityFactory(branch=f.BranchFactory(slug="kazan", name="Казань")), **FAR
    )
    apart = f.approved(name="Тропа", **FAR).community
    first, second = sorted((record.community, apart), key=lambda community: community.pk)
    NotDuplicate.objects.create(first=first, second=second, by=f.UserFactory())
    assert found(record) == {}


def test_an_empty_record_resembles_nothing():
    f.approved(name="Тропа", **FAR)
    assert found(f.draft(name="", **FAR)) == {}


def test_indexes_answer_among_many():
    community, round_ = f.CommunityFactory(), f.RoundFactory()
    names = CensusRecord._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO communities_community (branch_id, slug, listing, import_key, created_at) "
            "SELECT %s, 'many-' || n, 'unlisted', '', now() FROM generate_series(1, 10000) n",
            [community.branch_id],
        )
        columns = {
            field.column: field.get_db_prep_save(field.get_default(), connection)
            for field in CensusRecord._meta.concrete_fields
            if not field.primary_key and not field.generated
        }
        columns |= {"round_id": round_.pk, "state": "imported", "version": 1}
        chosen = {"community_id": "c.id", "name_key": "md5(c.slug)", "lat": "40 + random() * 20"}
        chosen |= {"lng": "30 + random() * 60", "link_keys": "array['vk.com/' || c.slug]"}
        chosen |= {"created_at": "now()", "saved_at": "now()"}
        parts = [chosen.get(column, "%s") for column in columns]
        values = [value for column, value in columns.items() if column not in chosen]
        cursor.execute(
            f"INSERT INTO {names} ({', '.join(columns)}) SELECT {', '.join(parts)} "
            "FROM communities_community c WHERE c.slug LIKE 'many-%%'",
            values,
        )
        for index in ("censusrecord_names", "censusrecord_links"):
            cursor.execute("SELECT gin_clean_pending_list(%s)", [index])
        cursor.execute(f"ANALYZE {names}")
    traits = Traits("тропа здоровья", frozenset({"vk.com/tropa"}), lat=43.55, lng=39.79)
    plan = worth_a_look(CensusRecord.objects.all(), traits, {1, 2}).explain()
    assert "BitmapOr" in plan
    assert "Seq Scan" not in plan
    for index in ("censusrecord_names", "censusrecord_links", "censusrecord_near"):
        assert index in plan
