"""The announcement of an event as its organiser fills it in."""

from __future__ import annotations

import secrets
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.choices import Age, Topic
from communities.forms.fields import Coordinate, Link, Many, Number, Text
from events.choices import Repeat
from events.forms.stale import differences
from events.forms.when import WhenForm, when_written
from events.models import Event, Venue
from hub.kept_files import KeptFile, KeptFileInput
from hub.models import Branch, District
from hub.uploads import store_picture

#: What is said of a new venue besides its name.
_OF_VENUE = ("address", "district", "lat", "lng", "accessible")


class EventForm(WhenForm):
    """What, when, where and for whom."""

    use_required_attribute = False
    #: Mistakes are named in the order of the page.
    field_order = ("seen", "token", "title", "short")

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    token = forms.CharField(
        widget=forms.HiddenInput, required=False, validators=[RegexValidator(r"^[0-9a-f]{32}\Z")]
    )

    title = Text(label=gettext_lazy("Как называется?"), limit=120)
    short = Text(
        label=gettext_lazy("Коротко, что будет"),
        limit=200,
        rows=2,
        help_text=gettext_lazy("Одно-два предложения: их увидят в календаре."),
    )
    description = Text(
        label=gettext_lazy("Подробности"),
        limit=4000,
        rows=6,
        help_text=gettext_lazy("Программа, что взять с собой, как записаться. Абзацы сохранятся."),
    )

    venue = forms.ModelChoiceField(
        Venue.objects.none(),
        label=gettext_lazy("Площадка"),
        required=False,
        empty_label=gettext_lazy("Без площадки или её нет в списке"),
        help_text=gettext_lazy("По ней видно, не занято ли место в это время."),
        error_messages={
            "invalid_choice": gettext_lazy(
                "Этой площадки больше нет: её объединили с другой. Выберите в списке заново."
            )
        },
    )
    venue_name = Text(label=gettext_lazy("Название площадки"), limit=120)
    venue_address = Text(label=gettext_lazy("Адрес"), limit=200)
    venue_district = forms.ModelChoiceField(
        District.objects.none(),
        label=gettext_lazy("Район"),
        required=False,
        empty_label=gettext_lazy("Выберите район"),
    )
    venue_lat = Coordinate(
        label=gettext_lazy("Широта"), validators=[MinValueValidator(-90), MaxValueValidator(90)]
    )
    venue_lng = Coordinate(
        label=gettext_lazy("Долгота"), validators=[MinValueValidator(-180), MaxValueValidator(180)]
    )
    venue_accessible = forms.BooleanField(
        label=gettext_lazy("Доступно на коляске"),
        required=False,
        help_text=gettext_lazy("Внутрь и до места встречи можно добраться без ступеней."),
    )
    place = Text(
        label=gettext_lazy("Где именно"),
        limit=200,
        help_text=gettext_lazy("Вход, этаж, ориентир: «у фонтана», «второй этаж, читальный зал»."),
    )
    online_url = Link(label=gettext_lazy("Ссылка на трансляцию"))

    topics = Many(label=gettext_lazy("Темы"), choices=Topic.choices, most=6)
    ages = Many(label=gettext_lazy("Для кого"), choices=Age.choices)
    is_free = forms.BooleanField(label=gettext_lazy("Вход бесплатный"), required=False)
    price = Text(
        label=gettext_lazy("Сколько стоит"),
        limit=80,
        help_text=gettext_lazy("Например: «300 ₽, детям бесплатно»."),
    )
    takes_registrations = forms.BooleanField(
        label=gettext_lazy("Нужна запись"),
        required=False,
        help_text=gettext_lazy("Жители запишутся на портале, а вы увидите список и отметите, кто пришёл."),
    )
    capacity = Number(
        label=gettext_lazy("Сколько мест"),
        validators=[
            MinValueValidator(1, gettext_lazy("Хотя бы одно место. Без ограничения — оставьте пустым.")),
            MaxValueValidator(100_000, gettext_lazy("Столько не поместится. Проверьте число.")),
        ],
        help_text=gettext_lazy(
            "На каждую дату. Кому не хватит места, встанет в лист ожидания. Пусто — без ограничения."
        ),
    )
    goal = Text(label=gettext_lazy("Какой цели города служит"), limit=200)
    cover = KeptFile(
        label=gettext_lazy("Обложка"),
        store=partial(store_picture, public=True),
        help_text=gettext_lazy("Афиша или фотография: JPEG, PNG или WebP. Без неё портал нарисует свою."),
        widget=KeptFileInput(attrs={"accept": "image/*"}),
    )
    cover_off = forms.BooleanField(label=gettext_lazy("Убрать обложку"), required=False)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        branch: Branch,
        event: Event | None = None,
        like: Event | None = None,
        **kwargs: Any,
    ) -> None:
        """`like`: an earlier event whose words and cover a new one begins with."""
        super().__init__(data, files, **kwargs)
        self.branch, self.event = branch, event
        self.cover_before = getattr(event or like, "cover", None)
        self.zone: ZoneInfo = event.tz if event else branch.tz
        self.before = written(event) if event else {"is_free": True, "repeats": Repeat.NO}
        said = self.before | (words_of(like) if like else {})
        self.initial = {"token": secrets.token_hex(16)} | said | self.initial
        self.fields["venue"].queryset = self.venues
        self.fields["venue_district"].queryset = District.objects.filter(city__branch=branch)
        if self.before["repeats"] != Repeat.OWN:
            self.fields["repeats"].choices = [choice for choice in Repeat.choices if choice[0] != Repeat.OWN]
        self.fields["start"].needed = True  # unless it lasts all day
        if self.cover_before is None:
            del self.fields["cover_off"]
        for name, message in (
            ("title", _("Напишите, как называется событие")),
            ("day", _("Укажите день")),
            ("repeats", _("Выберите, повторяется ли")),
        ):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = message

    @property
    def venues(self) -> QuerySet[Venue]:
        return Venue.objects.filter(branch=self.branch)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        self._read_venue(said)
        if not said.get("is_free") and not said.get("price") and "price" not in self.errors:
            self.add_error("price", _("Напишите, сколько стоит, или отметьте «Вход бесплатный»."))
        return said

    # --- where ---------------------------------------------------------------------------------------

    def _read_venue(self, said: dict[str, Any]) -> None:
        if said.get("venue_name") and said.get("venue"):
            self.add_error("venue_name", _("Площадка уже выбрана в списке. Оставьте что-то одно."))
        elif not said.get("venue_name") and any(
            said.get(f"venue_{name}") not in (None, "", False) for name in _OF_VENUE
        ):
            self.add_error("venue_name", _("Назовите площадку, чтобы её можно было выбрать и в другой раз."))

    @property
    def new_venue(self) -> dict[str, Any] | None:
        said = self.cleaned_data
        if not said.get("venue_name"):
            return None
        return {name: said[f"venue_{name}"] for name in ("name", *_OF_VENUE)}

    # --- what it comes to ----------------------------------------------------------------------------

    def answers(self) -> dict[str, Any]:
        """What the actions take; the cover and a new venue come beside it."""
        said = self.cleaned_data
        plain = (
            "title", "short", "description", "starts_at", "ends_at", "all_day", "venue", "place", "online_url",
            "topics", "ages", "is_free", "goal", "takes_registrations", "capacity",
        )  # fmt: skip
        price = "" if said["is_free"] else said["price"]
        return {name: said[name] for name in plain} | {"rrule": self.rrule, "price": price}

    #: Where a mistake that the actions find is shown.
    SHOWN_AT = {"ends_at": "end", "starts_at": "day", "rrule": "repeats"}

    def complain(self, field: str, message: str) -> None:
        self.add_error(self.SHOWN_AT.get(field, field), message)

    def differences(self, fresh: Event) -> list[dict[str, Any]]:
        """What is typed here otherwise than it stands in `fresh`, side by side."""
        theirs = EventForm(branch=self.branch, event=fresh).before
        said = {name: value for name, value in theirs.items() if name in self.fields and name != "seen"}
        # A rule of another program's making is no choice of this form.
        said["repeats"] = str(Repeat(said["repeats"]).label)
        return differences(self, said)


#: The words of an event, which another of its kind may begin with.
_WORDS = (
    "title", "short", "description", "place", "online_url", "topics", "ages", "is_free", "price", "goal",
    "takes_registrations", "capacity", "venue",
)  # fmt: skip


def words_of(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in _WORDS}


def written(event: Event) -> dict[str, Any]:
    """An event in the form's words."""
    return words_of(event) | when_written(event) | {"seen": event.sequence}
