"""The indicators that a branch answers for: one file per app whose rows they count."""

from reports.kpis.communities import communities_united
from reports.kpis.definition import Kpi

#: In the order in which they are shown.
KPIS: tuple[Kpi, ...] = (communities_united,)
BY_CODE: dict[str, Kpi] = {kpi.code: kpi for kpi in KPIS}

__all__ = ["BY_CODE", "KPIS", "Kpi"]
