from __future__ import annotations

import pytest

from communities.tables import (
    City,
    Places,
    RowRefused,
    guess_mapping,
    mask_contacts,
    read_city,
    take_row,
    without_personal,
    without_title,
)
from communities.tables.answers import first_sentence, tidy_link, tidy_name
from communities.tables.columns import field_of, has_header, is_personal
from communities.tables.meanings import read_direction, read_legal_form
from communities.tables.places import same_region

SOCHI = City(1, 10, "Сочи", "Краснодарский край")
OZERSK = City(2, 20, "Озёрск", "Челябинская область")
PLACES = Places([SOCHI, OZERSK], [(5, 1, "Адлерский"), (6, 1, "Центральный")])
COLUMNS = {"city": 0, "name": 1, "description": 2, "link": 3, "direction": 4}


def take(city="Сочи", name="Тропа", description="", link="", direction="", places=PLACES):
    return take_row([city, name, description, link, direction], COLUMNS, places)


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ('МБУ "Молодёжный двор"', "МБУ «Молодёжный двор»"),
        ('АНО ЦЕНТР "СОЛНЦЕ" "', "АНО ЦЕНТР «СОЛНЦЕ»"),
        ('РОО "ВП" МИРНЫЙ ДВОР"', "РОО «ВП» МИРНЫЙ ДВОР"),
        ('База "Дом 8" (МБУ "ЦМ"', "База «Дом 8» (МБУ «ЦМ»)"),
        ("«Клуб „Друг“»", "«Клуб „Друг“»"),
        ("  Чайная\n среда ; ", "Чайная среда"),
        ('"', ""),
        ("()", ""),
        ("O'Reilly club", "O'Reilly club"),
    ],
)
def test_names_are_tidied(written, tidy):
    assert tidy_name(written) == tidy


@pytest.mark.parametrize("name", ["", "-", "!!!", "12345", "«»"])
def test_a_row_without_a_name_is_refused(name):
    with pytest.raises(RowRefused):
        take(name=name)


def test_a_long_name_is_kept_whole_beside():
    answers = take(name="Общество " + "любителей " * 14 + "троп").answers
    assert len(answers["name"]) <= 120
    assert answers["name"].endswith("…")
    assert answers["legal_name"].endswith("троп")


@pytest.mark.parametrize(
    ("cell", "city", "district"),
    [
        ("Сочи", 1, None),
        ("г. Сочи", 1, None),
        ("г.Сочи", 1, None),
        ("Сочи, Краснодар. край", 1, None),
        ("Краснодарский край, г. Сочи", 1, None),
        ("Сочи, Адлерский район", 1, 5),
        ("Сочи (Адлер)", 1, 5),
        ("Озерск, Челяб. обл.", 2, None),
        ("Озёрск, Калининградская область", None, None),
        ("Глазов, УР", None, None),
        ("", None, None),
    ],
)
def test_cities_are_known_however_written(cell, city, district):
    answers = take(city=cell).answers
    assert answers.get("city") == city
    assert answers.get("district") == district


def test_without_a_column_of_cities_the_only_city_is_meant():
    places = Places([SOCHI])
    assert take_row(["Тропа"], {"name": 0}, places).answers["city"] == 1
    assert "city" not in take_row(["Тропа"], {"name": 0}, PLACES).answers


def test_regions_are_known_shortened():
    assert same_region("Краснояр. край", "Красноярский край")
    assert same_region("УР", "Удмуртская Республика")
    assert same_region("респ. Татарстан", "Республика Татарстан")
    assert not same_region("Том. обл.", "Омская область")


def test_the_key_does_not_depend_on_the_writing():
    one = take(city="Сочи, Краснодарский край", name='АНО "Тёплый дом"').key
    assert one == take(city="г. Сочи", name="Теплый дом").key
    assert one != take(city="Глазов", name="Тёплый дом").key


