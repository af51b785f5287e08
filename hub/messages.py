"""Translation catalogues without the system's gettext, which a bare machine lacks.

    python -m hub.messages extract   bring locale/*/LC_MESSAGES/*.po up to date with the code
    python -m hub.messages compile   make the .mo files that Django reads
    python -m hub.messages check     fail when a catalogue misses a text or a translation

The source texts are Russian, so locale/ru holds only what has plural forms, and must be complete: without
it «5 сообществ» and «2 сообщества» come out alike. Another language begins with its folder in locale/, holds
everything, and falls back to Russian text by text.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = "ru"
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_noop": None,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
_STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"(?:\b[np]{{0,2}}gettext|\b_)\({_STRING}(?:, ?{_STRING})*(?:, ?count)?\)", re.DOTALL)


def extract_template(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Any]:
    """Read a Django template: Django itself rewrites its tags as Python calls, the rest as X-es."""
    text, end, calls = templatize(file.read().decode()), 0, ""
    for call in _CALL.finditer(text):
        calls += "\n" * text.count("\n", end, call.start()) + call.group() + ";"
        end = call.end()
    return extract_python(BytesIO(calls.encode()), keywords, comment_tags, options)


_TEMPLATES = "hub.messages:extract_template"
# Where the texts of a domain stand, and how each kind of file is read.
DOMAINS = {
    "django": (
        ["hub", "communities", "events", "grants", "knowledge", "reports", "templates"],
        [
            ("**/migrations/**", "ignore"),
            ("**.py", "python"),
            ("**.html", _TEMPLATES),
            ("**.txt", _TEMPLATES),
        ],
    ),
    "djangojs": (["static"], [("vendor/**", "ignore"), ("**.js", "javascript")]),
}


def languages() -> list[str]:
    """The languages of the catalogues, the source language first."""
    begun = {path.name for path in (ROOT / "locale").iterdir() if path.is_dir()}
    return [SOURCE, *sorted(begun - {SOURCE})]


def catalogue(language: str, domain: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / f"{domain}.po"


def read(path: Path, language: str) -> Catalog:
    if not path.exists():
        said = {"project": "community-hub", "version": "1", "copyright_holder": "Центр Сообществ"}
        return Catalog(
            locale=language, header_comment="", fuzzy=False, msgid_bugs_address="", last_translator="", **said
        )
    with path.open("rb") as file:
        return read_po(file, locale=language)


def texts(domain: str, language: str) -> Catalog:
    """What the code asks to be translated; Russian texts need no translation but their plural forms."""
    found = Catalog(locale=language)
    folders, methods = DOMAINS[domain]
    for folder in folders:
        for name, _line, message, _comments, context in extract_from_dir(
            ROOT / folder, methods, None, KEYWORDS
        ):
            if language != SOURCE or isinstance(message, tuple):
                found.add(message, locations=[(f"{folder}/{name}", 0)], context=context)
    return found


def extract() -> None:
    for domain in DOMAINS:
        for language in languages():
            path = catalogue(language, domain)
            found = texts(domain, language)
            if not found and not path.exists():
                continue
            kept = read(path, language)
            found.creation_date = kept.creation_date  # or every run would change the file
            kept.update(found, no_fuzzy_matching=True)
            kept.obsolete.clear()
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                write_po(file, kept, width=110, sort_output=True, omit_header=False, include_lineno=False)
            empty = sum(not complete(message) for message in kept if message.id)
            print(f"{path.relative_to(ROOT)}: {len(kept)} текстов, без перевода {empty}")


def complete(message: Any) -> bool:
    forms = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(forms) and not message.fuzzy


def check() -> int:
    """Name what would come out wrong: a Russian text without its forms, a translation that would not format."""
    faults = []
    for domain in DOMAINS:
        for language in languages():
            path = catalogue(language, domain)
            kept, found = read(path, language), texts(domain, language)
            asked = [message for message in found if message.id]
            missing = [m for m in asked if not (ours := kept.get(m.id, m.context)) or not complete(ours)]
            if asked:
                print(f"{language}/{domain}: {len(asked) - len(missing)} из {len(asked)}")
            if language == SOURCE:
                faults += [f"{path.relative_to(ROOT)}: нет форм: {message.id}" for message in missing]
            for message, errors in kept.check():
                faults += [f"{path.relative_to(ROOT)}: {message.id!r}: {error}" for error in errors]
    print("\n".join(faults))
    return bool(faults)


def compile_catalogues(folder: Path = ROOT / "locale") -> None:
    """Make each .mo that is missing or older than its .po."""
    for source in folder.glob("*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            with source.open("rb") as file:
                messages = read_po(file, locale=source.parent.parent.name)
            making = target.with_suffix(".making")  # renamed whole: test workers read while we write
            with making.open("wb") as file:
                write_mo(file, messages)
            making.replace(target)


if __name__ == "__main__":
    command = {"extract": extract, "compile": compile_catalogues, "check": check}[sys.argv[1]]
    sys.exit(command())
