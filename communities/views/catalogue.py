"""The catalogue: list, cards and map of what was asked for, suggestions, what is missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from communities.choices import Direction, Topic
from communities.filters import CommunityFilterSet
from communities.keys import fold, words
from communities.marks import Tally
from communities.models import Community, SearchWord
from communities.querysets import CommunityQuerySet
from communities.querysets.search import RANKED, branch_word, may_go_on, words_query
from communities.views.cards import cards
from communities.views.counts import districts, heat, tally
from hub.models import Branch, District
from hub.prepared import Prepared
from hub.public import public_page
from hub.small_pictures import CARD, ROW

VIEWS = ("list", "cards", "map")
PAGE = 24
#: How deep a list may be paged; who looks further is better served by a filter.
DEEPEST = 2400
SUGGESTED = 5


@dataclass(frozen=True)
class Asked:
    """A question to the catalogue as it is answered: typos mended, options counted when somebody looks."""

    branch: Branch
    chosen: dict[str, list[str]]
    words: list[str]
    mended: bool = False

    @cached_property
    def districts(self) -> list[District]:
        return districts(self.branch)

    @cached_property
    def tally(self) -> Tally:
        """All that have the words, whatever else was chosen."""
        return tally(self.branch, self.districts, self.words)

    @cached_property
    def counts(self) -> dict[str, Any]:
        fixed = CommunityFilterSet.options()
        options = {group: [value for value, _label in pairs] for group, pairs in fixed.items()}
        options["district"] = list(dict.fromkeys(district.slug for district in self.districts))
        return self.tally.facets(self.chosen, options)

    def everybody(self) -> CommunityQuerySet:
        return Community.objects.in_branch(self.branch).listed()

    def fitting(self) -> Any:
        """Those that fit, in no order."""
        found = self.everybody().chosen(self.chosen)
        if self.words:
            return found.found_by(words_query(self.words, self.branch))
        return found.told_by_index(self.branch.pk)

    def cards(self, start: int) -> Any:
        """What the cards of one page show, in the order of the catalogue."""
        if not start and not self.chosen and not self.words:
            return _newest(self.branch.pk)
        if not start and not self.chosen and may_go_on(self.words) and self.counts["total"] <= RANKED:
            return _best(len(self.words))(self.branch.pk, branch_word(self.branch), *self.words)
        ordered = (
            self.everybody().chosen(self.chosen).best_first(self.words, self.branch, self.counts["total"])
        )
        return ordered.cards()[start : start + PAGE]


#: The pages of the catalogue that the most people open, written once: the first, and that of some words.
_newest = Prepared(
    lambda branch: Community.objects.filter(branch_id=branch).listed().newest_first().cards()[:PAGE], int
)


@cache
def _best(words: int) -> Prepared:
    return Prepared(
        lambda branch, word, *asked: (
            Community.objects.filter(branch_id=branch).listed().best_first(asked, word, 0).cards()[:PAGE]
        ),
        *(int, str, *[str] * words),
    )


def asked(request: HttpRequest) -> Asked:
    """Read the question from the address; when no record has its words, look for what was meant."""
    branch: Branch = request.branch  # type: ignore[attr-defined]
    question = Asked(branch, *CommunityFilterSet.read(request.GET))
    if question.words and not len(question.tally) and "exact" not in request.GET:
        meant = SearchWord.objects.meant(branch, request.GET["q"], question.words)
        better = replace(question, words=meant, mended=True)
        if meant != question.words and len(better.tally):
            return better
    return question


@public_page
def community_list(request: HttpRequest) -> HttpResponse:
    """`/communities/`: everything that is asked for stands in the address."""
    question = asked(request)
    shown = request.GET.get("view", "")
    shown = shown if shown in VIEWS else "list"
    total = question.counts["total"]
    reach = min(total, RANKED if question.words else DEEPEST)
    page = Paginator(range(reach), PAGE).get_page(request.GET.get("page"))
    start = page.start_index() - 1 if reach else 0
    rows = question.cards(start) if total else []
    context = {
        "asked": question,
        "q": request.GET.get("q", ""),
        "total": total,
        "more": question.words and total > RANKED,
        "communities": cards(rows, CARD if shown == "cards" else ROW),
        "page": page,
        "shown": shown,
        "views": _views(request.GET, shown),
        "groups": _groups(question),
        "chips": _chips(request.GET, question),
        "clear": _address(request.GET, {group: [] for group in question.chosen}),
        "exact": _address(request.GET, {"exact": ["1"]}),
        "source": f"{reverse('community-map')}?{_without(request.GET, 'page', 'view').urlencode()}",
    }
    part = request.headers.get("HX-Target") == "results"
    return render(request, f"communities/{'_community_results' if part else 'community_list'}.html", context)


@public_page
def community_suggest(request: HttpRequest) -> HttpResponse:
    """What the beginning of a question may mean: communities by name, directions and topics, words."""
    branch: Branch = request.branch  # type: ignore[attr-defined]
    text = request.GET.get("q", "")[:100]
    started = words(text, most=4)
    items: list[dict[str, Any]] = []
    if len(" ".join(started)) > 1:
        items = _suggested(branch, text, started)
    return render(request, "components/suggest.html", {"items": items})


def _suggested(branch: Branch, text: str, started: list[str]) -> list[dict[str, Any]]:
    listed = Community.objects.in_branch(branch).listed()
    vocabulary = SearchWord.objects.in_branch(branch)

    def named(by: list[str]) -> list[dict[str, Any]]:
        return cards(
            listed.found_by(words_query(by, branch, in_name=True)).newest_first().cards()[:SUGGESTED]
        )

    found = named(started)
    completed = list(vocabulary.beginning_with(started[-1]).values_list("word", flat=True)[:3])
    if not found and not completed:
        meant = SearchWord.objects.meant(branch, text, started)
        found = named(meant) if meant != started else []
        completed = meant[-1:] if meant != started else []
    catalogue = reverse("community-list")
    items: list[dict[str, Any]] = [
        {"url": row["url"], "name": row["name"], "slug": row["slug"], "note": row["district"] or row["short"]}
        for row in found
    ]
    for group, choices, note in (("direction", Direction, _("Направление")), ("topic", Topic, _("Тема"))):
        items += [
            {
                "url": f"{catalogue}?{group}={choice.value}",
                "name": choice.label,
                "icon": "filter",
                "note": note,
            }
            for choice in choices
            if any(word.startswith(started[-1]) for word in fold(str(choice.label)).split())
        ][:2]
    before = " ".join(started[:-1])
    for word in completed:
        phrase = f"{before} {word}".strip()
        address = QueryDict(mutable=True)
        address["q"] = phrase
        items.append(
            {
                "url": f"{catalogue}?{address.urlencode()}",
                "name": phrase,
                "marked": format_html("{} <b>{}</b>", before, word)
                if before
                else format_html("<b>{}</b>", word),
                "icon": "search",
            }
        )
    return items


@public_page
def community_gaps(request: HttpRequest) -> HttpResponse:
    """Directions × districts: where the city has nobody yet."""
    return render(request, "communities/gaps.html", heat(request.branch))  # type: ignore[attr-defined]


# --- the question as links -------------------------------------------------------------------------


def _without(data: QueryDict, *names: str) -> QueryDict:
    left = data.copy()
    for name in names:
        left.pop(name, None)
    for name, values in list(left.lists()):
        if not any(values):
            del left[name]
    return left


def _address(data: QueryDict, changed: dict[str, list[str]]) -> str:
    """The same question with some answers changed, on its first page."""
    left = _without(data, "page")
    for name, values in changed.items():
        if values:
            left.setlist(name, values)
        else:
            left.pop(name, None)
    return f"?{left.urlencode()}" if left else reverse("community-list")


def _views(data: QueryDict, shown: str) -> list[dict[str, Any]]:
    looks = (
        ("list", _("Список"), "list"),
        ("cards", _("Карточки"), "layout-grid"),
        ("map", _("Карта"), "map-2"),
    )
    return [
        {"label": label, "icon": icon, "here": shown == code, "href": _address(data, {"view": [code]})}
        for code, label, icon in looks
    ]


def _options(question: Asked) -> dict[str, list[tuple[str, Any]]]:
    many = len({district.city_id for district in question.districts}) > 1
    names = [(d.slug, f"{d.name}, {d.city.name}" if many else d.name) for d in question.districts]
    return CommunityFilterSet.options() | {"district": names}


#: Groups as they stand in the page; long ones show the fullest options first and fold the rest.
ORDER = ("direction", "district", "age", "format", "days", "topic", "language")
FLAGS = ("looking", "accessible", "confirmed")
SHOWN_OF_LONG = 6


def _groups(question: Asked) -> list[dict[str, Any]]:
    labels = CommunityFilterSet.base_filters
    options = _options(question)

    def made(group: str) -> list[dict[str, Any]]:
        taken, counts = question.chosen.get(group, []), question.counts.get(group, {})
        return [
            {
                "group": group,
                "value": value,
                "label": label,
                "n": counts.get(value, 0),
                "checked": value in taken,
            }
            for value, label in options[group]
        ]

    groups = []
    for group in ORDER:
        rows = made(group)
        if len(rows) > SHOWN_OF_LONG + 1:
            rows.sort(key=lambda row: (not row["checked"], -row["n"]))
        if rows:
            groups.append(
                {
                    "name": group,
                    "title": labels[group].label,
                    "head": rows[:SHOWN_OF_LONG],
                    "rest": rows[SHOWN_OF_LONG:],
                }
                if len(rows) > SHOWN_OF_LONG + 1
                else {"name": group, "title": labels[group].label, "head": rows, "rest": []}
            )
    flags = [row for group in FLAGS for row in made(group)]
    groups.append({"name": "flags", "title": _("Ещё"), "head": flags, "rest": []})
    return groups


def _chips(data: QueryDict, question: Asked) -> list[dict[str, Any]]:
    """One chip for each chosen option; its link takes it off."""
    options = _options(question)
    chips = []
    for group, values in question.chosen.items():
        names = dict(options.get(group, []))
        for value in values:
            left = [other for other in values if other != value]
            label = names.get(value, value if group not in FLAGS else "")
            if group in FLAGS and value == "false":
                label = _("Нет: %(what)s") % {"what": names["true"]}
            chips.append({"label": label, "href": _address(data, {group: left})})
    return chips
