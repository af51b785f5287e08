"""A venue in the coordinator's hands, and what of all of them is looked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.forms.fields import Coordinate, Text
from events.actions.venues import COLUMNS, MOST_NAMES, mark_of_venue, name_is_taken
from events.forms.stale import differences, seen_field
from events.models import Venue
from events.querysets.venue import VenueQuerySet
from hub.models import Branch, District

_LONGEST_NAME = 120


class VenueForm(forms.Form):
    """What a venue says of itself."""

    use_required_attribute = False

    seen = seen_field()
    name = Text(label=gettext_lazy("Название площадки"), limit=_LONGEST_NAME)
    other_names = Text(
        label=gettext_lazy("Другие названия"),
        limit=MOST_NAMES * (_LONGEST_NAME + 2),
        rows=3,
        help_text=gettext_lazy(
            "По одному на строке, большие и маленькие буквы не важны. По ним площадку узнают подключённые "
            "календари, и второй такой же никто не заведёт."
        ),
    )
    address = Text(label=gettext_lazy("Адрес"), limit=200)
    district = forms.ModelChoiceField(
        District.objects.none(),
        label=gettext_lazy("Район"),
        required=False,
        empty_label=gettext_lazy("Выберите район"),
    )
    lat = Coordinate(label=gettext_lazy("Широта"), validators=[MinValueValidator(-90), MaxValueValidator(90)])
    lng = Coordinate(
        label=gettext_lazy("Долгота"), validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    accessible = forms.BooleanField(
        label=gettext_lazy("Доступно на коляске"),
        required=False,
        help_text=gettext_lazy("Внутрь и до места встречи можно добраться без ступеней."),
    )
    is_roomy = forms.BooleanField(
        label=gettext_lazy("Места хватает нескольким событиям"),
        required=False,
        help_text=gettext_lazy(
            "Парк, набережная, библиотека: не будем предупреждать, что в это время занято."
        ),
    )

    def __init__(self, data: Any = None, *, venue: Venue) -> None:
        super().__init__(data, initial=written(venue) | {"seen": mark_of_venue(venue)})
        self.venue = venue
        self.fields["district"].queryset = District.objects.filter(city__branch=venue.branch_id)
        self.fields["name"].required = True
        self.fields["name"].error_messages["required"] = _("Напишите, как называется площадка")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if self._others().filter(name__iexact=name).exists():
            raise forms.ValidationError(name_is_taken())
        return name

    def clean_other_names(self) -> str:
        names = self._names(self.cleaned_data["other_names"])
        if len(names) > MOST_NAMES:
            raise forms.ValidationError(
                _("Названий больше %(most)s. Оставьте те, что в ходу.") % {"most": MOST_NAMES}
            )
        for name in names:
            if len(name) > _LONGEST_NAME:
                raise forms.ValidationError(
                    _("«%(name)s…» длиннее %(most)s знаков. Каждое название — на своей строке.")
                    % {"name": name[:30], "most": _LONGEST_NAME}
                )
            if self._others().filter(name__iexact=name).exists():
                raise forms.ValidationError(
                    _("«%(name)s» — название другой площадки. Если это одно место, объедините их.")
                    % {"name": name}
                )
        return "\n".join(names)

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if not self.errors.keys() & {"lat", "lng"} and (said.get("lat") is None) != (said.get("lng") is None):
            self.add_error(
                "lat" if said.get("lat") is None else "lng",
                _("Нужны оба числа: широта и долгота. Или уберите метку."),
            )
        return said

    def _others(self) -> VenueQuerySet:
        return Venue.objects.in_branch(self.venue.branch_id).exclude(pk=self.venue.pk)

    @staticmethod
    def _names(text: str) -> list[str]:
        return list(
            dict.fromkeys(" ".join(line.split()).lower() for line in text.splitlines() if line.strip())
        )

    def answers(self) -> dict[str, Any]:
        """What the action takes."""
        said = {name: self.cleaned_data[name] for name in COLUMNS}
        return said | {"other_names": self._names(said["other_names"])}

    def differences(self, fresh: Venue) -> list[dict[str, Any]]:
        """What is typed here otherwise than it stands in `fresh`, side by side."""
        return differences(self, written(fresh))


def written(venue: Venue) -> dict[str, Any]:
    """A venue in the form's words."""
    said = {name: getattr(venue, name) for name in COLUMNS}
    return said | {"other_names": "\n".join(venue.other_names)}


class VenueSearch(forms.Form):
    """Which venues are looked for. What makes no sense asks for nothing."""

    show_optional = False
    use_required_attribute = False

    q = forms.CharField(label=gettext_lazy("Название или адрес"), required=False, max_length=120)
    district = forms.ModelChoiceField(
        District.objects.none(),
        label=gettext_lazy("Район"),
        required=False,
        empty_label=gettext_lazy("Любой"),
    )
    only = forms.ChoiceField(
        label=gettext_lazy("Какие"),
        required=False,
        choices=[
            ("", gettext_lazy("Все")),
            ("pinless", gettext_lazy("Без метки на карте")),
            ("idle", gettext_lazy("Впереди ничего нет")),
            ("roomy", gettext_lazy("Просторные: хватает нескольким событиям")),
            ("accessible", gettext_lazy("Доступно на коляске")),
        ],
    )

    def __init__(self, data: Any, *, branch: Branch) -> None:
        super().__init__(data)
        self.branch = branch
        self.fields["district"].queryset = District.objects.filter(city__branch=branch)

    def found(self) -> VenueQuerySet:
        """What fits, with how much is still to be there."""
        self.is_valid()
        asked = self.cleaned_data
        rows = Venue.objects.in_branch(self.branch).with_coming().sought(asked.get("q") or "")
        if asked.get("district"):
            rows = rows.filter(district=asked["district"])
        match asked.get("only"):
            case "pinless":
                rows = rows.without_pin()
            case "idle":
                rows = rows.filter(coming=0)
            case "roomy":
                rows = rows.filter(is_roomy=True)
            case "accessible":
                rows = rows.filter(accessible=True)
        return rows.order_by("name", "pk")

    @property
    def is_asking(self) -> bool:
        return any(self.cleaned_data.values())
