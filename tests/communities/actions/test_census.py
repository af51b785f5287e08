"""The leader's writes: register, edit, save, submit, withdraw, confirm."""

from __future__ import annotations

from collections import Counter
from functools import partial

import pytest
from django.test import override_settings

from communities.actions import census
from communities.actions.census import Incomplete, StaleEdit
from communities.actions.merging import merge_communities
from communities.choices import StewardRole
from communities.models import CensusRecord, Community, FieldDecision, Photo
from hub import consents
from hub.approvals import AlreadyDecided, OwnSubmission, Refused, move, revisions_of
from hub.choices import ConsentKind, State
from hub.models import Upload
from tests.at_once import at_once
from tests.factories import (
    BranchFactory,
    CityFactory,
    CommunityFactory,
    RoundFactory,
    UserFactory,
    approved,
    draft,
    imported,
    submitted,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def leader():
    user = UserFactory()
    consents.give(user, ConsentKind.PROCESSING, channel="test")
    return user


def picture() -> Upload:
    return Upload.objects.create(file="public/aa/x.webp", extension="webp", content_type="image/webp", size=1)


class TestRegister:
    def test_gives_an_empty_draft_of_the_open_round_led_by_the_person(self, leader):
        round_ = RoundFactory()
        city = CityFactory()
        record = census.register_community(round_.branch, by=leader)
        assert (record.state, record.round, record.city, record.name) == (State.DRAFT, round_, city, "")
        assert record.community.stewardships.get().role == StewardRole.LEADER
        assert record.community.slug.startswith("novoe-")
        assert revisions_of(record).get().action == "register"

    def test_a_second_click_gets_the_same_draft(self, leader):
        branch = RoundFactory().branch
        first = census.register_community(branch, by=leader)
        assert census.register_community(branch, by=leader) == first
        census.save_answers(first, {"name": "Тропа"}, by=leader, version=1)
        assert census.register_community(branch, by=leader) != first

    def test_without_an_open_round_says_so(self, leader):
        with pytest.raises(Refused, match="ещё не открыта"):
            census.register_community(BranchFactory(), by=leader)
        assert not Community.objects.exists()


class TestSave:
    def test_counts_versions_and_marks_what_changed(self, leader):
        record = draft(leader)
        fresh = census.save_answers(record, {"name": "Ёжики 🦔", "short": record.short}, by=leader, version=1)
        assert (fresh.name, fresh.version, fresh.touched) == ("Ёжики 🦔", 2, {"name": 2})
        assert fresh.name_key == "ежики"

    def test_nothing_new_changes_nothing(self, leader):
        record = draft(leader)
        assert census.save_answers(record, {"name": record.name}, by=leader, version=1).version == 1
        assert not revisions_of(record).exists()

    def test_two_tabs_with_different_fields_merge(self, leader):
        record = draft(leader)
        census.save_answers(record, {"name": "Из первой"}, by=leader, version=1)
        fresh = census.save_answers(record, {"short": "Из второй"}, by=leader, version=1)
        assert (fresh.name, fresh.short) == ("Из первой", "Из второй")

    def test_the_same_field_changed_elsewhere_is_not_overwritten_but_the_rest_is_saved(self, leader):
        record = draft(leader)
        census.save_answers(record, {"name": "Из первой"}, by=leader, version=1)
        with pytest.raises(StaleEdit) as caught:
            census.save_answers(record, {"name": "Из второй", "short": "Новое"}, by=leader, version=1)
        assert caught.value.conflicts == {"name": ("Из первой", "Из второй")}
        record.refresh_from_db()
        assert (record.name, record.short) == ("Из первой", "Новое")

    def test_ones_own_earlier_save_is_no_conflict(self, leader):
        record = draft(leader)
        census.save_answers(record, {"name": "Раз"}, by=leader, version=1, base={"name": record.name})
        fresh = census.save_answers(record, {"name": "Два"}, by=leader, version=1, base={"name": "Раз"})
        assert fresh.name == "Два"

    def test_the_same_words_in_both_tabs_are_no_conflict(self, leader):
        record = draft(leader)
        for _tab in range(2):
            fresh = census.save_answers(record, {"name": "Одно и то же"}, by=leader, version=1)
        assert fresh.version == 2

    def test_what_does_not_fit_is_kept_aside_until_it_is_mended(self, leader):
        record = draft(leader)
        long = "Ё" * 10_000
        fresh = census.save_answers(record, {}, rough={"name": long}, by=leader, version=1)
        assert (fresh.rough["name"], fresh.name) == (long, record.name)
        assert "name" in census.gaps(fresh)
        fresh = census.save_answers(record, {"name": "Ёж"}, by=leader, version=2)
        assert (fresh.rough, fresh.name) == ({}, "Ёж")

    def test_a_sitting_leaves_one_trace_a_field(self, leader):
        record = draft(leader)
        for number in range(5):
            record = census.save_answers(record, {"name": f"Имя {number}"}, by=leader, version=record.version)
        record = census.save_answers(record, {"short": "Коротко"}, by=leader, version=record.version)
        assert [row.changed for row in revisions_of(record)] == [["name"], ["name", "short"]]

    def test_a_submitted_record_is_not_edited(self, leader):
        record = submitted(leader)
        with pytest.raises(Refused, match="Отзовите"):
            census.save_answers(record, {"name": "Новое"}, by=leader, version=1)

    def test_the_city_follows_the_district(self, leader):
        record = draft(leader)
        district = record.district
        CensusRecord.objects.update(city=None, district=None)
        record.refresh_from_db()
        assert census.save_answers(record, {"district": district}, by=leader, version=1).city == district.city


class TestPhotos:
    def test_up_to_six_in_the_chosen_order(self, leader):
        record = draft(leader)
        for _number in range(census.MAX_PHOTOS):
            census.add_photo(record, picture(), by=leader)
        with pytest.raises(Refused, match="до шести"):
            census.add_photo(record, picture(), by=leader)
        last = record.photos.last()
        census.lead_with_photo(record, last.pk, by=leader)
        assert record.photos.first() == last
        census.remove_photo(record, last.pk, by=leader)
        census.remove_photo(record, last.pk, by=leader)
        assert record.photos.count() == census.MAX_PHOTOS - 1

    def test_a_photo_of_another_record_stays(self, leader):
        foreign = Photo.objects.create(record=draft(), upload=picture())
        census.remove_photo(draft(leader), foreign.pk, by=leader)
        assert Photo.objects.filter(pk=foreign.pk).exists()


class TestSubmit:
    def test_hands_over_and_takes_the_address_from_the_name(self, leader):
        community = CommunityFactory(slug="novoe-1")
        record = census.submit_record(draft(leader, community, name="Чайная среда"), by=leader)
        assert (record.state, record.submitted_by) == (State.SUBMITTED, leader)
        assert record.community.slug == "chainaia-sreda"

    def test_a_taken_address_gets_a_number(self, leader):
        CommunityFactory(slug="chainaia-sreda")
        record = draft(leader, CommunityFactory(slug="novoe-1"), name="Чайная среда")
        assert census.submit_record(record, by=leader).community.slug == "chainaia-sreda-2"

    def test_the_address_does_not_follow_a_new_name(self, leader):
        record = approved(leader)
        edit = census.begin_edit(record.community, by=leader)
        edit = census.save_answers(edit, {"name": "Совсем другое имя"}, by=leader, version=edit.version)
        assert census.submit_record(edit, by=leader).community.slug == record.community.slug

    def test_a_second_click_gets_a_kind_word(self, leader):
        record = census.submit_record(draft(leader), by=leader)
        with pytest.raises(AlreadyDecided, match="второй раз не нужно"):
            census.submit_record(record, by=leader)

    def test_names_every_gap_and_keeps_the_draft(self, leader):
        record = draft(
            leader, name=" ", short="", directions=[], participants=None, core_members=None, format=""
        )
        CensusRecord.objects.filter(pk=record.pk).update(district=None, city=None, place="")
        with pytest.raises(Incomplete) as caught:
            census.submit_record(record, by=leader)
        assert set(caught.value.gaps) == {
            "name", "short", "directions", "participants", "format", "city", "place"
        }  # fmt: skip
        record.refresh_from_db()
        assert record.state == State.DRAFT

    def test_asks_for_the_submitters_own_consent(self):
        stranger = UserFactory()
        with pytest.raises(Incomplete) as caught:
            census.submit_record(draft(stranger), by=stranger)
        assert set(caught.value.gaps) == {"consent"}

    @pytest.mark.parametrize(
        "answers", [{"no_place": True}, {"format": "online"}, {"place": "Парк «Ривьера»"}]
    )
    def test_a_place_may_be_none(self, leader, answers):
        assert not census.gaps(draft(leader, **{"place": "", **answers}))

    def test_legal_registration_is_never_asked_for(self, leader):
        assert not census.gaps(draft(leader, legal_form="", legal_name=""))

    def test_answers_to_questions_not_asked_are_dropped(self, leader):
        record = draft(
            leader, premises="none", premises_host="Библиотека", legal_form="none", legal_name="АНО"
        )
        record = census.submit_record(record, by=leader)
        assert (record.premises_host, record.legal_name) == ("", "")

    def test_a_broken_answer_to_a_question_not_asked_is_no_obstacle(self, leader):
        record = draft(leader, no_place=True)
        record = census.save_answers(record, {}, rough={"lat": "где-то там"}, by=leader, version=1)
        assert census.submit_record(record, by=leader).rough == {}

    def test_a_changed_answer_loses_the_old_word_on_it_an_unchanged_one_keeps_it(self, leader):
        coordinator = UserFactory()
        record = census.submit_record(draft(leader), by=leader)
        for field in ("place", "name"):
            FieldDecision.objects.create(
                record=record, field=field, accepted=False, reason="Уточните", by=coordinator
            )
        record = move(record, "return", by=coordinator)
        record = census.save_answers(record, {"place": "Новый вход"}, by=leader, version=record.version)
        assert record.changed_fields == {"place"}
        record = census.submit_record(record, by=leader)
        assert list(record.decisions.values_list("field", flat=True)) == ["name"]
        assert record.changed_fields == frozenset()

    def test_withdrawn_it_is_a_draft_again(self, leader):
        record = census.withdraw_record(census.submit_record(draft(leader), by=leader), by=leader)
        assert (record.state, record.submitted_by) == (State.DRAFT, None)


@pytest.mark.django_db(transaction=True)
def test_twenty_submissions_at_once_make_one():
    leader = UserFactory()
    consents.give(leader, ConsentKind.PROCESSING, channel="test")
    record = draft(leader)

    def submit() -> CensusRecord:
        return census.submit_record(CensusRecord.objects.get(pk=record.pk), by=leader)

    outcomes = at_once(*[submit] * 20, refusals=AlreadyDecided)
    assert Counter(map(type, outcomes)) == {CensusRecord: 1, AlreadyDecided: 19}
    assert revisions_of(record).filter(action="submit").count() == 1


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_on_register_make_one_community():
    leader, branch = UserFactory(), RoundFactory().branch

    made = at_once(*[lambda: census.register_community(branch, by=leader).pk] * 10)
    assert len(set(made)) == 1
    assert Community.objects.count() == 1


class TestEdit:
    def test_copies_what_the_public_sees_photos_included(self, leader):
        record = approved(leader)
        Photo.objects.create(record=record, upload=picture())
        edit = census.begin_edit(record.community, by=leader)
        assert edit.pk != record.pk
        assert [getattr(edit, name) for name in census.ANSWERS] == [
            getattr(record, name) for name in census.ANSWERS
        ]
        assert edit.photos.get().upload == record.photos.get().upload
        assert edit.name_key == record.name_key

    def test_the_only_city_is_not_asked_about(self, leader):
        record = approved(leader)
        CensusRecord.objects.filter(pk=record.pk).update(city=None, district=None)
        edit = census.begin_edit(record.community, by=leader)
        assert edit.city == CityFactory()
        assert set(census.gaps(edit)) == {"district"}

    def test_gives_the_record_in_work_if_there_is_one(self, leader):
        record = approved(leader)
        edit = census.begin_edit(record.community, by=leader)
        assert census.begin_edit(record.community, by=leader) == edit

    def test_a_discarded_edit_leaves_the_public_record(self, leader):
        record = approved(leader)
        census.discard_record(census.begin_edit(record.community, by=leader), by=leader)
        assert record.community.records.get() == record

    def test_a_discarded_first_draft_takes_the_community_along(self, leader):
        record = draft(leader)
        census.discard_record(record, by=leader)
        assert not Community.objects.filter(pk=record.community_id).exists()

    def test_a_submitted_record_is_not_discarded(self, leader):
        record = submitted(leader)
        with pytest.raises(Refused):
            census.discard_record(record, by=leader)


class TestConfirm:
    @pytest.fixture
    def record(self, leader):
        record = approved(leader)
        RoundFactory(branch=record.community.branch, year=2027)
        return record

    def test_makes_an_approved_record_of_the_new_round(self, record, leader):
        fresh = census.confirm_unchanged(record.community, by=leader)
        record.refresh_from_db()
        fresh.community.refresh_from_db()
        assert (fresh.state, fresh.round.year, fresh.confirms) == (State.APPROVED, 2027, record)
        assert (fresh.submitted_by, fresh.decided_by) == (leader, record.decided_by)
        assert fresh.community.current == fresh
        assert record.state == State.RETIRED

    def test_twice_is_once(self, record, leader):
        census.confirm_unchanged(record.community, by=leader)
        with pytest.raises(AlreadyDecided, match="уже подтверждена"):
            census.confirm_unchanged(record.community, by=leader)

    def test_not_beside_an_edit_in_work(self, record, leader):
        census.begin_edit(record.community, by=leader)
        with pytest.raises(Refused, match="начатая правка"):
            census.confirm_unchanged(record.community, by=leader)

    def test_not_what_nobody_has_checked(self, leader):
        record = imported()
        RoundFactory(branch=record.community.branch, year=2027)
        with pytest.raises(Refused, match="ещё не проверял"):
            census.confirm_unchanged(record.community, by=leader)

    def test_not_by_the_one_who_decided(self, record):
        with pytest.raises(OwnSubmission):
            census.confirm_unchanged(record.community, by=record.decided_by)
        record.refresh_from_db()
        assert record.state == State.APPROVED


@override_settings(
    CACHES={"default": {"BACKEND": "hub.cache.ForgivingRedisCache", "LOCATION": "redis://127.0.0.1:1/0"}},
    CELERY_BROKER_URL="redis://127.0.0.1:1/0",
)
def test_saving_does_not_need_redis(leader):
    assert census.save_answers(draft(leader), {"name": "Без Redis"}, by=leader, version=1).name == "Без Redis"


@pytest.mark.django_db(transaction=True)
def test_leaders_who_chose_one_name_at_once_get_an_address_each():
    branch = RoundFactory().branch
    leaders = UserFactory.create_batch(6)
    submissions = []
    for leader in leaders:
        consents.give(leader, ConsentKind.PROCESSING, channel="test")
        community = CommunityFactory(branch=branch, slug=f"{census.UNNAMED}{leader.pk}")
        record = draft(leader, community=community, name="Чайная среда")
        submissions.append(partial(census.submit_record, record, by=leader))

    at_once(*submissions)
    slugs = set(Community.objects.values_list("slug", flat=True))
    assert len(slugs) == 6
    assert all(slug.startswith("chainaia-sreda") for slug in slugs)


@pytest.mark.django_db(transaction=True)
def test_a_draft_discarded_six_times_at_once_is_gone_and_the_rest_are_told():
    leader = UserFactory()
    record = draft(leader)

    outcomes = at_once(*[partial(census.discard_record, record, by=leader)] * 6, refusals=AlreadyDecided)
    assert sum(isinstance(one, AlreadyDecided) for one in outcomes) == 5


def test_a_community_that_another_went_into_outlives_its_draft(leader):
    record = draft(leader)
    merge_communities(CommunityFactory(branch=record.community.branch), record.community, by=UserFactory())
    census.discard_record(record, by=leader)
    assert Community.objects.filter(pk=record.community_id).exists()
