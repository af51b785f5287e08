"""A national census as a spreadsheet: 1,772 communities of 50 cities, with the quirks of the real one."""

from __future__ import annotations

import random

from bench.words import Language

CITIES = 50
ROWS = 1772
DIRECTIONS = (
    "Экология и устойчивое развитие", "Социальная защита (помощь людям)", "Культура и образование",
    "Местное сообщество и развитие территорий", "Защита животных", "Спорт", "Другое",
)  # fmt: skip


def city(number: int) -> tuple[str, str]:
    """Name and region of a city of the bench's country."""
    return (
        ("Сочи", "Краснодарский край")
        if number == 0
        else (f"Городок{number:02}", f"Область{number % 9}ская область")
    )


def census(rows: int = ROWS) -> bytes:
    """`rows` lines with a heading; semicolons, quotes as they come, "-" for nothing."""
    chance, language = random.Random(1772), Language(1772)
    lines = ["Город;Направление;Название;Описание;Ссылка"]
    for number in range(rows):
        name, region = city(number % CITIES)
        title = language.name().replace("«", '"').replace("»", '"').replace('" ', " ")
        lines.append(
            "; ".join(
                [
                    f"{name}, {region}",
                    chance.choice(DIRECTIONS),
                    f"{title} {number}",
                    "-"
                    if chance.random() < 0.15
                    else f"Основная деятельность: {language.text(chance.randint(20, 160))}",
                    f"https://vk.com/club{20_000_000 + number}?from=groups",
                ]
            )
        )
    return ("\n".join(lines) + "\n").encode()
