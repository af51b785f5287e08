"""Rows → a file that a person opens in Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter

Cell = str | int | None


def neutral(text: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    >>> neutral("=1+1"), neutral("+7 862"), neutral("Тропа")
    ("'=1+1", "'+7 862", 'Тропа')
    """
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """As Excel in Russian opens it by a double click: utf-8 with its mark, semicolons."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=";")
    writer.writerow(columns)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def write_xlsx(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet with a filter in its heading; written row by row to a temporary file."""
    stream = io.BytesIO()
    # Whatever looks like a formula or an address stays a text.
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        last = 0
        sheet.set_column(0, 0, 8)
        sheet.set_column(1, len(columns), 32)
        for place, column in enumerate(columns):
            sheet.write_string(0, place, column, bold)
        for last, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(last, place, cell, wrap)
                elif cell:
                    sheet.write_string(last, place, str(_safe(cell))[:32_000], wrap)
        sheet.autofilter(0, 0, last, len(columns) - 1)
        sheet.freeze_panes(1, 0)
    return stream.getvalue()


def _safe(cell: Cell) -> Cell:
    return neutral(cell) if isinstance(cell, str) else cell
