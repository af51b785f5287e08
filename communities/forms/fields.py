"""Fields of the questionnaire that Django has not: kind to what people really type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from communities.choices import Criterion, Direction, ResourceKind

TOO_LONG = _(
    "Слишком длинно: %(show_value)s знаков, а помещается %(limit_value)s. Сократите, текст остался в поле."
)


def without_nul(value: Any) -> Any:
    """The same text without NUL letters: no column holds them, nobody types them."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [without_nul(item) for item in value]
    if isinstance(value, dict):
        return {key: without_nul(item) for key, item in value.items()}
    return value


class Text(forms.CharField):
    """A text with a counter. The browser does not cut it: what is pasted stays, an error says how long it is."""

    def __init__(self, *, limit: int, rows: int = 0, **kwargs: Any) -> None:
        attrs = kwargs.pop("attrs", {})
        widget = forms.Textarea(attrs={"rows": rows, **attrs}) if rows else forms.TextInput(attrs=attrs)
        kwargs.setdefault("error_messages", {})["max_length"] = TOO_LONG
        super().__init__(max_length=limit, required=False, widget=widget, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"autocomplete": "off", "data-count": ""}

    def to_python(self, value: Any) -> str:
        return super().to_python(without_nul(value)).replace("\r\n", "\n")


class Number(forms.IntegerField):
    """A whole number that may be written «1 200» and is shown as typed even when it is none."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    default_error_messages = {"invalid": _("Напишите число цифрами, например 40")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> int | None:
        return super().to_python(re.sub(r"[\s  ]", "", without_nul(str(value))) if value else value)


class Coordinate(forms.FloatField):
    """A latitude or longitude: «43,55» and «43.55» are one."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {"invalid": _("Напишите градусы числом, например 43.5855")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def to_python(self, value: Any) -> float | None:
        number = super().to_python(without_nul(str(value)).replace(",", ".").strip() if value else value)
        return None if number is None else round(number, 6)


class Hinted(forms.RadioSelect):
    """Radio buttons whose choices may have a second line."""

    def __init__(self, hints: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.hints = dict(hints or {})


class One(forms.ChoiceField):
    """One of several, shown as large buttons; unanswered until the person answers."""

    def __init__(self, *, hints: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(required=False, widget=Hinted(hints), **kwargs)


class Many(forms.MultipleChoiceField):
    """Some of several, at most `most` of them (0: all)."""

    def __init__(self, *, most: int = 0, **kwargs: Any) -> None:
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, **kwargs)
        self.most = most

    def clean(self, value: Any) -> list[str]:
        chosen = super().clean(value)
        if self.most and len(chosen) > self.most:
            raise ValidationError(
                _("Выбрано %(count)s, а можно до %(most)s. Снимите лишнее."),
                params={"count": len(chosen), "most": self.most},
            )
        return chosen


# --- links ------------------------------------------------------------------------------------------------

_NAME = re.compile(r"^@?([A-Za-z0-9_.]{2,64})$")


class Link(forms.CharField):
    """A web address however it is written: «vk.com/x», «@name», «https://…»; comes out with https://.

    `host` is where a bare name leads (vk.com, t.me); `others` are that site's further hosts.
    """

    def __init__(self, *, host: str = "", others: tuple[str, ...] = (), **kwargs: Any) -> None:
        kwargs.setdefault("error_messages", {})["max_length"] = TOO_LONG
        attrs = {"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"}
        super().__init__(max_length=200, required=False, widget=forms.TextInput(attrs=attrs), **kwargs)
        self.host, self.others = host, others

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"autocomplete": "off"}

    def to_python(self, value: Any) -> str:
        text = super().to_python(without_nul(value))
        if not text:
            return ""
        if self.host and (name := _NAME.match(text)) and "." not in text:
            return f"https://{self.host}/{name[1]}"
        url = text if "://" in text else f"https://{text.lstrip('/')}"
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
            URLValidator(schemes=["http", "https"])(url)
        except (ValueError, ValidationError):
            raise ValidationError(
                _("Это не похоже на адрес страницы. Пример: %(example)s") % {"example": self.example}
            ) from None
        if self.host and host not in (self.host, *self.others):
            raise ValidationError(
                _("Здесь нужна ссылка на %(host)s. Для других страниц есть поля «Сайт» и «Другая ссылка».")
                % {"host": self.host}
            )
        return url

    @property
    def example(self) -> str:
        return f"{self.host}/tropa862" if self.host else "tropa862.ru"


