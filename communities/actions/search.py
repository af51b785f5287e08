"""Vocabularies: learnt when a text becomes public, counted anew by the clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from django.db import transaction

from communities.keys import words
from communities.models import CensusRecord, Community, SearchWord, Word
from hub.models import Branch

#: Shorter words are neither suggested nor taken for what somebody meant.
SHORTEST = 3


def learn(vocabulary: type[Word], branch: int, text: str) -> None:
    """Take the words of a text that has just become public into a vocabulary of its branch."""
    # Sorted, so that two approvals at once never wait for each other crosswise.
    learnt = sorted(words(text, shortest=SHORTEST))
    vocabulary.objects.bulk_create([vocabulary.of(branch, word) for word in learnt], ignore_conflicts=True)


def count_anew(
    vocabulary: type[Word], texts_of: Callable[[Branch], Iterable[str]], branch: Branch | None = None
) -> int:
    """Make a vocabulary of `branch` (of every branch when None) what its public texts say; how many words it has."""
    if branch is None:
        return sum(count_anew(vocabulary, texts_of, each) for each in Branch.objects.all())
    known = dict(vocabulary.objects.in_branch(branch).values_list("word", "texts"))
    counted: Counter[str] = Counter()
    for text in texts_of(branch):
        counted.update(words(text, shortest=SHORTEST))
    changed = sorted(counted.items() - known.items())
    with transaction.atomic():
        vocabulary.objects.bulk_create(
            [vocabulary.of(branch.pk, word, texts=n) for word, n in changed],
            batch_size=2000,
            update_conflicts=True,
            unique_fields=["branch", "word"],
            update_fields=["texts", "cuts"],
        )
        # Words learnt while we were counting are not in `known`: they stay.
        vocabulary.objects.in_branch(branch).filter(word__in=known.keys() - counted.keys()).delete()
    return len(counted)


def _said(name: str, short: str, keywords: str) -> str:
    return f"{name} {short} {keywords}"


def learn_words(record: CensusRecord) -> None:
    """Take the words of a record that has just become public into the vocabulary of the catalogue."""
    learn(SearchWord, record.community.branch_id, _said(record.name, record.short, record.keywords))


def refresh_search_words(branch: Branch | None = None) -> int:
    """Count the vocabulary of the catalogue anew, of `branch` or of every branch; return how many words it has."""
    return count_anew(SearchWord, _texts_of, branch)


def _texts_of(branch: Branch) -> Iterator[str]:
    listed = Community.objects.in_branch(branch).listed()
    texts = listed.values_list("current__name", "current__short", "current__keywords")
    return (_said(*text) for text in texts.iterator(chunk_size=2000))