@pytest.mark.parametrize(
    ("words", "directions", "topics"),
    [
        ("Экология и устойчивое развитие", ["place"], ["ecology"]),
        ("Социальная защита (помощь людям в трудной ситуации)", ["group"], []),
        ("Культура и образование", ["culture", "human"], ["learning"]),
        ("Местное сообщество и развитие территорий", ["place"], []),
        ("Защита животных", ["place"], ["animals"]),
        ("Человеческий капитал", ["human"], ["learning"]),
        ("Внешние ресурсы", ["bring"], []),
        ("Стратегия города", ["plan"], []),
        ("culture", ["culture"], []),
        ("Другое", [], []),
    ],
)
def test_directions_are_known_in_free_words(words, directions, topics):
    meaning = read_direction(words)
    assert meaning.directions == directions
    assert meaning.topics == topics


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("АНО «Дом»", "ngo"),
        ("МБУК Центр", "budget"),
        ("ТОС Родник", "tos"),
        ("ООО Ромашка", "business"),
        ("Мама рядом", ""),
    ],
)
def test_legal_form_is_never_invented(name, form):
    assert read_legal_form(name) == form


def test_the_short_text_is_the_first_sentence():
    assert first_sentence("Основная деятельность:  Поём во дворах. Ждём всех.") == "Поём во дворах."
    assert first_sentence("Осн. деятельность: -Учим -Лечим") == "Учим"
    long = take(description="слово " * 900)
    assert len(long.answers["short"]) <= 200
    assert len(long.answers["description"]) <= 4000
    assert any("4000" in note for note in long.notes)


def test_telephones_and_addresses_of_people_are_left_out():
    taken = take(
        description="Звоните Анне: +7 (918) 111-22-33 или 8 862 200-12-34, anna@example.org. Год 2024-2025, ИНН 2320123456"
    )
    assert "918" not in str(taken.answers)
    assert "200-12" not in str(taken.answers)
    assert "@" not in str(taken.answers)
    assert "2024-2025, ИНН 2320123456" in taken.answers["description"]
    assert any("согласия" in note for note in taken.notes)
    assert "‹" not in str(taken.answers)
    assert take(link="anna@example.org, vk.com/club206489451").answers["vk"] == "https://vk.com/club206489451"
    assert mask_contacts("vk.com/club89181112233 и ok.ru/profile/566417452251") == (
        "vk.com/club89181112233 и ok.ru/profile/566417452251"
    )


@pytest.mark.parametrize(
    ("written", "tidy"),
    [
        ("Vk.com/Tropa?from=groups", "https://vk.com/Tropa"),
        ("https://m.vk.com/tropa", "https://vk.com/tropa"),
        ("http://example.org/a?b=1", "http://example.org/a?b=1"),
        ("javascript:alert(1)", ""),
        ("ftp://example.org", ""),
        ("https://" + "a" * 300 + ".org", ""),
    ],
)
def test_links_are_tidied(written, tidy):
    assert tidy_link(written) == tidy


def test_links_go_to_their_fields():
    answers = take(link="vk.com/a https://t.me/b, example.org; ok.ru/c").answers
    assert [answers[name] for name in ("vk", "telegram", "site", "other_link")] == [
        "https://vk.com/a",
        "https://t.me/b",
        "https://example.org",
        "https://ok.ru/c",
    ]
    assert "не похожа" in take(link="спросите у лидера").notes[0]


def test_headings_and_people():
    assert field_of("Название сообщества") == "name"
    assert field_of("Ссылка на группу ВК") in ("vk", "link")
    assert field_of("Контактный телефон") == ""
    assert is_personal("ФИО руководителя")
    assert not is_personal("Название организации")
    rows = [["Название", "Телефон лидера", "Город"], ["Тропа", "+79181112233", "Сочи"]]
    kept, dropped = without_personal(rows)
    assert kept == [["Название", "Город"], ["Тропа", "Сочи"]]
    assert dropped == ["Телефон лидера"]


def test_a_title_above_the_headings_is_passed_over():
    rows = [["Реестр сообществ", "", ""], [], ["Город", "Название", "Описание"], ["Сочи", "Тропа", "…"]]
    assert without_title(rows)[:3] == [[], [], rows[2]]
    assert has_header(without_title(rows))


def test_columns_are_guessed_by_content_alone():
    rows = [["vk.com/a", "Адлер", "Клуб «Друг»", "Сочи"], ["t.me/b", "Адлер", "Клуб «Дом»", "Сочи"]]
    mapping = guess_mapping(rows, header=False, cities={"сочи"})
    assert mapping["link"] == 0
    assert mapping["name"] == 2
    assert mapping["city"] == 3
    assert read_city("г. Сочи").city == "Сочи"
