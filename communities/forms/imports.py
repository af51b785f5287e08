"""Forms of the import: the file, and what its columns are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.models import ImportBatch
from communities.tables import FIELDS, MAX_BYTES

#: Rows of the table shown above the choice of columns.
SHOWN = 5


class ImportUploadForm(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Файл с таблицей"),
        help_text=gettext_lazy(
            "CSV, TSV или XLSX до 10 МБ и 20 000 строк. Разделитель, кодировку и столбцы портал узнаёт сам."
        ),
        widget=forms.ClearableFileInput(
            attrs={
                "accept": ".csv,.tsv,.txt,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        ),
        error_messages={
            "required": gettext_lazy("Выберите файл с таблицей."),
            "empty": gettext_lazy("Файл пустой. Проверьте, тот ли файл вы выбрали."),
        },
        max_length=None,
    )

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(
                _(
                    "Файл больше %(mb)s МБ. Оставьте в нём одну таблицу без картинок или разделите её на части."
                )
                % {"mb": MAX_BYTES // 1024 // 1024}
            )
        return file


class ImportColumnsForm(forms.Form):
    """One choice for each column of the table."""

    show_optional = False

    has_header = forms.BooleanField(label=gettext_lazy("Первая строка — заголовки столбцов"), required=False)

    def __init__(self, batch: ImportBatch, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filled = [row for row in batch.table if row][: SHOWN + 1]
        width = max(map(len, self.filled), default=0)
        meant = {column: name for name, column in batch.mapping.items()}
        self.fields["has_header"].initial = batch.has_header
        choices = [("", gettext_lazy("Не брать")), *FIELDS.items()]
        for column in range(width):
            heading = self.filled[0][column] if batch.has_header else ""
            self.fields[f"column{column}"] = forms.ChoiceField(
                label=_("Столбец %(n)s: %(heading)s") % {"n": column + 1, "heading": heading[:60]}
                if heading
                else _("Столбец %(n)s") % {"n": column + 1},
                choices=choices,
                required=False,
                initial=meant.get(column, ""),
            )

    @property
    def columns(self) -> list[tuple[Any, list[str]]]:
        """Each choice with the beginnings of the first cells of its column."""
        names = [name for name in self.fields if name.startswith("column")]
        return [
            (self[name], [row[place][:120] for row in self.filled if len(row) > place])
            for place, name in enumerate(names)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        mapping: dict[str, int] = {}
        for place in range(len(self.columns)):
            field = cleaned.get(f"column{place}")
            if not field:
                continue
            if field in mapping:
                self.add_error(
                    f"column{place}",
                    _("«%(field)s» уже выбрано у столбца %(n)s. Оставьте что-то одно.")
                    % {"field": FIELDS[field], "n": mapping[field] + 1},
                )
            mapping.setdefault(field, place)
        if "name" not in mapping:
            self.add_error(
                None, _("Укажите, в каком столбце названия сообществ: без него строки не прочитать.")
            )
        cleaned["mapping"] = mapping
        return cleaned
