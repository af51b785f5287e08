"""A community's own page."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.html import _json_script_escapes
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from communities.choices import (
    Age,
    ContactKind,
    Format,
    Joining,
    Language,
    Listing,
    ResourceKind,
    Rhythm,
    StewardRole,
)
from communities.models import CensusRecord, Community
from communities.views.cards import DIRECTIONS, Picture, picture, sizes
from hub.models import Branch
from hub.prepared import Prepared
from hub.public import public_page

RESOURCE_ICONS = {
    "room": "door",
    "equipment": "tool",
    "skill": "school",
    "people": "users",
    "media": "speakerphone",
    "money": "coins",
    "contacts": "topology-star-3",
}
CONTACT_ICONS = {"phone": "phone", "email": "mail", "telegram": "brand-telegram", "vk": "brand-vk"}
_TELEGRAM = re.compile(r"(?:https?://t\.me/|@)?([A-Za-z0-9_]{4,32})/?")


#: The page in one query, written once: it is the one that the most people open.
_page = Prepared(
    lambda branch, slug: Community.objects.filter(branch_id=branch, slug=slug).listed().whole_page(), int, str
)


@public_page
def community_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What the city sees of a community; an old address leads to the new one."""
    branch: Branch = request.branch  # type: ignore[attr-defined]
    rows = _page(branch.pk, slug)
    return _shown(request, rows[0]) if rows else _elsewhere(request, branch, slug)


def _shown(request: HttpRequest, row: dict[str, Any]) -> HttpResponse:
    record = {name.removeprefix("current__"): value for name, value in row.items()}
    community = Community(pk=row["pk"], slug=row["slug"], branch=request.branch)  # type: ignore[attr-defined]
    context = said(record, community) | {
        "leaders": leaders(row["people"], row["contacts"]),
        "mine": request.user.is_authenticated and request.user.has_perm("communities.edit_record", community),
    }
    context["data"] = structured(request, community, record, context["pictures"], context["logo"])
    return render(request, "communities/community_detail.html", context)


def said(record: dict[str, Any], community: Community) -> dict[str, Any]:
    """What the page says of a record, whose columns come under their names."""
    directions = [(code, DIRECTIONS[code]) for code in record["directions"] if code in DIRECTIONS]
    return {
        "community": community,
        "record": record,
        "directions": directions,
        "direction": directions[0][0] if directions else "",
        "logo": picture(record["logo__file"]) if record["logo__is_public"] else "",
        "pictures": [sizes(name) for name in record["pictures"]],
        "offers": resources(record["offers"]),
        "needs": resources(record["needs"]),
        "links": links(record),
        "ages": labels(Age, record["ages"]),
        "languages": labels(Language, record["languages"])
        if record["languages"] != [Language.RUSSIAN]
        else "",
        "format": label(Format, record["format"]),
        "joining": label(Joining, record["joining"]),
        "when": record["schedule"] or label(Rhythm, record["rhythm"]),
    }


def shown(record: CensusRecord, community: Community) -> dict[str, Any]:
    """The same of a record that is not public yet: its preview in the cabinet."""
    photos = record.photos.select_related("upload")
    return said(
        vars(record)
        | {
            "pk": record.pk,
            "is_editable": record.is_editable,
            "district__slug": record.district.slug if record.district else None,
            "district__name": record.district.name if record.district else None,
            "logo__file": record.logo.file.name if record.logo else None,
            "logo__is_public": record.logo and record.logo.is_public,
            "pictures": [photo.upload.file.name for photo in photos if photo.upload.is_public],
        },
        community,
    )


def _elsewhere(request: HttpRequest, branch: Branch, slug: str) -> HttpResponse:
    """No listed community has this address: where it went, or what became of it."""
    community = find(branch, slug)
    if community.listing == Listing.ARCHIVED:
        return render(request, "communities/community_gone.html", {"community": community}, status=410)
    moved = redirect(community, permanent=True)
    patch_cache_control(moved, max_age=300)  # a merge can be undone
    return moved


