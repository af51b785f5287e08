"""A vocabulary that falls off as a language does: some words everywhere, most of them rare (Zipf)."""

from __future__ import annotations

import random
from itertools import accumulate

STEMS = (
    "сосед двор город район берег тропа парк школа семья ребёнок мастер вечер праздник музыка песня книга театр "
    "спорт здоровье помощь друг встреча клуб занятие поход гора море лес дерево сад цветок собака кошка природа "
    "волонтёр ветеран память история улица дом окно чай хлеб ремесло глина краска рисунок танец хор кино игра наука "
    "робот код проект идея команда лидер партнёр грант фестиваль ярмарка субботник экскурсия маршрут велосипед лодка "
    "набережная площадь рынок библиотека музей центр студия кружок лаборатория редакция газета фотография выставка"
).split()  # fmt: skip
GLUE = "и в на с для по мы вместе каждый который наш все от до за о у это где когда любой".split()  # fmt: skip
SYLLABLES = "ба ве ги до жу за ка ле ми но па ре со та ун фа хо ци чу ша ра ло му не ти ку до ви сте пра кро мла".split()
ENDINGS = "а ы е ом ами ение ение ость ный ная ние ский ская ник ница ть ем им ого".split()

#: Planted in a known share of the texts, so that searches for them mean the same in every size.
COMMON, COMMON_SHARE = "добрососедство", 0.11
MIDDLE, MIDDLE_SHARE = "каллиграфия", 0.01
TYPO = "калиграфия"


class Language:
    """Words and texts of a seeded language of `size` words."""

    def __init__(self, seed: int, size: int = 20_000) -> None:
        self.random = random.Random(seed)
        made = {
            "".join(self.random.choices(SYLLABLES, k=self.random.randint(2, 3))) + self.random.choice(ENDINGS)
            for _ in range(size)
        }
        self.words = [*GLUE, *STEMS, *sorted(made)]
        self.weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(self.words))))

    def text(self, words: int) -> str:
        """Sentences of about twelve words."""
        chosen = self.random.choices(self.words, cum_weights=self.weights, k=words)
        sentences = (chosen[start : start + 12] for start in range(0, words, 12))
        return " ".join(" ".join(sentence).capitalize() + "." for sentence in sentences)

    def name(self) -> str:
        first, second = self.random.choice(self.words[60:4000]), self.random.choice(STEMS)
        kind = self.random.choice(("Клуб", "Студия", "ТОС", "АНО", "Движение", "Мастерская"))
        return f"{kind} «{first.capitalize()} {second}»"
