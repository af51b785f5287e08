"""A guest at the door who has not registered."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.utils.translation import gettext_lazy

from communities.forms.fields import Number
from events.models.walk_in import MOST_TOGETHER


class WalkInForm(forms.Form):
    """As little as a queue at the door has patience for: a name if there is one, and how many."""

    use_required_attribute = False
    show_optional = False

    token = forms.CharField(
        widget=forms.HiddenInput, required=False, validators=[RegexValidator(r"^[0-9a-f]{32}\Z")]
    )
    name = forms.CharField(
        label=gettext_lazy("Имя"),
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": gettext_lazy("можно без имени")}),
        error_messages={"max_length": gettext_lazy("Слишком длинно: хватит имени и фамилии.")},
    )
    people = Number(
        label=gettext_lazy("Сколько человек"),
        validators=[
            MinValueValidator(1, gettext_lazy("Хотя бы один")),
            MaxValueValidator(
                MOST_TOGETHER, gettext_lazy("Больше пятидесяти разом не бывает: проверьте число")
            ),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"token": secrets.token_hex(16), "people": 1}

    def clean_token(self) -> str:
        return self.cleaned_data["token"] or secrets.token_hex(16)

    def clean_people(self) -> int:
        people: int | None = self.cleaned_data["people"]
        return 1 if people is None else people
