"""The two branches of the demo, their districts and plans."""

from __future__ import annotations

from typing import Any

from reports.management.demo import adler_1, adler_2, center_1, center_2, hosta_1, hosta_2, kazan, lazarevskoe
from reports.management.demo.story import Story

BRANCHES: dict[str, dict[str, Any]] = {
    "sochi": {
        "name": "Сочи",
        "name_in": "в Сочи",
        "name_of": "Сочи",
        "is_default": True,
        "phone": "+78622001234",
        "email": "sochi@demo.example",
        "lat": 43.62,
        "lng": 39.76,
        "zoom": 10,
        "panorama": "sochi",
    },
    "kazan": {
        "name": "Казань",
        "name_in": "в Казани",
        "name_of": "Казани",
        "host": "kazan.localhost",
        "phone": "+78432001234",
        "email": "kazan@demo.example",
        "lat": 55.7963,
        "lng": 49.1088,
        "zoom": 11,
        "hue": 150,
        "accent_hue": 60,
        "warm_hue": 25,
        "land_hue": 130,
    },
}
REGIONS = {"sochi": "Краснодарский край", "kazan": "Республика Татарстан"}
#: Slug, name, centre.
DISTRICTS: dict[str, list[tuple[str, str, float, float]]] = {
    "sochi": [
        ("center", "Центральный", 43.5926, 39.7265),
        ("adler", "Адлерский", 43.4392, 39.9245),
        ("hosta", "Хостинский", 43.5480, 39.7960),
        ("lazarevskoe", "Лазаревский", 43.9085, 39.3370),
    ],
    "kazan": [
        ("vakhitovsky", "Вахитовский", 55.7870, 49.1230),
        ("novo-savinovsky", "Ново-Савиновский", 55.8290, 49.1370),
        ("sovetsky", "Советский", 55.8120, 49.1980),
    ],
}
STORIES: dict[str, list[Story]] = {
    "sochi": [
        story
        for part in (center_1, center_2, adler_1, adler_2, hosta_1, hosta_2, lazarevskoe)
        for story in part.STORIES
    ],
    "kazan": kazan.STORIES,
}
#: Years before the current one in which a round was opened.
ROUNDS = {"sochi": (2, 1, 0), "kazan": (1, 0)}
#: Year before the current one → plan of communities_united.
PLANS = {"sochi": {1: 60, 0: 100}, "kazan": {0: 6}}
