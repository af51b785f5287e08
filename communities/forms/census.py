"""The questionnaire, step by step: each class is one step and says all about it."""

from __future__ import annotations

import json
from math import cos, radians
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, validate_email
from django.forms.utils import ErrorDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities import choices as ch
from communities.actions.census import ANSWERS, gaps, plain, shown
from communities.forms.fields import (
    Coordinate,
    Directions,
    Link,
    Many,
    Number,
    One,
    Rows,
    Scale,
    Text,
    telegram_link,
    vk_link,
    without_nul,
)
from communities.keys import phone_key
from communities.models import CensusRecord, Stewardship
from hub import consents
from hub.choices import ConsentKind
from hub.models import City, District

#: How far from the branch's centre a pin may stand, km. Sochi alone is 145 km long.
FARTHEST = 150
#: Longest text that is kept of what does not fit its column.
ROUGH_LIMIT = 20_000


class StepForm(forms.Form):
    """One step. Nothing is required of a draft: what is missing is said by `gaps`, shown by `demand`."""

    slug: ClassVar[str]
    title: ClassVar[Any]
    hint: ClassVar[Any]
    #: Fields that a submission cannot do without (some of them only in company of an unanswered other).
    demanded: ClassVar[frozenset[str]] = frozenset()
    #: Further names under which a coordinator may speak of this step.
    also: ClassVar[frozenset[str]] = frozenset()
    use_required_attribute = False
    do_not_call_in_templates = True  # a page lists the steps as classes
    _errors: ErrorDict | None

    def __init__(self, data: Any = None, *, record: CensusRecord, **kwargs: Any) -> None:
        self.record = record
        self.picture_errors: list[str] = []
        super().__init__(data, **kwargs)
        self.columns = [name for name in self.fields if name in ANSWERS]
        self.initial |= {name: shown(record, name) for name in self.columns}

    @classmethod
    def owns(cls, field: str) -> bool:
        return field in cls.base_fields or field in cls.also

    @property
    def base(self) -> str:
        """What the page was built from, for telling later who changed what."""
        return json.dumps({name: shown(self.record, name) for name in self.columns}, ensure_ascii=False)

    def answers(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What fits its column, and what was typed but does not fit."""
        good, rough = {}, {}
        for name in self.columns:
            if name in self.errors:
                typed = without_nul(self[name].data)
                rough[name] = typed[:ROUGH_LIMIT] if isinstance(typed, str) else typed
            else:
                good[name] = self.cleaned_data[name]
        return good, rough

    def changed(self, base: dict[str, Any] | None) -> tuple[dict[str, Any], dict[str, Any]]:
        """`answers`, but only those that differ from what the page was built from."""
        good, rough = self.answers()
        if base is None:
            return good, rough
        return (
            {name: value for name, value in good.items() if plain(value) != base.get(name)},
            {name: value for name, value in rough.items() if value != base.get(name)},
        )

    def complain(self, field: str, message: Any) -> None:
        """Show an error also on a form that was not sent."""
        if not self.is_bound and self._errors is None:
            self._errors, self.cleaned_data = ErrorDict(renderer=self.renderer), {}
        if field in self.fields and field not in self.errors:
            self.add_error(field, ValidationError(message))

    def explain_rough(self) -> None:
        """Say again what is wrong with the answers that did not fit."""
        for name in self.columns:
            if name in self.record.rough and name not in (self._errors or {}):
                try:
                    self.fields[name].clean(self.record.rough[name])
                except ValidationError as error:
                    self.complain(name, error.messages[0])
                except (TypeError, AttributeError, ValueError):
                    self.complain(name, _("Проверьте ответ: в таком виде его не получилось сохранить"))

    def demand(self) -> None:
        """Show what a submission still lacks here. Called after saving."""
        for field, message in gaps(self.record).items():
            self.complain(field, message)

    def mark_optional(self) -> None:
        """Only for drawing: what is demanded carries no word «необязательно»."""
        for name in self.demanded & self.fields.keys():
            self.fields[name].required = True


class EssenceForm(StepForm):
    slug, title = "essence", _("Название и суть")
    hint = _("Чтобы житель за полминуты понял, кто вы и чем заняты.")
    demanded = frozenset({"name", "short", "directions"})
    also = frozenset({"logo", "photos"})

    name = Text(
        label=_("Как вы называетесь?"),
        limit=120,
        help_text=_("Так, как вас зовут люди. Форма вроде «АНО» не нужна."),
    )
    short = Text(
        label=_("Чем вы заняты?"),
        limit=200,
        rows=3,
        help_text=_("Одно-два предложения для карточки: что делаете и для кого."),
    )
    directions = Directions(
        label=_("Что вы меняете в городе?"),
        help_text=_("Главное направление одно, ещё до двух можно добавить."),
    )
    topics = Many(
        label=_("Темы"), choices=ch.Topic.choices, most=6, help_text=_("До шести: по ним вас будут искать.")
    )
    description = Text(
        label=_("Расскажите о себе"),
        limit=4000,
        rows=6,
        help_text=_("С чего начали, что уже сделали, чем гордитесь. Абзацы сохранятся."),
    )
    founded = Number(label=_("С какого года вы есть?"))

    def clean_founded(self) -> int | None:
        year: int | None = self.cleaned_data["founded"]
        if year is not None and year > timezone.localdate().year:
            raise ValidationError(_("Этот год ещё не наступил. Укажите год, когда вы начали."))
        if year is not None and year < 1850:
            raise ValidationError(_("Напишите год четырьмя цифрами, не раньше 1850."))
        return year


class PeopleForm(StepForm):
    slug, title = "people", _("Люди")
    hint = _("Сколько вас, для кого вы и как к вам прийти.")
    demanded = frozenset({"participants", "core_members"})

    participants = Number(
        label=_("Сколько участников?"),
        validators=[MinValueValidator(0), MaxValueValidator(1_000_000)],
        help_text=_("Все, кто приходит хотя бы иногда. Можно примерно, но цифрами."),
    )
    core_members = Number(
        label=_("Сколько человек в ядре?"),
        validators=[MinValueValidator(0), MaxValueValidator(10_000)],
        help_text=_("На ком всё держится."),
    )
    ages = Many(label=_("Для кого вы?"), choices=ch.Age.choices)
    joining = One(label=_("Как к вам вступить?"), choices=ch.Joining.choices)
    looking_for_people = forms.BooleanField(
        label=_("Сейчас ищем людей — покажите это на карточке"), required=False
    )
    languages = Many(label=_("На каких языках общаетесь?"), choices=ch.Language.choices)


class MeetingsForm(StepForm):
    slug, title = "meetings", _("Встречи и место")
    hint = _("Чтобы человек понял, когда и куда прийти в первый раз.")
    demanded = frozenset({"format", "city", "district", "place"})
    also = frozenset({"city", "city_text"})

    format = One(
        label=_("Как вы встречаетесь?"),
        choices=ch.Format.choices,
        help_text=_("Выберите то, что бывает чаще."),
        hints={
            ch.Format.LIVE: _("в городе, на природе, в помещении"),
            ch.Format.ONLINE: _("чаты и созвоны"),
            ch.Format.OCCASION: _("без расписания"),
        },
    )
    rhythm = One(label=_("Как часто?"), choices=ch.Rhythm.choices)
    days = Many(label=_("Когда удобно?"), choices=ch.Days.choices)
    schedule = Text(label=_("Расписание словами"), limit=120, help_text=_("Например: «по субботам, 9:00»."))
    city = forms.ModelChoiceField(
        City.objects.none(), label=_("Город"), required=False, empty_label=_("Выберите город")
    )
    district = forms.ModelChoiceField(
        District.objects.none(),
        label=_("Район"),
        required=False,
        empty_label=_("Выберите район"),
        help_text=_("Где вы бываете чаще всего. По нему вас найдут соседи."),
    )
    place = Text(
        label=_("Где обычно собираетесь?"),
        limit=200,
        help_text=_("Адрес или ориентир, понятный приезжему: «у фонтана на Морском вокзале»."),
    )
    no_place = forms.BooleanField(label=_("Постоянного места пока нет"), required=False)
    lat = Coordinate(label=_("Широта"))
    lng = Coordinate(label=_("Долгота"))
    premises = One(label=_("Есть ли своё помещение?"), choices=ch.Premises.choices)
    premises_host = Text(label=_("Кто пускает?"), limit=160)
    accessible = forms.BooleanField(label=_("К нам можно попасть на коляске"), required=False)
    first_visit = Text(
        label=_("Что сказать тому, кто придёт впервые?"),
        limit=300,
        rows=3,
        help_text=_("Одно-два предложения: что взять, кого спросить."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branch = self.record.community.branch
        cities = list(City.objects.filter(branch=branch))
        districts = District.objects.filter(city__branch=branch).select_related("city")
        if not cities or (len(cities) == 1 and self.record.city_id == cities[0].pk):
            self._drop("city")
        else:
            self.fields["city"].queryset = City.objects.filter(branch=branch)
        if not districts.exists():
            self._drop("district")
        else:
            self.fields["district"].queryset = districts

    def _drop(self, name: str) -> None:
        del self.fields[name]
        self.columns.remove(name)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        lat, lng = answers.get("lat"), answers.get("lng")
        if lat is not None and lng is not None:
            branch = self.record.community.branch
            north = (lat - branch.lat) * 111.2
            east = (lng - branch.lng) * 111.2 * cos(radians(branch.lat))
            if north**2 + east**2 > FARTHEST**2:
                self.add_error("lat", _("Метка стоит далеко от города. Передвиньте её или уберите."))
        elif (lat is None) != (lng is None) and not ({"lat", "lng"} & self.errors.keys()):
            self.add_error("lat", _("Нужны и широта, и долгота. Или уберите метку совсем."))
        district, city = answers.get("district"), answers.get("city")
        if district and city and district.city_id != city.pk:
            self.add_error("district", _("Этот район в другом городе. Выберите район заново."))
        return answers


class ResourcesForm(StepForm):
    slug, title = "resources", _("Ресурсы")
    hint = _("Что можете дать соседям и что ищете сами. По этим словам найдутся партнёры.")

    offers = Rows(
        label=_("Можем дать"), help_text=_("Зал по вечерам, инструмент, человек, который умеет снимать.")
    )
    needs = Rows(label=_("Ищем"), help_text=_("Что сдвинуло бы ваше дело прямо сейчас."))
    money = Many(label=_("Откуда деньги?"), choices=ch.Money.choices, help_text=_("Видит только отделение."))
    legal_form = One(
        label=_("Есть ли юридическое лицо?"),
        choices=ch.LegalForm.choices,
        help_text=_("Не нужно: у большинства сообществ его нет, и ни к чему оно не обязывает."),
    )
    legal_name = Text(label=_("Название по документам"), limit=200)


class GoalsForm(StepForm):
    slug, title = "goals", _("Цели и мечта")
    hint = _("Это читают исследователи и отделение: так понятно, чем помочь.")

    criteria = Scale(
        label=_("Насколько это про вас?"),
        help_text=_("1 — совсем нет, 5 — точно про нас. Правильных ответов нет."),
    )
    scenario = One(
        label=_("Как вы с администрацией города?"),
        choices=ch.Scenario.choices,
        hints={
            ch.Scenario.INTEGRATION: _("просим, помогаем, решаем вместе"),
            ch.Scenario.NEUTRALITY: _("почти не пересекаемся"),
            ch.Scenario.CONFRONTATION: _("есть из-за чего"),
        },
    )
    factors = Many(label=_("Что вам помогает?"), choices=ch.Factor.choices)
    barriers = Many(label=_("Что мешает?"), choices=ch.Barrier.choices)
    goals = Text(
        label=_("Цели на этот год"),
        limit=1000,
        rows=4,
        help_text=_("Две-три вещи, по которым в декабре будет видно: получилось."),
    )
    dream = Text(
        label=_("Мечта на 20 лет"),
        limit=1000,
        rows=4,
        help_text=_("Каким станет город, если всё у вас получится."),
    )


_CONTACT_LABELS = {
    ch.ContactKind.PHONE: _("Телефон"),
    ch.ContactKind.EMAIL: _("Почта для писем сообществу"),
    ch.ContactKind.TELEGRAM: _("Ваш Telegram"),
    ch.ContactKind.VK: _("Вы ВКонтакте"),
}


class ContactFields(forms.Form):
    """One person's contacts, each public or not; used by the questionnaire and by the page of the team."""

    contact_phone = forms.CharField(
        label=_CONTACT_LABELS["phone"],
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    contact_email = forms.CharField(
        label=_CONTACT_LABELS["email"],
        required=False,
        max_length=160,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "email", "inputmode": "email"}),
    )
    contact_telegram = telegram_link(label=_CONTACT_LABELS["telegram"])
    contact_vk = vk_link(label=_CONTACT_LABELS["vk"])
    public_phone = forms.BooleanField(label=_("Показывать всем"), required=False)
    public_email = forms.BooleanField(label=_("Показывать всем"), required=False)
    public_telegram = forms.BooleanField(label=_("Показывать всем"), required=False)
    public_vk = forms.BooleanField(label=_("Показывать всем"), required=False)
    show_name = forms.BooleanField(label=_("Показывать моё имя на странице сообщества"), required=False)

    stewardship: Stewardship | None = None

    def fill_contacts(self, stewardship: Stewardship) -> None:
        """Boxes stand ticked only where the person's consent lives."""
        self.stewardship = stewardship
        live = set(stewardship.contacts.published().values_list("pk", flat=True))
        for contact in stewardship.contacts.all():
            self.initial[f"contact_{contact.kind}"] = contact.value
            self.initial[f"public_{contact.kind}"] = contact.pk in live
        self.initial["show_name"] = stewardship.is_public

    def contact_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"contact_{kind}"], self[f"public_{kind}"]) for kind in ch.ContactKind.values]

    @property
    def contact_values(self) -> dict[str, str]:
        return {kind: self.cleaned_data.get(f"contact_{kind}", "") for kind in ch.ContactKind.values}

    @property
    def public_kinds(self) -> set[str]:
        return {kind for kind in ch.ContactKind.values if self.cleaned_data.get(f"public_{kind}")}

    def clean_contact_phone(self) -> str:
        text = without_nul(self.cleaned_data["contact_phone"])
        if text and not phone_key(text):
            raise ValidationError(_("Это не похоже на номер. Напишите его целиком: +7 862 200-12-34."))
        return phone_key(text) if text else ""

    def clean_contact_email(self) -> str:
        text: str = without_nul(self.cleaned_data["contact_email"]).lower()
        if text:
            try:
                validate_email(text)
            except ValidationError:
                raise ValidationError(_("Это не похоже на адрес почты. Пример: tropa@mail.ru.")) from None
        return text


