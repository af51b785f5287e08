"""The printable passport of a community: a tagged PDF by typst."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import typst
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from communities.choices import Age, Direction, Format, Language, Listing, Rhythm, Topic
from communities.models import CensusRecord, Community
from communities.views.community import find, label, labels, links, resources
from hub.models import Branch
from hub.templatetags.pictures import initials
from hub.templatetags.words import counted

TEMPLATE = settings.BASE_DIR / "templates" / "communities" / "passport.typ"
FONTS = settings.BASE_DIR / "static" / "vendor" / "golos-text" / "ttf"
#: What our fonts draw; any other sign (emoji, another script) would spoil a document for screen readers.
_UNDRAWN = re.compile(
    r"[^\n\t -~\u00a0-\u024f\u0400-\u052f\u2010-\u2027\u2030-\u203a\u20ac\u20bd\u2116\u2122\u2212]"
)


@require_safe
def community_passport(request: HttpRequest, slug: str) -> HttpResponse:
    """The passport as PDF/UA. It holds nothing personal: no names of leaders and no contacts of theirs."""
    branch: Branch = request.branch  # type: ignore[attr-defined]
    community = find(branch, slug)
    if community.listing != Listing.LISTED:
        raise Http404
    if community.slug != slug:
        return redirect("community-passport", slug=community.slug, permanent=True)
    response = HttpResponse(passport(content_of(request, community)), content_type="application/pdf")
    name = _("Паспорт %(name)s") % {"name": community.name}
    response.headers["Content-Disposition"] = (
        f"inline; filename=\"{community.slug}.pdf\"; filename*=UTF-8''{quote(name[:100], safe='')}.pdf"
    )
    response.headers["Cache-Control"] = "public, max-age=60"
    return response


def passport(content: dict[str, Any]) -> bytes:
    """Set `content` (see `content_of`) as a PDF that conforms to PDF/UA-1."""
    drawn = _drawn(content)
    if not drawn["name"].strip():  # a name of emoji alone; PDF/UA knows no document without a title
        drawn["name"] = content["passport"]
    return typst.compile(
        TEMPLATE,
        root=TEMPLATE.parent,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(drawn, ensure_ascii=False)},
        pdf_standards="ua-1",
    )


def _drawn(value: Any) -> Any:
    """The same without signs that the font does not have."""
    if isinstance(value, str):
        return _UNDRAWN.sub("", value)
    if isinstance(value, list):
        return [_drawn(one) for one in value]
    if isinstance(value, dict):
        return {name: _drawn(one) for name, one in value.items()}
    return value


def content_of(request: HttpRequest, community: Community) -> dict[str, Any]:
    """Everything the passport says, as plain strings."""
    branch: Branch = request.branch  # type: ignore[attr-defined]
    record = community.current
    address = request.build_absolute_uri(community.get_absolute_url())
    today = date_format(timezone.localdate(), "d.m.Y")
    texts = [
        (_("О сообществе"), record.description),
        (_("Цели на год"), record.goals),
        (_("Мечта на 20 лет"), record.dream),
    ]
    lists = [(_("Можем дать"), resources(record.offers)), (_("Ищем"), resources(record.needs))]
    confirmed = record.submitted_at and timezone.localdate(record.submitted_at)
    return {
        "language": (get_language() or "ru")[:2],
        "hue": branch.hue,
        "organisation": _("Центр Сообществ, %(branch)s") % {"branch": branch.name},
        "passport": _("Паспорт сообщества"),
        "name": record.name,
        "short": record.short,
        "initials": initials(record.name),
        "tags": [
            labels(Direction, record.directions),
            labels(Topic, record.topics),
            _("подтверждено %(day)s") % {"day": date_format(confirmed, "d.m.Y")}
            if confirmed
            else _("не подтверждено лидером"),
        ],
        "facts_title": _("Как прийти"),
        "facts": [{"label": question, "text": text} for question, text in facts(record) if text],
        "texts": [
            {"title": title, "paragraphs": [line.strip() for line in text.splitlines() if line.strip()]}
            for title, text in texts
            if text.strip()
        ],
        "lists": [{"title": title, "items": [row["text"] for row in rows]} for title, rows in lists if rows],
        "links_title": _("Где ещё"),
        "links": [
            {"url": url, "text": url.split("://", 1)[1].rstrip("/")}
            for url in [address, *(one["url"] for one in links(vars(record)))]
        ],
        "address_text": address.split("://", 1)[1],
        "made": _("Напечатано с портала %(day)s") % {"day": today},
    }


def facts(record: CensusRecord) -> list[tuple[str, str]]:
    """(question, answer) of what a newcomer wants to know; an answer may be empty."""
    where = [
        record.place,
        record.district.name if record.district else "",
        record.city.name if record.city else "",
    ]
    people = [counted(record.participants, "participants") if record.participants else ""]
    if record.core_members:
        people.append(_("в ядре %(n)s") % {"n": record.core_members})
    return [
        (_("Когда"), record.schedule or label(Rhythm, record.rhythm)),
        (_("Где"), ", ".join(dict.fromkeys(part for part in where if part))),
        (_("Формат"), label(Format, record.format)),
        (_("Тому, кто впервые"), record.first_visit),
        (_("Как вступить"), record.get_joining_display()),
        (_("Для кого"), labels(Age, record.ages)),
        (_("Кто ходит"), ", ".join(part for part in people if part)),
        (_("Языки"), labels(Language, record.languages)),
        (_("На коляске"), _("можно") if record.accessible else ""),
        (_("Появилось"), _("в %(year)s году") % {"year": record.founded} if record.founded else ""),
    ]
