"""The whole demo: accounts, both branches, and what waits for somebody today."""

from __future__ import annotations

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password

from communities.actions.merging import merge_communities
from communities.actions.search import refresh_search_words
from communities.actions.stewardship import invite_steward
from communities.choices import StewardRole
from communities.models import Claim, Stewardship
from events.actions.search import refresh_event_words
from hub.choices import ConsentKind, State
from hub.models import Branch, Consent, Role, User
from reports.actions import record_indicators
from reports.management.demo.announce import announce_events
from reports.management.demo.city import CityBuilder, consent
from reports.management.demo.clocks import backdated
from reports.management.demo.people import ACCOUNTS, CLAIMANT, DOMAIN
from reports.management.demo.places import BRANCHES
from reports.management.demo.told import tell_the_past


def _accounts(password: str, joined: datetime) -> dict[str, User]:
    # One hash for all: they share the password anyway, and hashing is slow by design.
    hashed = make_password(password)
    rows = [
        User(email=a.email, name=a.name, password=hashed, is_demo=True, date_joined=joined) for a in ACCOUNTS
    ]
    claimant = User(email=CLAIMANT.email, name=CLAIMANT.name, is_demo=True, date_joined=joined)
    claimant.set_unusable_password()
    rows.append(claimant)
    User.objects.bulk_create(rows)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in rows
    )
    Consent.objects.bulk_create(consent(user, ConsentKind.PROCESSING, "", joined) for user in rows)
    return {user.email: user for user in rows}


def _roles(people: dict[str, User], branches: dict[str, Branch], at: datetime) -> None:
    Role.objects.bulk_create(
        Role(
            user=people[account.email],
            role=account.role,
            branch=branches[account.branch] if account.branch else None,
            granted_at=at,
        )
        for account in ACCOUNTS
        if account.role
    )


def _further_people(sochi: CityBuilder) -> None:
    """A co-leader at work, and a claim that waits in the queue."""
    trail = sochi.communities["Тропа 862"]
    Stewardship.objects.create(
        community=trail,
        user=sochi.people[f"co-leader@{DOMAIN}"],
        role=StewardRole.CO_LEADER,
        is_public=False,
        since=sochi.calendar.ago(200, 12, "co-leader"),
    )
    claim = Claim.objects.create(
        community=sochi.communities["Фотоклуб «Третий план»"],
        text="Веду фотоклуб с 2019 года, страница клуба — моя. Могу выложить в ней любое слово для проверки.",
        link="https://vk.com/tretii_plan_demo",
        state=State.SUBMITTED,
        submitted_by=sochi.people[CLAIMANT.email],
        submitted_at=sochi.calendar.ago(2, 21, "claim"),
    )
    sochi.wrote(claim, "submit", claim.submitted_by, claim.submitted_at)


def _today(sochi: CityBuilder) -> None:
    """An invitation that nobody has opened yet, and a merge that can be undone."""
    invite_steward(sochi.communities["Папин якорь"], by=sochi.leaders["Папин якорь"], role=StewardRole.EDITOR)
    for story in sochi.stories:
        if story.merged_into:
            source, target = sochi.communities[story.name], sochi.communities[story.merged_into]
            merge_communities(source, target, by=sochi.coordinators[0])


def build_demo(password: str, now: datetime) -> None:
    """Both branches with their people and past. Call inside a transaction, on a database without people."""
    with backdated():
        joined = now - timedelta(days=900)
        people = _accounts(password, joined)
        builders = {slug: CityBuilder(slug, people, now) for slug in BRANCHES}
        _roles(people, {slug: builder.branch for slug, builder in builders.items()}, joined)
        for builder in builders.values():
            builder.build()
        _further_people(builders["sochi"])
        for builder in builders.values():
            builder.write_trail()
        for builder in builders.values():
            refresh_search_words(builder.branch)
    _today(builders["sochi"])
    for builder in builders.values():
        tell_the_past(builder.branch, builder.calendar)
    announce_events(builders["sochi"])
    refresh_event_words(builders["sochi"].branch)
    record_indicators()
