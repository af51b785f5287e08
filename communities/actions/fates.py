"""The fate of every row of a table: what the import will do with it, and why. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from communities.actions.neighbours import Neighbours
from communities.choices import Fate, Listing
from communities.keys import link_key, name_key
from communities.models import CensusRecord, Community, ImportBatch, ImportRow, Stewardship
from communities.tables import Places, RowRefused, Taken, take_row
from hub.choices import State

CHUNK = 500
#: Answers that a table may give; a blank cell never erases what is known.
TAKEN = (
    *(
        "name",
        "short",
        "description",
        "directions",
        "topics",
        "participants",
        "founded",
        "legal_form",
        "legal_name",
    ),
    *("vk", "telegram", "site", "other_link", "city", "district", "city_text"),
)
#: A page that belongs to one community alone, unlike the site of a house of culture.
_OWN_PAGES = ("vk.com/", "t.me/")


def plan_rows(batch: ImportBatch, places: Places) -> Iterator[ImportRow]:
    """Unsaved rows with their fates, in the order of the table."""
    numbered = [(number, cells) for number, cells in enumerate(batch.table, start=1) if any(cells)]
    if batch.has_header:
        numbered = numbered[1:]
    plan = _Plan(batch)
    for start in range(0, len(numbered), CHUNK):
        taken: list[tuple[int, Taken | RowRefused]] = []
        for number, cells in numbered[start : start + CHUNK]:
            try:
                taken.append((number, take_row(cells, batch.mapping, places)))
            except RowRefused as refusal:
                taken.append((number, refusal))
        yield from plan.chunk(taken)


class _Plan:
    """What is known so far of the file and of the registry while rows are judged one after another."""

    def __init__(self, batch: ImportBatch) -> None:
        self.batch = batch
        self.seen: dict[tuple[int, str], tuple[int, Taken]] = {}
        self.pages: dict[tuple[int, str], int] = {}
        self.known: dict[tuple[int, str], Community] = {}
        self.judged: dict[tuple[int, str], ImportRow] = {}
        self.neighbours: dict[int, Neighbours] = {}

    def chunk(self, rows: Iterable[tuple[int, Taken | RowRefused]]) -> Iterator[ImportRow]:
        rows = list(rows)
        self._look_up([taken for _number, taken in rows if isinstance(taken, Taken)])
        for number, taken in rows:
            row = ImportRow(batch=self.batch, number=number, branch_id=self.batch.branch_id)
            if isinstance(taken, RowRefused):
                row.fate, row.reason = Fate.REFUSED, _capital(str(taken))
            else:
                row.branch_id, row.key, row.values = self._branch(taken), taken.key, dict(taken.answers)
                self._judge(row, taken)
            yield row

    def _branch(self, taken: Taken) -> int:
        return taken.place.city.branch_id if taken.place else self.batch.branch_id

    def _look_up(self, chunk: list[Taken]) -> None:
        """Communities of earlier imports with the keys of these rows, and rows a person decided on."""
        keys = [taken.key for taken in chunk]
        branches = {self._branch(taken) for taken in chunk} | {self.batch.branch_id}
        records = CensusRecord.objects.filter(community=OuterRef("pk"))
        found = (
            Community.objects.filter(branch__in=branches, import_key__in=keys)
            .select_related("current")
            .defer("current__search")
            .annotate(
                is_led=Exists(Stewardship.objects.filter(community=OuterRef("pk"))),
                is_in_work=Exists(records.in_work()),
            )
            .order_by("pk")
        )
        if connection.in_atomic_block:
            found = found.select_for_update(of=("self",))
        self.known = {(community.branch_id, community.import_key): community for community in found}
        decided = (
            ImportRow.objects.filter(branch__in=branches).known_by(keys).select_related("community__current")
        )
        self.judged = {(row.branch_id, row.key): row for row in decided.order_by("pk")}

    def _judge(self, row: ImportRow, taken: Taken) -> None:
        own = (row.branch_id, row.key)
        notes = list(taken.notes)
        if own in self.seen:
            number, first = self.seen[own]
            row.fate = Fate.DUPLICATE
            row.values |= {"twin": number}
            if _said(first) == _said(taken):
                notes = [_("повторяет строку %(n)s") % {"n": number}]
            else:
                row.needs_person = True
                notes = [_("то же название и город, что в строке %(n)s, но другие сведения") % {"n": number}]
        elif community := self.known.get(own) or self._homeless(taken):
            notes = self._judge_known(row, community) + notes
        elif earlier := self.judged.get(own):
            row.community = earlier.community
            if earlier.settled_at:
                row.fate = Fate.SAME
                notes = [_("решено раньше: это «%(name)s»") % {"name": earlier.community}]
            else:
                row.fate = Fate.DUPLICATE
                notes = [_("уже ждёт решения координатора после прошлого импорта")]
        elif reason := self._alike(row, taken):
            row.fate, row.needs_person = Fate.DUPLICATE, True
            notes.insert(0, reason)
        else:
            row.fate = Fate.NEW
            if taken.place is None:
                row.needs_person = True
                city = taken.written.city
                notes.insert(
                    0,
                    _(
                        "город «%(city)s» отделению не известен: заведём, но покажем после решения координатора"
                    )
                    % {"city": city[:60]}
                    if city
                    else _("город не указан: заведём, но покажем после решения координатора"),
                )
        self.seen.setdefault(own, (row.number, taken))
        if row.fate == Fate.NEW:
            for page in _pages(taken.answers):
                self.pages.setdefault((row.branch_id, page), row.number)
        row.reason = _clip("; ".join(filter(None, [_capital(notes[0]), *notes[1:]]))) if notes else ""

    def _homeless(self, taken: Taken) -> Community | None:
        """The community of an earlier import whose city was nobody's then."""
        community = self.known.get((self.batch.branch_id, taken.key))
        waits = community and community.listing == Listing.UNLISTED and community.current
        return community if waits and community.current.city_id is None else None

    def _judge_known(self, row: ImportRow, community: Community) -> list[str]:
        row.community, row.fate = community, Fate.SAME
        if community.listing == Listing.MERGED:
            return [_("объединено с другим сообществом")]
        if community.listing == Listing.ARCHIVED:
            return [_("сообщество в архиве")]
        changed = changes(community.current, row.values) if community.current else []
        if not changed:
            return []
        led = community.is_led or community.is_in_work or community.current.state != State.IMPORTED  # type: ignore[attr-defined]
        if led:
            return [_("запись ведёт лидер: сведения из таблицы не взяты")]
        row.fate = Fate.UPDATE
        return [_("изменится: %(fields)s") % {"fields": ", ".join(label(name) for name in changed)}]

    def _alike(self, row: ImportRow, taken: Taken) -> str:
        """Why it may be a community that is there already, or another row of the file; "" when it is none."""
        for page in _pages(taken.answers):
            if number := self.pages.get((row.branch_id, page)):
                row.values |= {"twin": number}
                return _("та же страница, что в строке %(n)s: %(page)s") % {"n": number, "page": page}
        neighbours = self.neighbours.get(row.branch_id)
        if neighbours is None:
            neighbours = self.neighbours[row.branch_id] = Neighbours(row.branch_id)
        found = neighbours.like(
            name_key(taken.answers["name"]),
            _pages(taken.answers),
            city=taken.place.city.pk if taken.place else None,
            city_key=taken.written.key,
        )
        if found is None:
            return ""
        row.community_id = found.community_id
        return _("похоже на «%(name)s»: %(reason)s") % {"name": found.name, "reason": found.reason}


def _said(taken: Taken) -> dict[str, Any]:
    return {name: value for name, value in taken.answers.items() if name != "city_text"}


def _pages(answers: dict[str, Any]) -> set[str]:
    keys = {link_key(answers.get(name, "")) for name in ("vk", "telegram")}
    return {key for key in keys if key.startswith(_OWN_PAGES)}


def changes(record: CensusRecord, answers: dict[str, Any]) -> list[str]:
    """Names of the answers that the table gives otherwise than `record` has them."""
    # A city that is not ours is only a text; how it is written does not matter once it is placed.
    names = [name for name in TAKEN if name != "city_text"]
    return [name for name in names if name in answers and answers[name] != _value(record, name)]


def _value(record: CensusRecord, name: str) -> Any:
    return getattr(record, CensusRecord._meta.get_field(name).attname)


def label(name: str) -> str:
    return str(CensusRecord._meta.get_field(name).verbose_name)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _clip(text: str, most: int = 300) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
