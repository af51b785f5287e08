"""What a coordinator fills in: reasons and rounds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import CensusRound


class ClaimReturnForm(forms.Form):
    reason = forms.CharField(
        label=_("Почему не принято"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Человек прочитает эти слова в письме."),
        error_messages={"required": _("Напишите причину: человек увидит эти слова.")},
    )


class RoundForm(forms.ModelForm):
    """A round to come."""

    class Meta:
        model = CensusRound
        fields = ["year", "opens_on", "closes_on"]
        widgets = {
            "opens_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "closes_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].min_value = 2000
        year = timezone.localdate().year
        self.fields["year"].widget.attrs |= {"min": year - 1, "max": year + 2, "inputmode": "numeric"}

    def clean_year(self) -> int:
        year: int = self.cleaned_data["year"]
        now = timezone.localdate().year
        if not now - 1 <= year <= now + 2:
            raise forms.ValidationError(_("Раунд заводят на этот год или ближайшие два."))
        return year

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens_on, closes_on = cleaned.get("opens_on"), cleaned.get("closes_on")
        if opens_on and closes_on and closes_on <= opens_on:
            self.add_error("closes_on", _("Раунд закрывается позже, чем открывается."))
        return cleaned
