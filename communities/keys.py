"""Keys by which two writings of one thing are the same: names, links, phones, words."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import phonenumbers

#: Legal forms and words of kind that say nothing about which community it is.
_FORMS = re.compile(
    r"\b(?:ано|дпо|нко|но|бф|бфмс|фонд|благотворительный|автономная|некоммерческая|организация|ооо|ип|мбу|мбук|мау|"
    r"муп|тос|роо|мроо|троо|кромо|моо|гоо|общественная|общественное|местная|региональная|городская|районная|движение|"
    r"союз|ассоциация|клуб|сообщество|объединение|инициативная|группа)\b"
)
_QUOTES = re.compile(r"[«»“”„\"'`]")
_NOT_WORD = re.compile(r"[^0-9a-zа-я]+")
#: Hosts that show one page under several names.
_HOSTS = {"vk.ru": "vk.com", "telegram.me": "t.me", "youtu.be": "youtube.com"}


def fold(text: str) -> str:
    """Lower case, «ё» as «е», one space between words, no punctuation.

    >>> fold("  Чайная  среда — Сочи, ёж!")
    'чайная среда сочи еж'
    """
    return _NOT_WORD.sub(" ", _QUOTES.sub("", text.lower().replace("ё", "е"))).strip()


def name_key(name: str) -> str:
    """A name without legal forms and words of kind; the whole name when nothing else is left.

    >>> name_key('АНО "Солнечный город"')
    'солнечный город'
    >>> name_key("АНО Клуб")
    'ано клуб'
    """
    folded = fold(name)
    bare = " ".join(_FORMS.sub(" ", folded).split())
    return (bare or folded)[:160]


_IN_LATIN = str.maketrans(
    {
        **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziiklmnoprstufye", strict=True)),
        **{"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "iu"},
        **{"я": "ia"},
    }
)


#: Pages of the catalogue that stand where a community's address would.
_PAGES = {"gaps", "suggest"}


def address(name: str) -> str:
    """A name as a part of an address, in Latin letters; "" when no letter or digit is in it.

    >>> address("Чайная среда — Сочи, №1!")
    'chainaia-sreda-sochi-1'
    >>> address("Gaps")
    'gaps-1'
    """
    written = fold(name).translate(_IN_LATIN).replace(" ", "-")[:60].strip("-")
    return f"{written}-1" if written in _PAGES else written


def link_key(url: str) -> str:
    """One key for every writing of an address: no scheme, `www.`, `m.`, query, fragment, closing slash.

    >>> link_key("https://m.vk.com/Korolenko8?from=groups")
    'vk.com/korolenko8'
    >>> link_key("https://[broken")
    ''
    """
    url = url.strip()
    if not url:
        return ""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host = (parts.hostname or "").lower()
    except ValueError:
        return ""
    host = host.removeprefix("www.").removeprefix("m.")
    host = _HOSTS.get(host, host)
    return f"{host}{parts.path.rstrip('/').lower()}"[:200] if host else ""


def phone_key(text: str) -> str:
    """The number in E.164 («+78622001234»), or "" when it is none."""
    try:
        number = phonenumbers.parse(text, "RU")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


#: The two layouts of one keyboard: «ghbdtn» was meant to be «привет».
_QWERTY = "`qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC = "ёйцукенгшщзхъфывапролджэячсмитьбю"
_LAYOUT = str.maketrans(_QWERTY, _CYRILLIC)


def words(text: str, most: int = 0, shortest: int = 1) -> list[str]:
    """Folded words of at least `shortest` letters, each once, in their order; the first `most` of them.

    >>> words("Ёлка и двор, двор!", shortest=3)
    ['елка', 'двор']
    """
    found = [word[:60] for word in dict.fromkeys(fold(text).split()) if len(word) >= shortest]
    return found[:most] if most else found


def retyped(text: str) -> str:
    """What these keys write in the Russian layout.

    >>> retyped("cjctlb")
    'соседи'
    """
    return text.lower().translate(_LAYOUT)


def cuts(word: str) -> list[str]:
    """The word itself and what is left of it without each one of its letters.

    Words one slip apart share one of these; so do some that are two apart: see `is_slip`.

    >>> cuts("дом")
    ['дм', 'до', 'дом', 'ом']
    """
    return sorted({word, *(word[:at] + word[at + 1 :] for at in range(len(word)))})


def is_slip(typed: str, word: str) -> bool:
    """Is `typed` one slip away from `word`: a letter missing, added, mistaken, or two neighbours swapped?

    >>> is_slip("сосди", "соседи"), is_slip("сосдеи", "соседи"), is_slip("соди", "соседи")
    (True, True, False)
    """
    if typed == word or abs(len(typed) - len(word)) > 1:
        return False
    at = next(
        (n for n, (a, b) in enumerate(zip(typed, word, strict=False)) if a != b), min(len(typed), len(word))
    )
    mine, theirs = typed[at:], word[at:]
    if len(typed) == len(word):
        swapped = mine[1::-1] == theirs[:2] and mine[2:] == theirs[2:]
        return swapped or mine[1:] == theirs[1:]
    return mine[1:] == theirs if len(typed) > len(word) else mine == theirs[1:]
