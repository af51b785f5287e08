"""Forms about the people of a community."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.choices import StewardRole
from communities.forms.census import ContactFields
from communities.forms.fields import Link, Text
from communities.models import Stewardship


class ContactForm(ContactFields):
    """One's own contacts and name, on the page of the team."""

    show_optional = False

    def __init__(self, *args: Any, stewardship: Stewardship, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fill_contacts(stewardship)


class InvitationForm(forms.Form):
    """Whom the link is for, and what it lets them do."""

    role = forms.ChoiceField(
        label=_("Кем будет"),
        choices=[(role.value, role.label) for role in (StewardRole.CO_LEADER, StewardRole.EDITOR)],
        initial=StewardRole.CO_LEADER,
        widget=forms.RadioSelect,
        help_text=_("Солидер правит и отправляет анкету. Редактор правит, но не отправляет."),
    )
    email = forms.EmailField(
        label=_("Почта"),
        required=False,
        help_text=_("Пришлём ссылку письмом. Можно не указывать и переслать ссылку самим."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )


class ClaimForm(forms.Form):
    """«Это моё сообщество»: how the coordinator can tell."""

    text = Text(
        label=_("Чем подтвердите, что вы его лидер?"),
        limit=1000,
        rows=5,
        help_text=_("Кто вы в сообществе и как это проверить: кому позвонить, где вас видно."),
    )
    link = Link(
        label=_("Ссылка"),
        help_text=_("Страница, где видно, что вы ведёте сообщество: закреплённая запись, контакты группы."),
    )
    proof = forms.FileField(
        label=_("Файл"),
        required=False,
        help_text=_("Снимок экрана с правами администратора группы, письмо, афиша: PDF, JPEG или PNG."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].required = True
        self.fields["text"].error_messages["required"] = _(
            "Напишите, чем подтвердите: без этого координатор не сможет решить."
        )
