"""The vocabulary follows what is public."""

import pytest

from communities.actions.search import learn_words, refresh_search_words
from communities.models import Community, SearchWord
from tests.factories import BranchFactory, approved, draft

pytestmark = pytest.mark.django_db


def test_words_of_an_approved_record_are_learnt_once():
    record = approved(name="Ёлка и хор", short="Поём", topics=["music"])
    learn_words(record)
    learn_words(record)
    words = set(SearchWord.objects.values_list("word", flat=True))
    assert {"елка", "хор", "поем", "музыка"} <= words
    assert "и" not in words


def test_refresh_counts_communities_and_forgets():
    first, _second = approved(name="Хор соседей"), approved(name="Хор двора")
    draft(name="Тайный черновик")
    refresh_search_words()
    assert SearchWord.objects.get(word="хор").communities == 2
    assert not SearchWord.objects.filter(word="тайный").exists()
    Community.objects.filter(pk=first.community_id).update(listing="archived")
    refresh_search_words(BranchFactory())
    assert SearchWord.objects.get(word="хор").communities == 1
    assert not SearchWord.objects.filter(word="соседей").exists()
