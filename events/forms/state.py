"""Forms of state events: what is asked for, what is offered, what was done."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.forms.fields import Link, Many, Number, Text
from events.choices import Help
from events.forms.event import EventForm
from events.forms.stale import differences, mark_of, seen_field
from events.forms.when import day_field
from events.models import Event, StateEventSupport, SupportRequest
from hub.kept_files import KeptFile, KeptFileInput
from hub.uploads import store_document


def _kinds_field() -> Many:
    return Many(label=gettext_lazy("Чем помочь?"), choices=Help.choices)


def _text_field() -> Text:
    return Text(
        label=gettext_lazy("Своими словами"),
        limit=600,
        rows=3,
        help_text=gettext_lazy("Сколько людей, что делать, когда быть на месте, чем поможет город."),
    )


def _until_field() -> forms.DateField:
    return day_field(
        label=gettext_lazy("Ответить до"),
        required=False,
        help_text=gettext_lazy(
            "После этого дня кнопка «Поддержать» исчезнет. Удобно — за неделю до события."
        ),
    )


def _complaints(said: dict[str, Any], today: date, last: date | None) -> dict[str, str]:
    """What is wrong with a request: field → words."""
    wrong = {}
    if not said.get("help_kinds") and not said.get("help_text"):
        wrong["help_kinds"] = _("Отметьте, чем помочь, или напишите своими словами.")
    until = said.get("help_until")
    if until is None:
        wrong["help_until"] = _("Укажите день, до которого ждёте ответа.")
    elif until < today:
        wrong["help_until"] = _("Этот день уже прошёл: ответить никто не успеет.")
    elif last and until > last:
        wrong["help_until"] = _("К этому дню событие уже пройдёт. Укажите день не позже %(day)s.") % {
            "day": f"{last:%d.%m.%Y}"
        }
    return wrong


def _asked(said: dict[str, Any]) -> dict[str, Any]:
    return {"kinds": said["help_kinds"], "text": said["help_text"], "until": said["help_until"]}


class StateEventForm(EventForm):
    """An event of the city, and what help it needs."""

    asks = forms.BooleanField(
        label=gettext_lazy("Попросить сообщества о поддержке"),
        required=False,
        help_text=gettext_lazy("Лидеры получат письмо и ответят на портале, кто чем поможет."),
    )
    help_kinds = _kinds_field()
    help_text = _text_field()
    help_until = _until_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("asks", True)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        if said.get("asks"):
            today = timezone.localdate(timezone=self.zone)
            last = (
                None
                if said.get("repeats") not in ("", "no", None)
                else said.get("end_day") or said.get("day")
            )
            for field, words in _complaints(said, today, last).items():
                if field not in self.errors:
                    self.add_error(field, words)
        return said

    @property
    def asked(self) -> dict[str, Any] | None:
        """What `ask_for_support` takes, or None when no help is needed."""
        return _asked(self.cleaned_data) if self.cleaned_data["asks"] else None


class AskForm(forms.Form):
    """The same request, corrected or made later."""

    use_required_attribute = False

    seen = seen_field()
    help_kinds = _kinds_field()
    help_text = _text_field()
    help_until = _until_field()

    def __init__(
        self, data: Any = None, *, event: Event, request: SupportRequest | None, seen: str = ""
    ) -> None:
        super().__init__(data, initial=self._written(request) | {"seen": seen})
        self.event = event

    @staticmethod
    def _written(request: SupportRequest | None) -> dict[str, Any]:
        if request is None:
            return {}
        return {"help_kinds": request.kinds, "help_text": request.text, "help_until": request.until}

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        today = timezone.localdate(timezone=self.event.tz)
        last = None
        if not self.event.is_series:
            last = (self.event.ends_at - timedelta(microseconds=1)).astimezone(self.event.tz).date()
        for field, words in _complaints(said, today, last).items():
            if field not in self.errors:
                self.add_error(field, words)
        return said

    @property
    def asked(self) -> dict[str, Any]:
        return _asked(self.cleaned_data)

    def differences(self, fresh: SupportRequest | None) -> list[dict[str, Any]]:
        """What is typed here otherwise than it is asked for now, side by side."""
        return differences(self, self._written(fresh))


class OfferForm(forms.Form):
    """How a community helps."""

    use_required_attribute = False

    kinds = Many(label=gettext_lazy("Чем поможете?"), choices=Help.choices)
    how = Text(
        label=gettext_lazy("Что именно сделаете"),
        limit=600,
        rows=3,
        help_text=gettext_lazy("Например: «Восемь волонтёров на регистрацию с 9 до 13, свои накидки»."),
    )
    people = Number(
        label=gettext_lazy("Сколько человек"), validators=[MinValueValidator(1), MaxValueValidator(100_000)]
    )

    def __init__(self, *args: Any, asked: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What is asked for stands first.
        order = sorted(Help.choices, key=lambda choice: choice[0] not in asked)
        self.fields["kinds"].choices = order
        self.fields["kinds"].error_messages["required"] = _("Отметьте, чем поможете.")
        self.fields["how"].error_messages["required"] = _("Напишите в двух словах, что именно сделаете.")
        for name in ("kinds", "how"):
            self.fields[name].required = True


class ProofForm(forms.Form):
    """What a community did, and what shows it."""

    use_required_attribute = False
    show_optional = False

    seen = seen_field()
    report = Text(
        label=gettext_lazy("Что сделали?"),
        limit=1000,
        rows=4,
        help_text=gettext_lazy("Пара предложений: сколько вас было, что получилось."),
    )
    photo = KeptFile(
        label=gettext_lazy("Фото"),
        store=store_document,
        help_text=gettext_lazy(
            "С события: JPEG, PNG или PDF. Увидят координатор и администрация, не жители."
        ),
        widget=KeptFileInput(attrs={"accept": "image/*,application/pdf"}),
    )
    link = Link(
        label=gettext_lazy("Или ссылка"),
        help_text=gettext_lazy("Запись в группе, заметка на сайте города: там, где видно ваше участие."),
    )

    def __init__(self, *args: Any, support: StateEventSupport, **kwargs: Any) -> None:
        kwargs.setdefault("initial", self._written(support) | {"seen": mark_of(support.submitted_at)})
        super().__init__(*args, **kwargs)
        self.has_photo = support.photo_id is not None
        self.fields["report"].required = True
        self.fields["report"].error_messages["required"] = _("Напишите в двух словах, что вы сделали.")

    @staticmethod
    def _written(support: StateEventSupport) -> dict[str, Any]:
        return {"report": support.report, "link": support.link}

    def differences(self, fresh: StateEventSupport) -> list[dict[str, Any]]:
        """What is typed here otherwise than it stands in `fresh`, side by side."""
        return differences(self, self._written(fresh))

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        # A link that is wrong says so itself.
        if not (
            said.get("photo") or said.get("link") or self.has_photo or self.errors.keys() & {"photo", "link"}
        ):
            self.add_error(
                "photo", _("Приложите фото или ссылку: без них координатор не сможет подтвердить.")
            )
        return said
