"""The vocabulary of the catalogue: learnt at approval, counted anew by the clock."""

from __future__ import annotations

from collections import Counter

from django.db import transaction

from communities.keys import words
from communities.models import CensusRecord, Community, SearchWord
from hub.models import Branch

#: Shorter words are neither suggested nor taken for what somebody meant.
SHORTEST = 3


def _words_of(name: str, short: str, keywords: str) -> list[str]:
    return words(f"{name} {short} {keywords}", shortest=SHORTEST)


@transaction.atomic
def learn_words(record: CensusRecord) -> None:
    """Take the words of a record that has just become public into the vocabulary of its branch."""
    # Sorted, so that two approvals at once never wait for each other crosswise.
    learnt = sorted(_words_of(record.name, record.short, record.keywords))
    SearchWord.objects.bulk_create(
        [SearchWord.of(record.community.branch_id, word) for word in learnt],
        ignore_conflicts=True,
    )


def refresh_search_words(branch: Branch | None = None) -> int:
    """Count the vocabulary of `branch` (of every branch when None) anew; return how many words it has."""
    if branch is None:
        return sum(refresh_search_words(each) for each in Branch.objects.all())
    before = set(SearchWord.objects.in_branch(branch).values_list("word", flat=True))
    counted: Counter[str] = Counter()
    listed = Community.objects.in_branch(branch).listed()
    texts = listed.values_list("current__name", "current__short", "current__keywords")
    for name, short, keywords in texts.iterator(chunk_size=2000):
        counted.update(_words_of(name, short, keywords))
    with transaction.atomic():
        SearchWord.objects.bulk_create(
            [SearchWord.of(branch.pk, word, communities=n) for word, n in sorted(counted.items())],
            batch_size=2000,
            update_conflicts=True,
            unique_fields=["branch", "word"],
            update_fields=["communities", "cuts"],
        )
        # Words learnt while we were counting are not in `before`: they stay.
        SearchWord.objects.in_branch(branch).filter(word__in=before - counted.keys()).delete()
    return len(counted)
