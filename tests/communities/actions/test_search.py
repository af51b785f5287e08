"""The vocabulary follows what is public."""

from functools import partial

import pytest

from communities.actions.search import learn, learn_words, refresh_search_words
from communities.models import Community, SearchWord
from tests.at_once import at_once
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
    assert SearchWord.objects.get(word="хор").texts == 2
    assert not SearchWord.objects.filter(word="тайный").exists()
    Community.objects.filter(pk=first.community_id).update(listing="archived")
    refresh_search_words(BranchFactory())
    assert SearchWord.objects.get(word="хор").texts == 1
    assert not SearchWord.objects.filter(word="соседей").exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_learn_the_same_words_at_once_do_not_wait_crosswise():
    """In the order of their texts they would lock each other out."""
    branch, said = BranchFactory().pk, [f"слово{number}" for number in range(3000)]
    forth, back = " ".join(said), " ".join(reversed(said))
    at_once(*(partial(learn, SearchWord, branch, text) for text in (forth, back)))
    assert SearchWord.objects.count() == 3000
