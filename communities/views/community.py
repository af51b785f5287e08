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

from communities.choices import Age, ContactKind, Language, Listing, ResourceKind
from communities.models import CensusRecord, Community, Contact
from communities.views.cards import DIRECTIONS, picture
from hub.models import Branch
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


@public_page
def community_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """What the city sees of a community; an old address leads to the new one."""
    branch: Branch = request.branch  # type: ignore[attr-defined]
    community = find(branch, slug)
    if community.listing == Listing.ARCHIVED:
        return render(request, "communities/community_gone.html", {"community": community}, status=410)
    if community.slug != slug:
        moved = redirect(community, permanent=True)
        patch_cache_control(moved, max_age=300)  # a merge can be undone
        return moved
    context = {
        **shown(community.current, community),
        "leaders": leaders(community),
        "mine": request.user.is_authenticated and request.user.has_perm("communities.edit_record", community),
    }
    context["data"] = structured(request, community, context["pictures"])
    return render(request, "communities/community_detail.html", context)


def shown(record: CensusRecord, community: Community) -> dict[str, Any]:
    """What the page says of a record; its preview in the cabinet says the same."""
    return {
        "community": community,
        "record": record,
        "direction_label": DIRECTIONS.get(record.direction, ""),
        "others": [(code, DIRECTIONS[code]) for code in record.directions[1:] if code in DIRECTIONS],
        "logo": picture(record.logo.file.name) if record.logo and record.logo.is_public else "",
        "pictures": [
            picture(photo.upload.file.name)
            for photo in record.photos.select_related("upload")
            if photo.upload.is_public
        ],
        "offers": resources(record.offers),
        "needs": resources(record.needs),
        "links": links(record),
        "ages": labels(Age, record.ages),
        "languages": labels(Language, record.languages) if record.languages != [Language.RUSSIAN] else "",
    }


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


def links(record: CensusRecord) -> list[dict[str, str]]:
    """Addresses of the community in the open net; nothing but http(s) is made a link."""
    named = (
        (record.vk, _("ВКонтакте"), "brand-vk"),
        (record.telegram, "Telegram", "brand-telegram"),
        (record.site, "", "world"),
        (record.other_link, "", "link"),
    )
    shown = []
    for url, label, icon in named:
        if url.startswith(("https://", "http://")) and (host := urlsplit(url).hostname):
            shown.append({"url": url, "label": label or host.removeprefix("www."), "icon": icon})
    return shown


def leaders(community: Community) -> list[dict[str, Any]]:
    """People who let the city see their name, and contacts that have a living consent."""
    people: dict[int, dict[str, Any]] = {}
    for steward in community.stewardships.filter(is_public=True).select_related("user").order_by("pk"):
        people[steward.pk] = {"name": steward.user.name, "role": steward.get_role_display(), "contacts": []}
    contacts = Contact.objects.published().filter(stewardship__community=community)
    for contact in contacts.select_related("stewardship").order_by("pk"):
        role = contact.stewardship.get_role_display()
        person = people.setdefault(contact.stewardship_id, {"name": "", "role": role, "contacts": []})
        person["contacts"].append(
            {
                "href": contact_link(contact.kind, contact.value),
                "text": contact.value,
                "icon": CONTACT_ICONS[contact.kind],
            }
        )
    return [person for person in people.values() if person["name"] or person["contacts"]]


def contact_link(kind: str, value: str) -> str:
    """Where a click on a contact leads; "" when it is plain text."""
    if kind == ContactKind.PHONE:
        return "tel:" + re.sub(r"[^\d+]", "", value)
    if kind == ContactKind.EMAIL:
        return f"mailto:{value}" if re.fullmatch(r"[^\s?&]+@[^\s?&]+", value) else ""
    if kind == ContactKind.TELEGRAM and (found := _TELEGRAM.fullmatch(value)):
        return f"https://t.me/{found[1]}"
    return value if value.startswith(("https://", "http://")) else ""


def structured(request: HttpRequest, community: Community, pictures: list[str]) -> SafeString:
    """The community as schema.org Organization, safe inside <script type="application/ld+json">."""
    record = community.current
    address = request.build_absolute_uri(community.get_absolute_url())
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "@id": address,
        "url": address,
        "name": record.name,
        "description": record.short or record.description[:300],
        "areaServed": record.city.name if record.city else request.branch.name,  # type: ignore[attr-defined]
        "sameAs": [link["url"] for link in links(record)],
    }
    if record.founded:
        about["foundingDate"] = str(record.founded)
    if pictures:
        about["image"] = request.build_absolute_uri(pictures[0])
    if record.logo and record.logo.is_public:
        about["logo"] = request.build_absolute_uri(picture(record.logo.file.name))
    return mark_safe(json.dumps(about, ensure_ascii=False).translate(_json_script_escapes))
