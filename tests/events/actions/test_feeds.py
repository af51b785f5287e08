"""One address a person and branch, however many ask for it at once."""

from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError

from events.actions.feeds import make_feed, renew_feed, revoke_feed, token_of
from events.models import PersonalFeed
from hub.approvals import revisions_of
from tests import factories as f
from tests.at_once import at_once

MANY = 8
pytestmark = pytest.mark.django_db(transaction=True)


def test_asked_for_at_once_there_is_one_address():
    user, branch = f.UserFactory(), f.BranchFactory()
    found = at_once(*[partial(make_feed, branch, sources=["city"], filters={}, by=user)] * MANY)
    assert len({token_of(feed) for feed in found}) == 1
    [feed] = PersonalFeed.objects.all()
    assert [one.action for one in revisions_of(feed)] == ["make"]


def test_the_race_is_real():
    """A look before the write lets several write, and all but one of them fail."""
    user, branch = f.UserFactory(), f.BranchFactory()
    looked = Barrier(MANY)

    def naive():
        found = PersonalFeed.objects.filter(user=user, branch=branch).first()
        looked.wait()
        rest = {"nonce": "0", "token_hash": "0" * 64, "issued_at": "2027-01-14T09:00Z"}
        return found or PersonalFeed.objects.create(user=user, branch=branch, **rest)

    outcomes = at_once(*[naive] * MANY, refusals=IntegrityError)
    assert sum(isinstance(one, IntegrityError) for one in outcomes) == MANY - 1


def test_taken_back_once_however_often_it_is_asked():
    user, branch = f.UserFactory(), f.BranchFactory()
    make_feed(branch, sources=["city"], filters={}, by=user)
    assert sorted(at_once(*[partial(revoke_feed, branch, by=user)] * MANY)) == [False] * (MANY - 1) + [True]
    assert renew_feed(branch, by=user) is None
