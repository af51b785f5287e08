"""What people type and what comes of it."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone

from communities.actions.census import ANSWERS
from communities.diff import FIELDS
from communities.forms.census import STEPS, EssenceForm, MeetingsForm, ResourcesForm, step_of
from communities.forms.fields import Coordinate, Directions, Link, Number, Scale, telegram_link, vk_link
from communities.models import CensusRecord
from tests.factories import BranchFactory, CityFactory, DistrictFactory, draft


def test_every_answer_is_asked_in_one_step():
    asked = [name for step in STEPS for name in step.base_fields if name in ANSWERS]
    assert sorted(asked) == sorted(set(ANSWERS) - {"logo", "city_text"})


def test_whatever_a_coordinator_returns_has_its_step():
    assert [name for name in FIELDS if step_of(name) is None] == []


def test_answers_are_all_columns_that_a_person_edits():
    bookkeeping = {"id", "community", "round", "confirms", "created_at", "saved_at"}
    columns = {field.name for field in CensusRecord._meta.concrete_fields if field.editable} - bookkeeping
    assert columns <= set(ANSWERS)


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("vk.com/tropa862", "https://vk.com/tropa862"),
        ("  https://vk.com/tropa862 ", "https://vk.com/tropa862"),
        ("m.vk.com/tropa862", "https://m.vk.com/tropa862"),
        ("tropa862", "https://vk.com/tropa862"),
        ("@tropa862", "https://vk.com/tropa862"),
        ("", ""),
    ],
)
def test_vk_is_understood_however_it_is_written(typed, url):
    assert vk_link().clean(typed) == url


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("@tropa862", "https://t.me/tropa862"),
        ("t.me/+AbCd_12", "https://t.me/+AbCd_12"),
        ("tropa", "https://t.me/tropa"),
    ],
)
def test_telegram_is_understood_however_it_is_written(typed, url):
    assert telegram_link().clean(typed) == url


@pytest.mark.parametrize(
    "typed", ["https://vk.com.evil.example/x", "javascript:alert(1)", "ftp://vk.com/x", "[::1", "вк"]
)
def test_other_hosts_and_schemes_are_refused(typed):
    with pytest.raises(ValidationError):
        vk_link().clean(typed)


def test_a_site_gets_its_scheme():
    assert Link().clean("тропа.рф/о-нас") == "https://тропа.рф/о-нас"


@pytest.mark.parametrize(("typed", "number"), [("1 200", 1200), ("40", 40), ("", None), (" 7 ", 7)])
def test_numbers_may_have_spaces(typed, number):
    assert Number().clean(typed) == number


def test_a_coordinate_may_have_a_comma():
    assert Coordinate().clean("43,5855261234") == 43.585526


def test_the_main_direction_comes_first_and_three_are_enough():
    widget = Directions().widget
    typed = QueryDict("d_main=plan&d=place&d=plan")
    assert widget.value_from_datadict(typed, {}, "d") == ["plan", "place"]
    with pytest.raises(ValidationError, match="до трёх"):
        Directions().clean(["plan", "place", "group", "human"])
    with pytest.raises(ValidationError):
        Directions().clean(["weapons"])


def test_the_scale_leaves_out_what_is_not_answered():
    typed = Scale().widget.value_from_datadict({"c_ties": "4", "c_agency": ""}, {}, "c")
    assert Scale().clean(typed) == {"ties": 4}
    with pytest.raises(ValidationError):
        Scale().clean({"ties": "9"})


@pytest.mark.django_db
class TestSteps:
    def test_the_year_is_not_in_the_future(self):
        this = timezone.localdate().year
        assert EssenceForm(QueryDict(f"founded={this}"), record=draft()).is_valid()
        assert "founded" in EssenceForm(QueryDict(f"founded={this + 1}"), record=draft()).errors

    def test_nothing_at_all_is_a_valid_draft(self):
        record = draft()
        assert [step.slug for step in STEPS if not step(QueryDict(), record=record).is_valid()] == []

    def test_what_did_not_fit_is_shown_again_with_its_reason(self):
        record = draft()
        record.rough = {"founded": "давно"}
        form = EssenceForm(record=record)
        form.explain_rough()
        assert form["founded"].value() == "давно"
        assert form["founded"].errors

    def test_rows_need_a_kind_and_empty_ones_are_nothing(self):
        typed = QueryDict("offers-0-kind=room&offers-0-text=Зал&offers-3-kind=skill&offers-3-text=")
        form = ResourcesForm(typed, record=draft())
        assert form.answers()[0]["offers"] == [{"kind": "room", "text": "Зал"}]
        form = ResourcesForm(QueryDict("offers-0-kind=&offers-0-text=Зал"), record=draft())
        assert form.answers()[1]["offers"] == [{"kind": "", "text": "Зал"}]

    def test_a_pin_stands_near_the_city_and_needs_both_numbers(self):
        record = draft()
        assert MeetingsForm(QueryDict("lat=43.6&lng=39.7"), record=record).is_valid()
        assert "lat" in MeetingsForm(QueryDict("lat=55.75&lng=37.6"), record=record).errors
        assert "lat" in MeetingsForm(QueryDict("lat=43.6"), record=record).errors

    def test_only_districts_of_the_branch_are_offered(self):
        foreign = DistrictFactory(
            city=CityFactory(branch=BranchFactory(slug="perm", name="Пермь"), name="Пермь")
        )
        form = MeetingsForm(QueryDict(f"district={foreign.pk}"), record=draft())
        assert "district" in form.errors

    def test_the_city_is_asked_only_where_there_are_several(self):
        record = draft()
        assert "city" not in MeetingsForm(record=record).fields
        CityFactory(branch=record.community.branch, name="Сириус", region="Сириус")
        assert "city" in MeetingsForm(record=record).fields
