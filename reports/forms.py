"""Forms of the reports."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.kpis import Kpi


class PlanForm(forms.Form):
    """How much of an indicator the branch promises for this year or the next."""

    year = forms.TypedChoiceField(label=_("Год"), coerce=int)
    target = forms.IntegerField(
        label=_("План"),
        min_value=1,
        max_value=1_000_000,
        error_messages={
            "required": _("Напишите число: сколько нужно к концу года."),
            "invalid": _("Это не целое число. Например: 100."),
            "min_value": _("План начинается с единицы."),
            "max_value": _("Это больше миллиона. Проверьте, нет ли лишнего нуля."),
        },
    )

    def __init__(self, *args: object, kpi: Kpi, this_year: int, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, str(year)) for year in (this_year, this_year + 1)]
        self.fields["year"].widget.attrs["autocomplete"] = "off"
        self.fields["target"].help_text = _("Сколько %(unit)s к 31 декабря.") % {"unit": kpi.unit}
        self.fields["target"].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}
