"""Reads of vocabularies: what words begin so, what a typo was meant to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection
from django.db.models import Exists, QuerySet, Value
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

    def begun(self, branch: Branch, asked: Sequence[str]) -> set[str]:
        """Those of `asked` with which some word of the vocabulary begins."""
        begins = [Exists(self.in_branch(branch).beginning_with(word)) for word in asked]
        branches = self.model._meta.get_field("branch").related_model._default_manager
        known = branches.filter(pk=branch.pk).values_list(*begins).get()
        return {word for word, is_known in zip(asked, known, strict=True) if is_known}

    def meant(self, branch: Branch, text: str, asked: Sequence[str]) -> list[str]:
        """`asked` (the words of `text`), in which nothing was found, with up to MENDED unknown words mended.

        However many they are: three queries at most.
        """
        # Typed in the other layout of the keyboard.
        other = words(retyped(text), most=len(asked) or 1) if text.isascii() else []
        # A lone word in which nothing was found is known to be unknown.
        known = self.begun(branch, [*asked, *other]) if len(asked) > 1 or other else set()
        if known.intersection(other).difference(asked):
            return other
        strange = [word for word in asked if len(word) > 2 and word not in known][:MENDED]
        mended = self.mended(branch, strange) if strange else {}
        return [mended.get(word, word) for word in asked]

    def mended(self, branch: Branch, typed: Sequence[str]) -> dict[str, str]:
        """Typed word → the word of the vocabulary that it was meant to be, of those that have one.

        One slip first: the two share a cut. Then words that share enough triples of letters and are about
        as long.
        """
        # Cut by cut: of many at once the database believes that a scan of the whole vocabulary is cheaper.
        table, texts = self.model._meta.db_table, self.model._meta.get_field("texts").column
        with connection.cursor() as cursor:  # by hand: Django would take longer to write it than it takes
            cursor.execute(
                f"SELECT DISTINCT word, {texts} FROM unnest(%s::varchar[]) AS cut JOIN {table} ON cuts @> ARRAY[cut]"
                f" ORDER BY {texts} DESC, word",
                [[cut for word in typed for cut in branch_cuts(branch.pk, word)]],
            )
            near = [word for word, _texts in cursor.fetchall()]
        slips = {word: next((one for one in near if is_slip(word, one)), "") for word in typed}
        found = {word: one for word, one in slips.items() if one}
        likes = [self._like(branch, word) for word in typed if word not in found]
        return found | dict(likes[0].union(*likes[1:])) if likes else found

    def _like(self, branch: Branch, word: str) -> QuerySet[Any, tuple[str, str]]:
        """`word` and the word that looks the most like it, if any does."""
        like = self.in_branch(branch).annotate(
            typed=Value(word), closeness=TrigramSimilarity("word", word), length=Length("word")
        )
        like = like.filter(
            word__trigram_similar=word, length__range=(len(word) - SLIPPED, len(word) + SLIPPED)
        )
        return like.order_by("-closeness", "-texts", "word").values_list("typed", "word")[:1]