class ContactsForm(ContactFields, StepForm):
    slug, title = "contacts", _("Контакты и согласия")
    hint = _("Страницы сообщества увидят все. Ваши личные контакты — только если вы сами разрешите.")
    demanded = frozenset({"consent"})

    vk = vk_link(label=_("Страница ВКонтакте"), help_text=_("Ссылка или короткое имя: vk.com/tropa862"))
    telegram = telegram_link(label=_("Канал или чат в Telegram"), help_text=_("@tropa862 или t.me/tropa862"))
    site = Link(label=_("Сайт"))
    other_link = Link(
        label=_("Другая ссылка"), help_text=_("Rutube, Дзен, страница в каталоге — что считаете важным.")
    )
    consent = forms.BooleanField(
        label=_("Даю согласие на обработку моих персональных данных"), required=False
    )

    field_order = ("vk", "telegram", "site", "other_link")

    def __init__(self, *args: Any, stewardship: Stewardship | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if stewardship:
            self.fill_contacts(stewardship)
            if consents.is_given(stewardship.user, ConsentKind.PROCESSING):
                del self.fields["consent"]


#: The questionnaire in its order; the seventh step, «Проверка», asks nothing.
STEPS: tuple[type[StepForm], ...] = (
    EssenceForm,
    PeopleForm,
    MeetingsForm,
    ResourcesForm,
    GoalsForm,
    ContactsForm,
)
CHECK, CHECK_TITLE = "check", _("Проверка")


def step_of(field: str) -> type[StepForm] | None:
    """The step that asks for `field`."""
    return next((step for step in STEPS if step.owns(field)), None)
