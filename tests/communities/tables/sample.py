"""A made-up table with the quirks of real ones: stray quotes, "-" for nothing, region beside the city."""

from __future__ import annotations

import csv
import io

import xlsxwriter

HEADER = ["Город", "Направление", "Название", "Описание", "Ссылка"]
ROWS = [
    [
        "Сочи, Краснодар. край",
        "Экология и устойчивое развитие",
        'МБУ "Зелёный берег"',
        "Основные деятельность: -Субботники у моря -Сбор батареек, плёнки и стекла  ЦА: жители города",
        "https://vk.com/green_bereg?from=groups",
    ],
    ["г. Сочи", "Другое", 'АНО КЛУБ "СОСЕДИ" "', "-", "m.vk.com/sosedi_club"],
    ["Сочи", "Культура и образование", "«Поющий двор»", "Хор. Поём во дворах!", "https://t.me/dvor_hor"],
    ["Сочи", "Защита животных", '"ХВОСТ" И ЛАПЫ"', "", "https://ok.ru/profile/1002003004005"],
    ["Сочи", "Социальная защита (помощь людям)", "Тёплый дом", "Помогаем пожилым.", "-"],
    [
        "Глазов, УР",
        "Местное сообщество и развитие территорий",
        'ТОС "Родник',
        "Обустроили родник.",
        "Vk.com/rodnik_tos",
    ],
]


def as_semicolons(rows: list[list[str]] | None = None, *, header: bool = True) -> str:
    """As the real export writes it: nothing quoted, a space after each semicolon."""
    lines = ([HEADER] if header else []) + (rows or ROWS)
    return "\n".join("; ".join(line) for line in lines) + "\n"


def as_csv(delimiter: str = ",", *, header: bool = True) -> str:
    """As Excel writes it: quoted where needed."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(([HEADER] if header else []) + ROWS)
    return stream.getvalue()


def as_xlsx(rows: list[list[str]] | None = None, *, header: bool = True) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(([HEADER] if header else []) + (rows or ROWS)):
            for place, cell in enumerate(row):
                sheet.write_string(number, place, cell)
    return stream.getvalue()
