import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from communities.diff import COLUMNS, FIELDS, compare, label, words_diff
from communities.models import CensusRecord
from tests import factories as f


def test_every_answer_of_the_questionnaire_is_compared():
    kept = {column for name in FIELDS for column in COLUMNS.get(name, (name,))} - {"photos"}
    bookkeeping = {
        "id", "community", "round", "confirms", "state", "submitted_at", "submitted_by", "decide_by",
        "decided_at", "decided_by",
        "version", "touched", "rough", "submitted_version", "created_at", "saved_at",
        "keywords", "name_key", "link_keys", "branch_key", "marks", "search",
    }  # fmt: skip
    columns = {field.name for field in CensusRecord._meta.concrete_fields}
    assert columns - kept - bookkeeping == set()
    assert kept <= columns


def test_labels_are_words():
    assert label("lat") == "Точка на карте"
    assert label("short") == "Коротко"
    assert label("nonsense") == "nonsense"


@pytest.mark.parametrize(
    ("before", "after", "old", "new"),
    [
        ("ходим в горы", "ходим на море", "ходим <del>в горы</del>", "ходим <ins>на море</ins>"),
        ("тропы, походы", "тропы от Мацесты, походы", "тропы, походы", "тропы <ins>от Мацесты</ins>, походы"),
        ("", "новое", "", "<ins>новое</ins>"),
        ("старое", "", "<del>старое</del>", ""),
        ("Ёлка", "Сосна у моря", "<del>Ёлка</del>", "<ins>Сосна у моря</ins>"),
        ("<b>", "<i>", "&lt;<del>b</del>&gt;", "&lt;<ins>i</ins>&gt;"),
    ],
)
def test_words(before, after, old, new):
    shown = words_diff(before, after)
    assert tuple(part.replace(" <", " <") for part in shown) == (old, new)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80))
def test_no_text_becomes_a_tag(before, after):
    for shown in words_diff(before, after):
        bare = shown
        for ours in ("<del>", "</del>", "<ins>", "</ins>"):
            bare = bare.replace(ours, "")
        assert "<" not in bare
        assert ">" not in bare


def test_very_long_texts_are_shown_as_wholes():
    old, new = words_diff("а " * 4000, "б " * 4000)
    assert old.startswith("<del>")
    assert new.startswith("<ins>")


@pytest.mark.django_db
def test_values_are_shown_as_people_say_them():
    old = f.RecordFactory(topics=["trails"], offers=[], participants=95, vk="", looking_for_people=False)
    new = f.RecordFactory(
        community=f.CommunityFactory(),
        name=old.name,
        topics=["trails", "ecology"],
        offers=[{"kind": "room", "text": "Зал"}],
        participants=140,
        vk="https://vk.com/x",
        looking_for_people=True,
        criteria={"ties": 5},
    )
    changed = {diff.name: diff for diff in compare(old, new) if diff.changed}
    assert set(changed) == {"topics", "offers", "participants", "vk", "looking_for_people", "criteria"}
    assert changed["topics"].new == "Тропы и походы<br><ins>Экология</ins>"
    assert changed["offers"].new == "<ins>Помещение: Зал</ins>"
    assert changed["participants"].old == "<del>95</del>"
    assert 'rel="noopener noreferrer nofollow"' in changed["vk"].new
    assert changed["looking_for_people"].new == "<ins>да</ins>"
    assert "Обмен информацией" in changed["criteria"].old


@pytest.mark.django_db
def test_an_address_that_is_no_web_page_is_no_link():
    record = f.RecordFactory(site="javascript:alert(1)")
    site = next(diff for diff in compare(None, record) if diff.name == "site")
    assert "<a " not in site.new
