"""Forms of the kernel."""

from __future__ import annotations

from datetime import time
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hub import consents
from hub.choices import ChannelCode, ConsentKind, DigestRhythm, Theme
from hub.models import Branch, NotificationSettings, User
from hub.models.outbox import quiet_from, quiet_until
from hub.outbox.kinds import DIGEST, KINDS, Kind

#: Zones of the country, west to east, as people here call them.
ZONES = {
    "Europe/Kaliningrad": _("Калининград, МСК−1"),
    "Europe/Moscow": _("Москва, Сочи"),
    "Europe/Samara": _("Самара, МСК+1"),
    "Asia/Yekaterinburg": _("Екатеринбург, МСК+2"),
    "Asia/Omsk": _("Омск, МСК+3"),
    "Asia/Krasnoyarsk": _("Красноярск, МСК+4"),
    "Asia/Irkutsk": _("Иркутск, МСК+5"),
    "Asia/Yakutsk": _("Якутск, МСК+6"),
    "Asia/Vladivostok": _("Владивосток, МСК+7"),
    "Asia/Magadan": _("Магадан, МСК+8"),
    "Asia/Kamchatka": _("Камчатка, МСК+9"),
}


class OneLine(forms.CharField):
    """Line breaks, which only a forged request holds, are spaces: the text goes into letters of others."""

    def to_python(self, value: Any) -> Any:
        said = super().to_python(value)
        return " ".join(said.split()) if isinstance(said, str) else said


class SignupForm(forms.Form):
    """What every sign-up asks, by e-mail or through a provider, besides e-mail and password."""

    field_order = ["name", "email", "password1", "consent"]

    name = OneLine(
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
        field_classes = {"name": OneLine}
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


class RhythmSelect(forms.RadioSelect):
    """How often, each choice with what it means."""

    hints = {
        DigestRhythm.AT_ONCE.value: _("Каждое сообщение — отдельным письмом."),
        DigestRhythm.DAILY.value: _("Новости за день в выбранный час."),
        DigestRhythm.WEEKLY.value: _("Новости за неделю — по понедельникам, в выбранный час."),
    }


class KindRow(NamedTuple):
    """A line of the table of kinds: (channel, its tick or None where the kind does not go that way)."""

    label: Any
    needs_act: bool
    boxes: list[tuple[ChannelCode, forms.BoundField | None]]


class NotificationSettingsForm(forms.ModelForm):
    """Which kinds by which channels, quiet hours, digest."""

    quiet = forms.BooleanField(
        label=_("Не беспокоить в тихие часы"),
        help_text=_("Что придётся на эти часы, придёт сразу после них. Письма для входа приходят всегда."),
        required=False,
    )

    class Meta:
        model = NotificationSettings
        fields = ("digest", "digest_at", "quiet_from", "quiet_until", "timezone")
        widgets = {
            "digest": RhythmSelect,
            "digest_at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, branch: Branch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.show_optional = False
        wishes: NotificationSettings = self.instance
        user = wishes.user
        self.fields["quiet"].initial = wishes.quiet_from is not None
        if wishes.quiet_from is None:  # switched on again, they begin with the hours that are usual
            self.initial.update(quiet_from=quiet_from() or time(22), quiet_until=quiet_until() or time(8))
        self.fields["digest_at"].required = False
        zones = [("", _("Как у отделения: %(zone)s") % {"zone": ZONES.get(branch.timezone, branch.timezone)})]
        known = {**ZONES, **({wishes.timezone: wishes.timezone} if wishes.timezone else {})}
        self.fields["timezone"] = forms.ChoiceField(
            label=_("Часовой пояс"),
            help_text=_("По нему считаются тихие часы и час сводки."),
            choices=zones + list(known.items()),
            required=False,
        )
        self.channels = [ChannelCode.EMAIL]
        if settings.TELEGRAM_TOKEN and getattr(user, "telegram", None) and user.telegram.chat:
            self.channels.append(ChannelCode.TELEGRAM)
        staff = bool(user.granted_roles)
        self.kinds = [
            kind
            for kind in KINDS.values()
            if kind.in_inbox and (staff or not kind.for_staff) and kind.code != "steward_invitation"
        ]
        # A link in a digest may have muted it: here is the way back.
        if wishes.digest or wishes.mutes(DIGEST.code, ChannelCode.EMAIL):
            self.kinds.append(DIGEST)
        for kind in self.kinds:
            for channel in self._ways(kind):
                self.fields[f"{kind.code}:{channel}"] = forms.BooleanField(
                    label=f"{kind.label}: {channel.label}",
                    required=False,
                    initial=not wishes.mutes(kind.code, channel),
                )

    def _ways(self, kind: Kind) -> list[ChannelCode]:
        return [ChannelCode.EMAIL] if kind is DIGEST else self.channels

    def rows(self) -> list[KindRow]:
        return [
            KindRow(
                kind.label,
                kind.needs_act,
                [(c, self[f"{kind.code}:{c}"] if c in self._ways(kind) else None) for c in self.channels],
            )
            for kind in self.kinds
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("quiet"):
            for field in ("quiet_from", "quiet_until"):
                if not cleaned.get(field) and field not in self.errors:
                    self.add_error(field, _("Укажите час, например 22:00."))
            if not self.errors and cleaned["quiet_from"] == cleaned["quiet_until"]:
                self.add_error("quiet_until", _("Тихие часы кончаются тогда же, когда начинаются."))
        return cleaned

    def answers(self) -> dict[str, Any]:
        """What `save_notification_settings` wants: columns, with what was unticked as `muted`."""
        said = self.cleaned_data
        asked = {f"{kind.code}:{channel}" for kind in self.kinds for channel in self._ways(kind)}
        kept = [mark for mark in self.instance.muted if mark not in asked]
        return {
            "digest": said["digest"],
            "digest_at": said["digest_at"] or time(9),
            "quiet_from": said["quiet_from"] if said["quiet"] else None,
            "quiet_until": said["quiet_until"] if said["quiet"] else None,
            "timezone": said["timezone"],
            "muted": kept + sorted(mark for mark in asked if not said[mark]),
        }


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
