"""Who may do what with events: predicates, and as the tail the app's whole permission table."""

from __future__ import annotations

from typing import Any

import rules

from communities.choices import StewardRole
from events.choices import OrganiserState
from hub.rules import is_administration, is_coordinator, is_submitter

_SPEAKING = [StewardRole.LEADER, StewardRole.CO_LEADER]
_WORKING = [*_SPEAKING, StewardRole.EDITOR]


@rules.predicate
def is_organiser(user: Any, event: Any) -> bool:
    """One of the people of a community that holds the event."""
    if not user.is_authenticated or event is None:
        return False
    accepted = event.organisers.filter(state=OrganiserState.ACCEPTED)
    return accepted.filter(
        community__stewardships__user=user, community__stewardships__role__in=_WORKING
    ).exists()


@rules.predicate
def speaks_for_invited(user: Any, organiser: Any) -> bool:
    """Leader or co-leader of the community that is asked to hold the event as well."""
    if not user.is_authenticated or organiser is None:
        return False
    return organiser.community.stewardships.filter(user=user, role__in=_SPEAKING).exists()


@rules.predicate
def announces_for(user: Any, community: Any) -> bool:
    """One of the people of the community that announces."""
    if not user.is_authenticated or community is None:
        return False
    return community.stewardships.filter(user=user, role__in=_WORKING).exists()


@rules.predicate
def is_own(user: Any, registration: Any) -> bool:
    """The person's own registration."""
    return bool(user.is_authenticated and registration and registration.user_id == user.pk)


rules.add_perm("events.announce_event", announces_for)  # of the Community
rules.add_perm("events.edit_event", is_organiser | is_coordinator | is_administration)
# Names of residents: for those who open the door to them, and the coordinator.
rules.add_perm("events.see_registrations", is_organiser | is_coordinator)  # of the Event
rules.add_perm("events.withdraw_registration", is_own)  # of the Registration
rules.add_perm("events.answer_invitation", speaks_for_invited)  # of the Organiser
# Calendars of other programs: of the Community. Whoever subscribes one announces its events.
rules.add_perm("events.add_calendar", announces_for)
rules.add_perm("events.manage_calendar", announces_for | is_coordinator)
rules.add_perm("events.view_calendars", is_coordinator)  # of the Branch
rules.add_perm("events.review_event", is_coordinator & ~is_submitter)
rules.add_perm("events.trust_organiser", is_coordinator)  # of the Branch
