"""Tables taken into the registry."""

from django.urls import URLPattern, path

from communities.views import imports

urlpatterns: list[URLPattern] = [
    path("imports/", imports.import_list, name="import-list"),
    path("imports/<int:pk>/", imports.import_detail, name="import-detail"),
    path("imports/<int:pk>/columns/", imports.import_columns, name="import-columns"),
    path("imports/<int:pk>/start/", imports.import_start, name="import-start"),
    path("imports/<int:pk>/progress/", imports.import_progress, name="import-progress"),
    path("imports/<int:pk>/drop/", imports.import_drop, name="import-drop"),
    path("imports/<int:pk>/report.<slug:kind>", imports.import_report, name="import-report"),
    path("imports/<int:pk>/place/", imports.import_place, name="import-place"),
    path("imports/rows/<int:pk>/settle/", imports.import_settle, name="import-settle"),
]
