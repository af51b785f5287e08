"""The indicators that a branch answers for: one file per app whose rows they count."""

from reports.kpis.communities import communities_united
from reports.kpis.definition import Kpi
from reports.kpis.events import state_events_supported, talks_given

#: In the order in which they are shown.
KPIS: tuple[Kpi, ...] = (communities_united, state_events_supported, talks_given)
BY_CODE: dict[str, Kpi] = {kpi.code: kpi for kpi in KPIS}

__all__ = ["BY_CODE", "KPIS", "Kpi"]
