"""Two questionnaires side by side, in people's words: labels for codes, words within texts, pictures."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.choices import Criterion, ResourceKind
from communities.models import CensusRecord, Photo
from hub.models import Upload

#: Steps of the questionnaire and the fields that are decided on, in the leader's order.
#: «lat» stands for the point on the map, «city» for the city as chosen or as written.
GROUPS: dict[str, tuple[str, ...]] = {
    gettext_lazy("Название и суть"): (
        "name", "short", "description", "directions", "topics", "languages", "founded", "logo", "photos",
    ),
    gettext_lazy("Люди"): ("core_members", "participants", "ages", "joining", "looking_for_people"),
    gettext_lazy("Встречи и место"): (
        "format", "rhythm", "days", "schedule", "city", "district", "no_place", "place", "lat",
        "premises", "premises_host", "accessible", "first_visit",
    ),
    gettext_lazy("Ресурсы"): ("offers", "needs", "money", "legal_form", "legal_name"),
    gettext_lazy("Цели и мечта"): ("criteria", "scenario", "factors", "barriers", "goals", "dream"),
    gettext_lazy("Ссылки"): ("vk", "telegram", "site", "other_link"),
}  # fmt: skip
FIELDS: tuple[str, ...] = tuple(name for names in GROUPS.values() for name in names)

#: Columns behind a field that is more than its own column.
COLUMNS: dict[str, tuple[str, ...]] = {"lat": ("lat", "lng"), "city": ("city", "city_text")}
_LABELS = {"lat": gettext_lazy("точка на карте"), "photos": gettext_lazy("фотографии")}
_TEXTS = {
    "name", "short", "description", "schedule", "place", "premises_host", "first_visit", "legal_name",
    "goals", "dream",
}  # fmt: skip
_LINKS = {"vk", "telegram", "site", "other_link"}
_NUMBERS = {"founded", "core_members", "participants"}

_TOKEN = re.compile(r"\w+\s*|[^\w\s]+\s*|\s+")
#: Below this share of common words two texts are shown as wholes: single kept words only confuse.
_ALIKE = 0.3
#: Above this many comparisons of words the texts are shown as wholes, so that a page stays fast.
_MOST = 1_500_000

Compare = Callable[[Any, Any], tuple[SafeString, SafeString]]


@dataclass(frozen=True)
class FieldDiff:
    """One field of two records, safe to show; `old` and `new` are empty where nothing is said."""

    name: str
    label: str
    group: str
    old: SafeString
    new: SafeString
    changed: bool

    @property
    def number(self) -> bool:
        return self.name in _NUMBERS


def label(name: str) -> str:
    """What a field is called in the interface."""
    if name in _LABELS:
        return capfirst(str(_LABELS[name]))
    try:
        return capfirst(str(CensusRecord._meta.get_field(name).verbose_name))
    except FieldDoesNotExist:
        return name


def with_pictures(*records: CensusRecord | None) -> None:
    """Fetch photos and their files of all the records in one query, before `compare`."""
    prefetch_related_objects(
        [record for record in records if record],
        Prefetch("photos", Photo.objects.select_related("upload")),
    )


def compare(old: CensusRecord | None, new: CensusRecord) -> list[FieldDiff]:
    """All fields of `new` beside those of `old` (None: there was nothing before)."""
    found = []
    for group, names in GROUPS.items():
        for name in names:
            before, after = value(old, name) if old else None, value(new, name)
            changed = _key(before) != _key(after)
            left, right = _rendered(name, before, after, changed and old is not None)
            found.append(FieldDiff(name, label(name), str(group), left, right, changed))
    return found


def value(record: CensusRecord, name: str) -> Any:
    """The answer in words: a text, a list of words, or a list of files."""
    if name == "photos":
        return [photo.upload for photo in record.photos.all()]
    if name == "logo":
        return [record.logo] if record.logo else []
    if name == "lat":
        return "" if record.lat is None or record.lng is None else f"{record.lat:.5f}, {record.lng:.5f}"
    if name == "city":
        return record.city.name if record.city else record.city_text
    if name == "district":
        return record.district.name if record.district else ""
    if name in ("offers", "needs"):
        return [_resource(item) for item in getattr(record, name) if isinstance(item, dict)]
    if name == "criteria":
        return [
            f"{criterion.label} — {record.criteria[criterion.value]}"
            for criterion in Criterion
            if criterion.value in record.criteria
        ]
    field, raw = CensusRecord._meta.get_field(name), getattr(record, name)
    if isinstance(raw, list):
        words = dict(field.base_field.flatchoices)  # type: ignore[attr-defined]
        return [str(words.get(code, code)) for code in raw]
    if isinstance(raw, bool):
        return str(_("да")) if raw else ""
    if field.flatchoices:  # type: ignore[union-attr]
        return str(dict(field.flatchoices).get(raw, raw))  # type: ignore[union-attr]
    return "" if raw is None else str(raw)


def _resource(item: dict[str, Any]) -> str:
    kind = dict(ResourceKind.choices).get(item.get("kind", ""), "")
    return f"{kind}: {item.get('text', '')}" if kind else str(item.get("text", ""))


def _key(answer: Any) -> Any:
    if isinstance(answer, list):
        return [item.pk if isinstance(item, Upload) else item for item in answer] or ""
    return answer or ""


def _rendered(name: str, before: Any, after: Any, marked: bool) -> tuple[SafeString, SafeString]:
    if name in ("logo", "photos"):
        return _pictures(before or []), _pictures(after or [])
    if name in _LINKS:
        return _link(before or "", "del" if marked else ""), _link(after or "", "ins" if marked else "")
    if isinstance(after, list):
        return _items(before or [], after, marked)
    if not marked:
        return format_html("{}", before or ""), format_html("{}", after or "")
    if name in _TEXTS:
        return words_diff(before or "", after or "")
    return _whole("del", before or ""), _whole("ins", after or "")


def _whole(tag: str, text: str) -> SafeString:
    return format_html("<{0}>{1}</{0}>", mark_safe(tag), text) if text.strip() else mark_safe("")


def words_diff(before: str, after: str) -> tuple[SafeString, SafeString]:
    """Both texts with the words that went in <del> and the words that came in <ins>."""
    a, b = _TOKEN.findall(before), _TOKEN.findall(after)
    if not a or not b or len(a) * len(b) > _MOST:
        return _whole("del", before), _whole("ins", after)
    # The space behind a word is shown, but says nothing of whether the word is the same.
    matcher = difflib.SequenceMatcher(None, [t.strip() for t in a], [t.strip() for t in b], autojunk=False)
    if matcher.ratio() < _ALIKE:
        return _whole("del", before), _whole("ins", after)
    old, new = [], []
    for verb, i1, i2, j1, j2 in matcher.get_opcodes():
        old.append(("" if verb == "equal" else "del", "".join(a[i1:i2])))
        new.append(("" if verb == "equal" else "ins", "".join(b[j1:j2])))
    return _joined(old), _joined(new)


def _joined(parts: Iterable[tuple[str, str]]) -> SafeString:
    return format_html_join("", "{}", ((_marked(tag, text),) for tag, text in parts if text))


def _marked(tag: str, text: str) -> SafeString:
    if not tag or not text.strip():
        return format_html("{}", text)
    # The space behind the last word stays outside of the mark.
    bare = text.rstrip()
    return format_html("{}{}", _whole(tag, bare), text[len(bare) :])


def _items(before: Sequence[str], after: Sequence[str], marked: bool) -> tuple[SafeString, SafeString]:
    def side(mine: Sequence[str], other: Sequence[str], tag: str) -> SafeString:
        parts = (
            _whole(tag, item) if marked and item not in other else format_html("{}", item) for item in mine
        )
        return format_html_join(mark_safe("<br>"), "{}", ((part,) for part in parts))

    return side(before, after, "del"), side(after, before, "ins")


def _link(url: str, tag: str) -> SafeString:
    if not url:
        return mark_safe("")
    shown = _whole(tag, url) if tag else format_html("{}", url)
    if not url.startswith(("https://", "http://")):
        return shown
    return format_html('<a href="{}" rel="noopener noreferrer nofollow" target="_blank">{}</a>', url, shown)


def _pictures(uploads: Sequence[Upload]) -> SafeString:
    return format_html_join(
        "",
        '<img class="hub-thumb" src="{}" alt="{}" loading="lazy" decoding="async" width="96" height="72">',
        ((upload.small_url, upload.title or _("Картинка")) for upload in uploads),
    )
