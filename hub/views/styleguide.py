"""Every component with its states on one page, for those who build and check the portal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.safestring import mark_safe

from hub.templatetags.pictures import DIRECTION_ICONS
from hub.templatetags.states import STATES


class MeetingForm(forms.Form):
    """One field of each kind, as the questionnaire uses them."""

    name = forms.CharField(
        label="Как называется сообщество?",
        help_text="Так, как вас зовут сами участники.",
        max_length=80,
        widget=forms.TextInput(attrs={"data-count": ""}),
    )
    founded = forms.IntegerField(label="Когда появилось?", max_value=2026, required=False)
    district = forms.ChoiceField(
        label="Район", choices=[("", "Выберите район"), ("c", "Центральный"), ("l", "Лазаревский")]
    )
    meets = forms.ChoiceField(
        label="Как вы встречаетесь?",
        help_text="Выберите то, что бывает чаще.",
        choices=[
            ("live", "Вживую"),
            ("online", "В сети"),
            ("both", "И так и так"),
            ("occasion", "По случаю"),
        ],
        widget=forms.RadioSelect,
    )
    days = forms.MultipleChoiceField(
        label="Когда удобно?",
        choices=[
            ("weekdays", "По будням днём"),
            ("evenings", "По будням вечером"),
            ("weekends", "По выходным"),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    first_visit = forms.CharField(
        label="Что сказать тому, кто придёт впервые?",
        help_text="Одно-два предложения: что взять, кого спросить.",
        max_length=300,
        widget=forms.Textarea,
        required=False,
    )
    logo = forms.FileField(label="Знак сообщества", help_text="JPEG, PNG или WebP до 15 МБ.", required=False)
    password = forms.CharField(label="Пароль", widget=forms.PasswordInput, required=False)
    agree = forms.BooleanField(label="Согласен на обработку персональных данных", required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["meets"].widget.hints = {  # type: ignore[attr-defined]
            "live": "в городе, на природе, в помещении",
            "online": "чаты и созвоны",
            "occasion": "без расписания",
        }


class RefusedForm(MeetingForm):
    def clean(self) -> dict[str, Any]:
        raise ValidationError("Проверьте, нет ли такого сообщества в каталоге: похожее уже есть.")


def _community(slug: str, name: str, direction: str, label: str, short: str, **more: Any) -> dict[str, Any]:
    return {
        "url": "#card",
        "slug": slug,
        "name": name,
        "direction": direction,
        "direction_label": label,
        "short": short,
    } | more


def samples() -> dict[str, Any]:
    today = timezone.localdate()
    now = timezone.now()
    return {
        "communities": [
            _community(
                "shapsug-yard",
                "Шапсугский двор",
                "culture",
                "Культурный код",
                "Вечера сказаний, домашняя кухня и мастерская адыгского орнамента в ауле.",
                district="Лазаревский",
                schedule="вторая пятница месяца",
                participants=71,
                confirmed_on=today - timedelta(days=40),
            ),
            _community(
                "silver-pier",
                "Серебряный причал",
                "group",
                "Социальные группы",
                "Клуб 55+: скандинавская ходьба, хор у моря и цифровые подсказки без спешки.",
                district="Центральный",
                schedule="вторник и четверг, 10:00",
                participants=1210,
                confirmed_on=today - timedelta(days=240),
                looking_for_people=True,
            ),
            _community(
                "long-name",
                "Благотворительная взаимопомощь достопримечательного микрорайона Мамайка",
                "plan",
                "Стратегия города",
                "Сообщество с очень длинным названием.",
                participants=2,
                confirmed_on=None,
            ),
        ],
        "directions": [
            ("place", "Среда проживания"),
            ("bring", "Внешние ресурсы"),
            ("culture", "Культурный код"),
            ("plan", "Стратегия города"),
            ("group", "Социальные группы"),
            ("human", "Человеческий капитал"),
        ],
        "direction_codes": list(DIRECTION_ICONS),
        "cover_keys": ["tropa-862", "bereg", "kodery", "ogorod", "yakor", "chay", "hosta", "nastolki"],
        "states": list(STATES),
        "confirmed": {
            "fresh": today - timedelta(days=10),
            "aging": today - timedelta(days=250),
            "stale": today - timedelta(days=700),
        },
        "options": [
            {"value": "place", "label": "Среда проживания", "count": 27, "checked": True},
            {"value": "culture", "label": "Культурный код", "count": 24, "checked": False},
            {"value": "bring", "label": "Внешние ресурсы", "count": 0, "checked": False},
        ],
        "views": [
            {"href": "#list", "label": "Список", "icon": "list", "here": True, "count": 27},
            {"href": "#cards", "label": "Карточки", "icon": "layout-grid"},
            {"href": "#map", "label": "Карта", "icon": "map-2"},
        ],
        "suggestions": [
            {
                "url": "#s",
                "slug": "chay",
                "name": "Чайная среда",
                "note": "сообщество, Лазаревский район",
                "marked": mark_safe("<mark>Чай</mark>ная среда"),
            },
            {"url": "#s", "icon": "search", "name": "Все, кто любит чай"},
        ],
        "steps": [
            {"label": "Название и суть", "href": "#1", "state": "done"},
            {"label": "Люди", "href": "#2", "state": "done"},
            {"label": "Встречи и место", "state": "now"},
            {"label": "Ресурсы", "state": ""},
            {"label": "Цели и мечта", "state": ""},
            {"label": "Контакты и согласия", "state": ""},
            {"label": "Проверка", "state": ""},
        ],
        "track": [
            {"title": "Отправлена", "at": now - timedelta(days=3), "note": "Артур Хачатрян", "state": "done"},
            {
                "title": "Возвращена",
                "at": now - timedelta(days=2),
                "quote": "Уточните адрес встреч.",
                "state": "back",
            },
            {"title": "Ждёт вас", "state": "now", "note": "ответ нужен сегодня"},
            {"title": "Одобрена", "state": ""},
        ],
        "form": MeetingForm(
            initial={"name": "Тропа 862", "meets": "live", "first_visit": "Закрытая обувь и вода."}
        ),
        "refused": RefusedForm({"name": "Т" * 90, "founded": "2062", "meets": "sky"}, auto_id="bad_%s"),
        "heat_columns": ["Центр", "Адлер", "Хоста", "Лазаревское"],
        "heat_rows": [
            {"label": "Среда проживания", "cells": [{"value": n, "href": "#heat"} for n in (9, 8, 7, 3)]},
            {
                "label": "Стратегия города",
                "cells": [
                    {
                        "value": n,
                        "href": "#heat",
                        "title": "" if n else "Начать: стратегия города, Лазаревское",
                    }
                    for n in (7, 4, 1, 0)
                ],
            },
        ],
        "table_columns": [
            {"label": "Сообщество", "sort": "#sort", "sorted": "ascending"},
            {"label": "Район"},
            {"label": "Участников", "number": True, "sort": "#sort"},
        ],
        "table_rows": [
            ["Тропа 862", "Хостинский", "140"],
            ["Чистая Хоста", "Хостинский", "95"],
            ["Благотворительная взаимопомощь", "Центральный", "1 210"],
        ],
        "page": Paginator(range(280), 14).page(4),
        "crumbs": [
            {"label": "Сообщества", "href": "#c"},
            {"label": "Хостинский район", "href": "#c"},
            {"label": "Тропа 862"},
        ],
        "branches": [
            ("sochi", "Сочи"),
            ("murmansk", "Мурманск"),
            ("derbent", "Дербент"),
            ("gornoaltaysk", "Горно-Алтайск"),
        ],
        "points": [
            {
                "lat": 43.585,
                "lng": 39.72,
                "name": "Тропа 862",
                "url": "#m",
                "direction": "place",
                "note": "по субботам",
            },
            {"lat": 43.586, "lng": 39.722, "name": "Чайная среда", "url": "#m", "direction": "culture"},
            {"lat": 43.51, "lng": 39.87, "name": "Чистая Хоста", "url": "#m", "direction": "group"},
        ],
        "deadline": datetime(2026, 11, 30, tzinfo=timezone.get_current_timezone()),
        "old_text": mark_safe("Размечаем и чистим тропы <del>Хостинского района</del>."),
        "new_text": mark_safe("Размечаем и чистим тропы <ins>от Мацесты до Большого Ахуна</ins>."),
    }


def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "styleguide.html", samples())