def find(branch: Branch, slug: str) -> Community:
    """The community that answers under `slug` now: itself, its new address, or what it was merged into.

    Raises Http404 for what is not (or not yet) public.
    """
    community = (
        Community.objects.in_branch(branch).with_record().select_related("current__city").at_address(slug)
    )
    seen: set[int] = set()
    while community and community.listing == Listing.MERGED and community.pk not in seen:
        seen.add(community.pk)
        community = (
            Community.objects.with_record()
            .select_related("current__city")
            .filter(pk=community.merged_into_id)
            .first()
        )
    if community is None or community.listing not in (Listing.LISTED, Listing.ARCHIVED):
        raise Http404
    return community


def label(choices: Any, code: str) -> str:
    """The word of `code`; "" for an unknown one."""
    return str(dict(choices.choices).get(code, ""))


def labels(choices: Any, codes: list[str]) -> str:
    """The words of `codes`, with commas between; unknown codes are left out."""
    known = dict(choices.choices)
    return ", ".join(str(known[code]) for code in codes if code in known)


def resources(rows: Any) -> list[dict[str, Any]]:
    """Offers or needs of a record with the icon and the word of their kind."""
    kinds = dict(ResourceKind.choices)
    return [
        {
            "text": row["text"],
            "icon": RESOURCE_ICONS.get(row.get("kind"), "package"),
            "kind": kinds.get(row.get("kind"), ""),
        }
        for row in rows
        if isinstance(row, dict) and row.get("text")
    ]


def links(record: dict[str, Any]) -> list[dict[str, str]]:
    """Addresses of the community in the open net; nothing but http(s) is made a link."""
    named = (
        (record["vk"], _("ВКонтакте"), "brand-vk"),
        (record["telegram"], "Telegram", "brand-telegram"),
        (record["site"], "", "world"),
        (record["other_link"], "", "link"),
    )
    shown = []
    for url, name, icon in named:
        if url.startswith(("https://", "http://")) and (host := urlsplit(url).hostname):
            shown.append({"url": url, "label": name or host.removeprefix("www."), "icon": icon})
    return shown


def leaders(people: list[dict[str, Any]], contacts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """People who let the city see their name, and contacts that have a living consent."""
    roles = dict(StewardRole.choices)
    known = {
        one["pk"]: {"name": one["name"], "role": roles[one["role"]], "contacts": []}
        for one in people
        if one["name"]
    }
    for contact in contacts:
        person = known.setdefault(
            contact["steward"], {"name": "", "role": roles[contact["role"]], "contacts": []}
        )
        kind, value = contact["kind"], contact["value"]
        person["contacts"].append(
            {"href": contact_link(kind, value), "text": value, "icon": CONTACT_ICONS[kind]}
        )
    return list(known.values())


def contact_link(kind: str, value: str) -> str:
    """Where a click on a contact leads; "" when it is plain text."""
    if kind == ContactKind.PHONE:
        return "tel:" + re.sub(r"[^\d+]", "", value)
    if kind == ContactKind.EMAIL:
        return f"mailto:{value}" if re.fullmatch(r"[^\s?&]+@[^\s?&]+", value) else ""
    if kind == ContactKind.TELEGRAM and (found := _TELEGRAM.fullmatch(value)):
        return f"https://t.me/{found[1]}"
    return value if value.startswith(("https://", "http://")) else ""


def structured(
    request: HttpRequest, community: Community, record: dict[str, Any], pictures: list[Picture], logo: str
) -> SafeString:
    """The community as schema.org Organization, safe inside <script type="application/ld+json">."""
    address = request.build_absolute_uri(community.get_absolute_url())
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "@id": address,
        "url": address,
        "name": record["name"],
        "description": record["short"] or record["description"][:300],
        "areaServed": record["city__name"] or request.branch.name,  # type: ignore[attr-defined]
        "sameAs": [link["url"] for link in links(record)],
    }
    if record["founded"]:
        about["foundingDate"] = str(record["founded"])
    if pictures:
        about["image"] = request.build_absolute_uri(pictures[0].whole)
    if logo:
        about["logo"] = request.build_absolute_uri(logo)
    return mark_safe(json.dumps(about, ensure_ascii=False).translate(_json_script_escapes))
