"""Обычные встречи сообществ учебного города: у каждого своё дело в свой день, как сказано в его анкете."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from reports.management.demo.calendar import chance
from reports.management.demo.happenings import MON, SAT, SUN, TUE, Happening
from reports.management.demo.story import Story

#: Тема → чем занимаются в обычный день.
MEETINGS = {
    "ecology": ("Дежурство по берегу", "Обходим свой участок, считаем мусор и сдаём данные."),
    "yards": ("Дворовый час", "Выходим во двор с чаем и списком мелких дел."),
    "trails": ("Выход на тропу", "Идём вместе, темп по самому медленному."),
    "sport": ("Открытая тренировка", "Разминка, занятие, растяжка. Форма любая удобная."),
    "health": ("Час здоровья", "Двигаемся, дышим, задаём вопросы тем, кто знает."),
    "animals": ("День помощи хвостатым", "Гуляем, чистим, кормим. Новичкам всё покажем."),
    "gardens": ("Рабочий час в саду", "Поливаем, пересаживаем, делимся черенками."),
    "heritage": ("Прогулка с рассказчиком", "Один дом, одна улица, одна история."),
    "peoples": ("Вечер языка и песни", "Учим слова, поём, пробуем угощение."),
    "music": ("Открытая репетиция", "Заходите послушать, оставайтесь петь и играть."),
    "theatre": ("Открытая читка", "Читаем пьесу по ролям, роли раздаём на входе."),
    "craft": ("Мастерская открыта", "Инструмент есть, покажем и поможем."),
    "food": ("Общий стол", "Готовим вместе и вместе едим."),
    "books": ("Книжный круг", "Говорим о прочитанном, приходить можно и без книги."),
    "games": ("Вечер игр", "Объясняем правила, собираем столы по интересу."),
    "science": ("Лабораторный вечер", "Собираем, измеряем, спорим о результате."),
    "it": ("Вечер кода", "Приносите ноутбук и задачу, решаем вместе."),
    "learning": ("Открытое занятие", "Можно прийти с любого места курса."),
    "children": ("Семейный час", "Дети при деле, родители при разговоре."),
    "youth": ("Встреча команды", "Планируем неделю, знакомим новичков."),
    "seniors": ("Посиделки", "Чай, разговор и одно полезное дело."),
    "disability": ("Встреча без барьеров", "Вход без ступеней, перевод и помощь на месте."),
    "veterans": ("Встреча рядом", "Навещаем, помогаем, записываем воспоминания."),
    "charity": ("День добрых дел", "Разбираем вещи, собираем наборы, развозим."),
    "business": ("Завтрак мастеров", "Двое рассказывают о деле, остальные помогают советом."),
    "tourism": ("Прогулка для гостей", "Показываем город так, как показали бы друзьям."),
    "urban": ("Обход с картой", "Идём по маршруту, отмечаем, что неудобно, и пишем куда следует."),
    "media": ("Редакционная летучка", "Выбираем темы, раздаём задания, читаем черновики."),
}
#: Ритм анкеты → (повтор формы, сколько дат).
RHYTHMS = {"weekly": ("weekly", 44), "fortnightly": ("biweekly", 24), "monthly": ("monthly", 12)}
_DAYS = {"weekdays": MON, "evenings": TUE, "weekends": SAT}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")


def meetings(stories: Iterable[Story], taken: set[str]) -> Iterator[Happening]:
    """A series for each approved community that meets in a rhythm and is not among the `taken`."""
    for story in stories:
        if story.imported or story.merged_into or not story.approved or story.name in taken:
            continue
        if story.rhythm not in RHYTHMS or story.topics[0] not in MEETINGS:
            continue
        title, short = MEETINGS[story.topics[0]]
        repeats, count = RHYTHMS[story.rhythm]
        clock = _CLOCK.search(story.schedule)
        day = _DAYS.get(story.days[0], SAT) + int(2 * chance(story.name, "day"))
        yield Happening(
            community=story.name,
            title=title,
            short=short,
            venue="",
            week=-26 - int(8 * chance(story.name, "week")),
            day=min(day, SUN),
            at=(int(clock[1]), int(clock[2])) if clock else (10 + int(9 * chance(story.name, "hour")), 0),
            hours=1.5 + int(3 * chance(story.name, "length")) / 2,
            topics=story.topics[:2],
            ages=story.ages,
            about=story.first,
            repeats=repeats,
            count=count,
            off=(20 % count, "Ведущий болеет, увидимся в следующий раз")
            if chance(story.name, "off") < 0.2
            else None,
        )
