"""The figures are about nobody."""

from __future__ import annotations

from hub.my_data import not_personal
from reports.models import Datum, Indicator, Plan


def register() -> None:
    for model in (Datum, Indicator, Plan):
        not_personal(model, "figures of branches")
