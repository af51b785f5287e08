"""The database knows Cyrillic; the demo city stands on no real data."""

import pytest
from django.core.checks import run_checks

from hub import checks
from tests import factories as f

pytestmark = pytest.mark.django_db


def ids():
    found = run_checks(tags=["database"], databases=["default"])
    return [message.id for message in found]


def test_a_good_database_passes():
    f.BranchFactory()
    assert ids() == []


def test_a_database_without_cyrillic_is_refused(monkeypatch):
    # A sign stands in for what LC_CTYPE=C does to Cyrillic ones: no trigrams at all.
    monkeypatch.setattr(
        checks, "_ask", lambda alias, sql, ask=checks._ask: ask(alias, sql.replace("Сочи", "!"))
    )
    assert ids() == ["hub.E001"]


@pytest.mark.parametrize(("is_demo", "found"), [(True, []), (False, ["hub.E002"])])
def test_the_demo_refuses_a_real_branch(settings, is_demo, found):
    settings.DEMO = True
    f.BranchFactory(is_demo=is_demo)
    assert ids() == found
