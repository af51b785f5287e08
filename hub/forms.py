"""Forms of the kernel."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hub import consents
from hub.choices import ConsentKind, Theme
from hub.models import User


class SignupForm(forms.Form):
    """What every sign-up asks, by e-mail or through a provider, besides e-mail and password."""

    field_order = ["name", "email", "password1", "consent"]

    name = forms.CharField(
        label=_("Имя и фамилия"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    consent = forms.BooleanField(
        label=_("Даю согласие на обработку моих персональных данных"),
        error_messages={"required": _("Без согласия учётную запись завести нельзя: так велит закон.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The text opens beside: what has been typed here stays.
        self.fields["consent"].help_text = format_html(
            '<a href="{}#processing" target="_blank">{}</a>',
            reverse("privacy"),
            _("Прочитать текст согласия (в новой вкладке)"),
        )

    def signup(self, request: HttpRequest, user: User) -> None:
        user.name = self.cleaned_data["name"]
        user.language = (get_language() or "ru")[:2]
        user.save(update_fields=["name", "language"])
        consents.give(user, ConsentKind.PROCESSING, channel="signup")


class ProfileForm(forms.ModelForm):
    """What a person says about themselves and how the portal should look for them."""

    theme = forms.ChoiceField(
        label=_("Оформление"), choices=Theme.choices, required=False, widget=forms.RadioSelect
    )

    class Meta:
        model = User
        fields = ("name", "phone", "language", "theme")
        widgets = {
            "name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
            "language": forms.RadioSelect,
        }
        help_texts = {"phone": _("Видит только отделение. Например, +7 862 200-12-34.")}
        error_messages = {
            "phone": {"invalid": _("Это не похоже на номер. Напишите его целиком: +7 862 200-12-34.")}
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True


class EraseForm(forms.Form):
    """The last question before a person's data are erased for ever."""

    WORD = _("СТЕРЕТЬ")

    word = forms.CharField(
        label=_("Слово-подтверждение"),
        help_text=_("Напишите слово СТЕРЕТЬ: так мы знаем, что вы не нажали случайно."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )

    def clean_word(self) -> str:
        word = self.cleaned_data["word"].strip().upper()
        if word != str(self.WORD):
            raise ValidationError(_("Нужно слово СТЕРЕТЬ целиком, русскими буквами."))
        return word