def vk_link(**kwargs: Any) -> Link:
    return Link(host="vk.com", others=("vk.ru",), **kwargs)


def telegram_link(**kwargs: Any) -> Link:
    return Link(host="t.me", others=("telegram.me",), **kwargs)


# --- compound answers -----------------------------------------------------------------------------------


class DirectionsWidget(forms.Widget):
    """One main direction (radio `<name>_main`) and up to two more (checkboxes `<name>`)."""

    template_name = "communities/widgets/directions.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = [code for code in value or [] if isinstance(code, str)]
        context["widget"] |= {
            "main": chosen[0] if chosen else "",
            "more": chosen[1:],
            "choices": Direction.choices,
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        main, more = (
            data.get(f"{name}_main", ""),
            data.getlist(name) if hasattr(data, "getlist") else data.get(name, []),
        )
        return list(dict.fromkeys([code for code in (main, *more) if code]))

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_main_0"


class Directions(forms.Field):
    """The main direction first, then the others; three at most."""

    widget = DirectionsWidget
    most = 3

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> list[str]:
        if any(code not in Direction.values for code in value):
            raise ValidationError(_("Такого направления нет. Выберите из списка."))
        if len(value) > self.most:
            raise ValidationError(_("Направлений может быть до трёх: главное и ещё два. Снимите лишнее."))
        return value


class ScaleWidget(forms.Widget):
    """Six criteria, each on a scale of 1–5: radio buttons `<name>_<code>`."""

    template_name = "communities/widgets/scale.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given = value if isinstance(value, dict) else {}
        context["widget"]["rows"] = [
            {"code": code, "label": label, "value": str(given.get(code, "")), "name": f"{name}_{code}"}
            for code, label in Criterion.choices
        ]
        context["widget"]["marks"] = ["1", "2", "3", "4", "5"]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        return {code: mark for code in Criterion.values if (mark := data.get(f"{name}_{code}", ""))}

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_{Criterion.values[0]}_1"


class Scale(forms.Field):
    """{criterion: 1–5}, unanswered criteria left out."""

    widget = ScaleWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> dict[str, int]:
        if any(mark not in {"1", "2", "3", "4", "5"} for mark in value.values()):
            raise ValidationError(_("Оценка бывает от 1 до 5."))
        return {code: int(mark) for code, mark in value.items()}


ROWS, ROW_LIMIT = 6, 160


class RowsWidget(forms.Widget):
    """Rows of a kind and a text: `<name>-<n>-kind`, `<name>-<n>-text`. Three empty ones wait without scripts."""

    template_name = "communities/widgets/rows.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        filled = [row for row in value or [] if isinstance(row, dict)][:ROWS]
        shown = min(ROWS, max(3, len(filled) + 1))
        rows = [*filled, *({} for _empty in range(shown - len(filled)))]
        context["widget"] |= {
            "rows": rows,
            "kinds": ResourceKind.choices,
            "filled": len(filled),
            "most": ROWS,
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[dict[str, str]]:
        rows = []
        for number in range(ROWS):
            kind, text = data.get(f"{name}-{number}-kind", ""), data.get(f"{name}-{number}-text", "").strip()
            if text:
                rows.append({"kind": kind, "text": text})
        return rows

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0"


class Rows(forms.Field):
    """[{"kind": "room", "text": "…"}], at most six; rows without a text are nothing."""

    widget = RowsWidget

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, **kwargs)

    def clean(self, value: Any) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = without_nul(value)
        if any(row["kind"] not in ResourceKind.values for row in rows):
            raise ValidationError(_("Выберите слева, что это: помещение, оборудование, умения…"))
        long = max((len(row["text"]) for row in rows), default=0)
        if long > ROW_LIMIT:
            raise ValidationError(TOO_LONG, params={"show_value": long, "limit_value": ROW_LIMIT})
        return rows
