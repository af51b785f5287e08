"""Addresses of the reports."""

from django.urls import path

from reports.views import branches, indicators

urlpatterns = [
    path("kpi/", indicators.kpi_dashboard, name="kpi-dashboard"),
    path("kpi/branches/", branches.kpi_branches, name="kpi-branches"),
    path("kpi/<slug:code>/", indicators.kpi_evidence, name="kpi-evidence"),
    path("kpi/<slug:code>/table/", indicators.kpi_table, name="kpi-table"),
    path("kpi/<slug:code>/plan/", indicators.kpi_plan, name="kpi-plan"),
    path("kpi/<slug:code>/<int:pk>/", indicators.kpi_proof, name="kpi-proof"),
]
