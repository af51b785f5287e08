"""The schema of the API and a page that reads it to people."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from communities.api.communities import JsonAlways
from hub.public import public_page

schema = SpectacularJSONAPIView.as_view(
    permission_classes=[AllowAny], content_negotiation_class=JsonAlways, throttle_classes=[]
)


@public_page
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters and answers, drawn from the same schema that machines read."""
    made = SchemaGenerator().get_schema(request=None, public=True)
    shapes = made["components"]["schemas"]
    operations = [
        {
            "path": path,
            "summary": operation.get("summary", ""),
            "description": operation.get("description", ""),
            "parameters": [_parameter(one) for one in operation.get("parameters", [])],
            "answers": [
                {
                    "code": code,
                    "text": answer.get("description") or _("Ответ"),
                    "fields": _fields(answer, shapes),
                }
                for code, answer in operation["responses"].items()
            ],
        }
        for path, methods in made["paths"].items()
        for operation in methods.values()
    ]
    return render(request, "communities/api_docs.html", {"operations": operations})


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    shape = one["schema"]
    inner = shape.get("items", shape)
    return {
        "name": one["name"],
        "text": (one.get("description") or "").split("\n")[0],
        "kind": _kind(shape),
        "values": inner.get("enum", []),
    }


def _kind(shape: dict[str, Any]) -> str:
    if shape.get("type") == "array":
        return _("можно несколько раз")
    return {"integer": _("целое число"), "string": _("строка"), "boolean": _("да или нет")}.get(
        shape.get("type", ""), ""
    )


def _fields(answer: dict[str, Any], shapes: dict[str, Any], depth: int = 0) -> list[str]:
    """Names of the fields of an answer, those of its rows included."""
    content = next(iter(answer.get("content", {}).values()), {})
    reference = content.get("schema", {}).get("$ref", "")
    named: list[str] = []
    for name, shape in shapes.get(reference.rpartition("/")[2], {}).get("properties", {}).items():
        named.append(name)
        rows = shape.get("items", {}).get("$ref", "").rpartition("/")[2]
        if name == "results":
            named += [f"results[].{inner}" for inner in shapes.get(rows, {}).get("properties", {})]
    return named
