"""How long ago something was confirmed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hub.templatetags import states


@pytest.mark.parametrize(
    ("days", "level"), [(0, ""), (183, ""), (184, "aging"), (366, "aging"), (367, "stale")]
)
def test_freshness(days, level):
    assert states.freshness(timezone.localdate() - timedelta(days=days)) == level
    assert states.freshness(timezone.now() - timedelta(days=days)) == level
    assert states.freshness(None) == "never"
