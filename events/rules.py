"""Who may do what with events: predicates, and as the tail the app's whole permission table."""

from __future__ import annotations

from typing import Any

import rules

from communities.rules import is_leader_or_co_leader, is_steward
from events.choices import OrganiserState
from events.models import StateEventSupport, Talk
from hub.rules import is_administration, is_coordinator, is_staff_of_branch, is_submitter, widen


@rules.predicate
def is_organiser(user: Any, event: Any) -> bool:
    """One of the people of a community that holds the event."""
    if not user.is_authenticated or event is None:
        return False
    accepted = event.organisers.filter(state=OrganiserState.ACCEPTED)
    return accepted.filter(community__stewardships__user=user).exists()


@rules.predicate
def is_of_city(user: Any, event: Any) -> bool:
    """The administration's own event."""
    return event is not None and event.is_state


@rules.predicate
def is_own(user: Any, registration: Any) -> bool:
    """The person's own registration."""
    return bool(user.is_authenticated and registration and registration.user_id == user.pk)


@rules.predicate
def is_speaker(user: Any, talk: Any) -> bool:
    return talk is not None and user.pk is not None and talk.user_id == user.pk


def _proven_by(upload: Any) -> list[Any]:
    """What the file is the proof of."""
    kept = (StateEventSupport.objects.filter(photo=upload), Talk.objects.filter(proof=upload))
    return [row for rows in kept for row in rows.select_related("community")]


@rules.predicate
def reads_proof(user: Any, upload: Any) -> bool:
    """The file proves what one's community did, or a figure that one answers for."""
    if upload is None or not user.is_authenticated:
        return False
    return any((is_steward | is_staff_of_branch).test(user, row) for row in _proven_by(upload))


rules.add_perm("events.announce_event", is_steward)  # of the Community
rules.add_perm("events.edit_event", is_coordinator | (is_administration & is_of_city) | is_organiser)
# What a coordinator changes in an event of their own community another one looks at.
rules.add_perm("events.edit_unreviewed", is_coordinator & ~is_organiser)
rules.add_perm("events.copy_event", is_organiser)
# Names of residents: for those who open the door to them, and the coordinator. Of the Event.
rules.add_perm("events.see_registrations", is_organiser | is_coordinator | (is_administration & is_of_city))
rules.add_perm("events.withdraw_registration", is_own)  # of the Registration
rules.add_perm("events.answer_invitation", is_leader_or_co_leader)  # of the Organiser
# Calendars of other programs: of the Community. Whoever subscribes one announces its events.
rules.add_perm("events.add_calendar", is_steward)
rules.add_perm("events.manage_calendar", is_steward | is_coordinator)
rules.add_perm("events.view_calendars", is_coordinator)  # of the Branch
rules.add_perm("events.review_event", is_coordinator & ~is_submitter)
rules.add_perm("events.review_edit", is_coordinator & ~is_submitter)  # of the EventEdit
rules.add_perm("events.trust_organiser", is_coordinator)  # of the Branch
rules.add_perm("events.view_clashes", is_coordinator | is_administration)  # of the Branch
rules.add_perm("events.manage_venues", is_coordinator)  # of the Branch, then of the Venue

rules.add_perm("events.post_state_event", is_administration)  # of the Branch
rules.add_perm("events.view_state_events", is_administration | is_coordinator)  # of the Branch
rules.add_perm("events.trust_administration", is_coordinator)  # of the Branch
# Of the Community, then of the StateEventSupport.
rules.add_perm("events.offer_support", is_leader_or_co_leader)
rules.add_perm("events.answer_support", is_administration & ~is_steward)
rules.add_perm("events.review_support", is_coordinator & ~is_submitter & ~is_steward)
rules.add_perm("events.tell_talk", is_steward)  # of the Community, then of the Talk
rules.add_perm("events.review_talk", is_coordinator & ~is_submitter & ~is_steward & ~is_speaker)

# Files: proofs of support and of talks.
widen("hub.view_upload", reads_proof)
