"""Everything that the API may be asked, made up from its own schema: no error of ours, nothing undocumented."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given, settings
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import FailureGroup

from communities.models import Community
from events.models import Event
from hub.wsgi import application
from tests import factories as f

load_all_checks()
#: How many questions of each kind each operation is asked by each role.
QUESTIONS = 12
CHECKED = [
    "not_a_server_error", "content_type_conformance", "response_schema_conformance",
    "status_code_conformance", "unsupported_method",
]  # fmt: skip


def strict(spec: Any) -> Any:
    """The same schema where an answer has no field beside those that it names."""
    if isinstance(spec, dict):
        made = {key: strict(value) for key, value in spec.items()}
        if "properties" in made and made.get("type") == "object":
            made.setdefault("additionalProperties", False)
        return made
    return [strict(value) for value in spec] if isinstance(spec, list) else spec


@pytest.fixture
def in_one_transaction() -> Iterator[None]:
    """The portal answers within the test's own transaction, as it does to Django's test client."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def spec(monkeypatch, in_one_transaction) -> dict[str, Any]:
    for throttle in (AnonRateThrottle, UserRateThrottle):
        monkeypatch.setattr(throttle, "rate", "1000000/min", raising=False)
    made = SchemaGenerator().get_schema(request=None, public=True)
    return strict(json.loads(json.dumps(made, default=str)))


def ask_everything(spec: dict[str, Any], headers: dict[str, str], mode: GenerationMode) -> None:
    """Raises FailureGroup for the first answer that the schema does not name."""
    schema = schemathesis.openapi.from_dict(spec)
    schema.app = application
    for found in schema.get_all_operations():
        operation = found.ok()
        # What really stands there first: made-up questions seldom find anything.
        slug = Community if "communities" in operation.path else Event
        there = {"slug": slug.objects.order_by("pk").first().slug} if "{slug}" in operation.path else {}
        case = operation.Case(path_parameters=there)
        case.validate_response(case.call(headers=headers), checks=CHECKS.get_by_names(CHECKED))

        @settings(
            max_examples=QUESTIONS, derandomize=True, database=None, deadline=None,
            phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(case=operation.as_strategy(mode))
        def asks(case):
            answer = case.call(headers=headers)
            case.validate_response(answer, checks=CHECKS.get_by_names(CHECKED))

        asks()


@pytest.fixture
def headers(request) -> dict[str, str]:
    """Of the role: a session, or none."""
    community = f.approved(name="Тропа").community
    f.opened(2, community, title="Прогулка", starts_at=timezone.now() + timedelta(days=2))
    f.event(community, title="Черновик")
    f.draft()
    people = {"stranger": None, "leader": community.stewardships.get().user, "coordinator": f.coordinator()}
    client = Client()
    if person := people[request.param]:
        client.force_login(person)
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
    return {"Cookie": cookies} if cookies else {}


@pytest.mark.django_db
@pytest.mark.parametrize("headers", ["stranger", "leader", "coordinator"], indirect=True)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["fit", "unfit"])
def test_every_answer_is_one_that_the_schema_names(spec, headers, mode):
    ask_everything(spec, headers, mode)


@pytest.mark.django_db
@pytest.mark.parametrize("headers", ["stranger"], indirect=True)
@pytest.mark.parametrize("shape", ["OccurrenceShape", "EventShape", "CommunityWhole"])
def test_a_field_that_the_schema_does_not_name_would_be_found(spec, headers, shape):
    named = spec["components"]["schemas"][shape]
    del named["properties"]["url"]
    named["required"].remove("url")
    with pytest.raises(FailureGroup):
        ask_everything(spec, headers, GenerationMode.POSITIVE)
