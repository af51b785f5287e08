"""Reads of vocabularies: what words begin so, what a typo was meant to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Length

from communities.keys import cuts, is_slip, retyped, words

if TYPE_CHECKING:
    from hub.models import Branch

#: So many unknown words of one question are mended.
MENDED = 2
#: A word longer or shorter by more letters than that is another word: «про» is no slip of «прогулки».
SLIPPED = 2


def branch_cuts(branch: int, word: str) -> list[str]:
    """The cuts of `word` as the vocabulary of that branch keeps them: other cities' words are not even read."""
    return [f"{branch}:{cut}" for cut in cuts(word)]


class WordQuerySet(QuerySet):
    """The vocabulary of a branch."""

    def in_branch(self, branch: Branch) -> Self:
        return self.filter(branch=branch)

    def beginning_with(self, start: str) -> Self:
        return self.filter(word__startswith=start).order_by("-texts", "word")

    def meant(self, branch: Branch, text: str, asked: Sequence[str]) -> list[str]:
        """`asked` (the words of `text`), in which nothing was found, with up to MENDED unknown words mended."""
        known = self.in_branch(branch)
        if text.isascii():  # typed in the other layout of the keyboard
            other = words(retyped(text), most=len(asked) or 1)
            if other and any(known.beginning_with(word).exists() for word in other):
                return other
        left, meant = MENDED, []
        for word in asked:
            # A lone word in which nothing was found is known to be unknown.
            strange = len(asked) == 1 or not known.beginning_with(word).exists()
            if len(word) > 2 and left and strange:
                left -= 1
                meant.append(known.mended(branch, word) or word)
            else:
                meant.append(word)
        return meant

    def mended(self, branch: Branch, word: str) -> str:
        """The word of the vocabulary that `word` was meant to be; "" when there is none.

        One slip first: the two share a cut. Then words that share enough triples of letters and are about
        as long.
        """
        table, texts = self.model._meta.db_table, self.model._meta.get_field("texts").column
        with connection.cursor() as cursor:  # by hand: Django would take longer to write it than it takes
            cursor.execute(
                f"SELECT word FROM {table} WHERE cuts && %s ORDER BY {texts} DESC, word",
                [branch_cuts(branch.pk, word)],
            )
            for (found,) in cursor.fetchall():
                if is_slip(word, found):
                    return found
        like = self.filter(word__trigram_similar=word).annotate(
            closeness=TrigramSimilarity("word", word), length=Length("word")
        )
        like = like.filter(length__range=(len(word) - SLIPPED, len(word) + SLIPPED))
        return like.order_by("-closeness", "-texts", "word").values_list("word", flat=True).first() or ""
