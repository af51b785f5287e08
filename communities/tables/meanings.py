"""Words of other people's tables → our directions, topics and legal forms."""

from __future__ import annotations

import re
from typing import NamedTuple

from communities.choices import Direction as D
from communities.choices import LegalForm
from communities.choices import Topic as T
from communities.keys import fold


class Meaning(NamedTuple):
    directions: list[str]
    topics: list[str]


#: Beginnings of words (folded) → direction, topic. What stands first in the cell becomes the main direction.
_STEMS: tuple[tuple[str, D, T | None], ...] = (
    (r"эколог|природ|устойчив|экоакт|раздельн\w* сбор|мусор", D.PLACE, T.ECOLOGY),
    (r"животн|собак|кошек|кошк|приют", D.PLACE, T.ANIMALS),
    (r"благоустр|двор|соседск|соседств|тос\b", D.PLACE, T.YARDS),
    (r"местн\w+ сообществ|развити\w+ территор|городск\w+ сред|сред\w+ прожив|урбан", D.PLACE, None),
    (r"сад|огород|озелен", D.PLACE, T.GARDENS),
    (r"туризм|турист|тропа|поход|краевед\w* маршрут", D.PLACE, T.TRAILS),
    (r"стратег|городск\w+ план|политик|самоуправ|гражданск\w+ инициат|гражданск\w+ общ", D.PLAN, None),
    (r"транспорт|велосипед", D.PLAN, T.URBAN),
    (r"культур|искусств|творч", D.CULTURE, None),
    (r"наследи|истори|краевед|музе|патриот|памят", D.CULTURE, T.HERITAGE),
    (r"национальн|народ|диаспор|этно|казач", D.CULTURE, T.PEOPLES),
    (r"музык|танц|хор\b|вокал", D.CULTURE, T.MUSIC),
    (r"театр|кино", D.CULTURE, T.THEATRE),
    (r"ремес|рукодел|мастеров", D.CULTURE, T.CRAFT),
    (r"книг|чтени|библиот|литерат", D.CULTURE, T.BOOKS),
    (r"кулинар|чай|гастроном", D.CULTURE, T.FOOD),
    (r"медиа|сми\b|журналист|блог", D.CULTURE, T.MEDIA),
    (
        r"социальн\w+ защит|социальн\w+ помощ|социальн\w+ поддерж|трудн\w+ ситуац|соцзащит|социальн\w+ групп",
        D.GROUP,
        None,
    ),
    (r"инвалид|овз\b|доступн\w+ сред|особенн\w+ дет|аутиз", D.GROUP, T.DISABILITY),
    (r"ветеран|сво\b|военнослуж|участник\w* боев", D.GROUP, T.VETERANS),
    (r"пожил|пенсионер|старш\w+ покол|долголет|серебрян", D.GROUP, T.SENIORS),
    (r"дет|семь|семей|материн|родител|многодет", D.GROUP, T.CHILDREN),
    (r"благотвор|волонт|доброволь|пожертв", D.GROUP, T.CHARITY),
    (r"здоров|медицин|зож\b|донор", D.GROUP, T.HEALTH),
    (r"женск|женщин", D.GROUP, None),
    (r"образован|просвещ|обучен|наставн|компетенц|человеческ\w+ капитал", D.HUMAN, T.LEARNING),
    (r"молодеж|студенч|подростк|школьн", D.HUMAN, T.YOUTH),
    (r"спорт|физкульт|бег\b|йога|футбол", D.HUMAN, T.SPORT),
    (r"наук|научн|техни|инженер|робот", D.HUMAN, T.SCIENCE),
    (r"цифр|программир|информационн\w+ технол", D.HUMAN, T.IT),
    (r"игр|настол|киберспорт", D.HUMAN, T.GAMES),
    (r"предприним|бизнес|эконом|малое дело", D.BRING, T.BUSINESS),
    (r"грант|внешн\w+ ресурс|фандрайз|инвест", D.BRING, None),
    (r"гостеприим", D.BRING, T.TOURISM),
)
_PATTERNS = [(re.compile(rf"\b(?:{stems})"), direction, topic) for stems, direction, topic in _STEMS]


def read_direction(cell: str) -> Meaning:
    """Directions (at most 3) and topics (at most 6) that the words name; nothing for «Другое».

    >>> read_direction("Экология и устойчивое развитие")
    Meaning(directions=['place'], topics=['ecology'])
    """
    folded = fold(cell)
    if folded in D.values:
        return Meaning([folded], [])
    found: list[tuple[int, str, str]] = []
    for pattern, direction, topic in _PATTERNS:
        if match := pattern.search(folded):
            found.append((match.start(), direction.value, topic.value if topic else ""))
    found.sort(key=lambda item: item[0])
    directions = list(dict.fromkeys(code for _at, code, _topic in found if code))
    topics = list(dict.fromkeys(topic for _at, _code, topic in found if topic))
    return Meaning(directions[:3], topics[:6])


_LEGAL = (
    (re.compile(r"\b(?:тос|территориальн\w+ общественн\w+ самоуправл\w+)\b"), LegalForm.TOS),
    (
        re.compile(
            r"\b(?:мбу\w{0,3}|мау\w{0,3}|мку\w{0,2}|мбоу|мбдоу|мадоу|маоу|гбу\w{0,3}|гау\w{0,2}|муп|учреждени\w+|школа|"
            r"библиотека|музей)\b"
        ),
        LegalForm.BUDGET,
    ),
    (
        re.compile(
            r"\b(?:ано|нко|бф|бфмс|фонд\w*|[гмрт]оо|[мтк]роо|кромо|некоммерческ\w+|ассоциаци\w+|"
            r"общественн\w+ (?:организаци|движени)\w+)\b"
        ),
        LegalForm.NGO,
    ),
    (re.compile(r"\b(?:ооо|ип)\b"), LegalForm.BUSINESS),
)


def read_legal_form(name: str) -> str:
    """The legal form that a name says, "" when it says none: most communities have none, none is demanded."""
    folded = fold(name)
    found = [(match.start(), form) for pattern, form in _LEGAL if (match := pattern.search(folded))]
    return min(found)[1].value if found else ""
