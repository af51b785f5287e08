"""Figures as spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter
from django.http import HttpResponse

from communities.tables.writing import neutral

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def table_file(name: str, title: str, lines: Sequence[Mapping[Any, Any]]) -> HttpResponse:
    """`lines` (column → cell, all with the same columns) as a download `name`.xlsx with one sheet `title`."""
    buffer = BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(title[:31])
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd.mm.yyyy"})
        columns = [str(column) for column in lines[0]] if lines else []
        for place, column in enumerate(columns):
            sheet.write_string(0, place, neutral(column), bold)
        for number, line in enumerate(lines, 1):
            for place, cell in enumerate(line.values()):
                if isinstance(cell, date):
                    sheet.write_datetime(number, place, cell, day)
                elif isinstance(cell, (int, float)):
                    sheet.write_number(number, place, cell)
                elif cell is not None:
                    sheet.write_string(number, place, neutral(str(cell)))
        sheet.freeze_panes(1, 0)
        sheet.autofit()
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.xlsx"',
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(buffer.getvalue(), content_type=XLSX, headers=headers)
