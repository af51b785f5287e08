"""The coordinator's side: queue, registry, rounds, merges."""

from django.urls import URLPattern, path, re_path

from communities.views import merging, queue, registry, review, review_claims, rounds

urlpatterns: list[URLPattern] = [
    path("queue/", queue.queue, name="review-queue"),
    path("queue/records/<int:pk>/", review.review_record, name="review-record"),
    path("queue/records/<int:pk>/decide/", review.review_decide, name="review-decide"),
    path("queue/records/<int:pk>/fields/<slug:field>/", review.review_field, name="review-field"),
    path("queue/records/<int:pk>/similar/", review.review_similar, name="review-similar"),
    path("queue/claims/<int:pk>/", review_claims.review_claim, name="review-claim"),
    path("queue/claims/<int:pk>/decide/", review_claims.review_claim_decide, name="review-claim-decide"),
    path("registry/", registry.registry, name="registry"),
    re_path(r"^registry/export\.(?P<kind>csv|xlsx)$", registry.registry_export, name="registry-export"),
    path("registry/<int:pk>/", registry.registry_community, name="registry-community"),
    re_path(
        r"^registry/(?P<pk>[0-9]{1,18})/(?P<listing>listed|unlisted|archived)/$",
        registry.registry_listing,
        name="registry-listing",
    ),
    path("registry/different/<int:first>/<int:second>/", review.not_duplicate, name="not-duplicate"),
    path("registry/merges/", merging.merge_list, name="merge-list"),
    path("registry/merges/<int:pk>/undo/", merging.merge_undo, name="merge-undo"),
    path("registry/merge/<int:source>/<int:target>/", merging.merge_preview, name="merge-preview"),
    path("rounds/", rounds.round_list, name="round-list"),
    path("rounds/<int:pk>/", rounds.round_coverage, name="round-coverage"),
    path("rounds/<int:pk>/open/", rounds.round_open, name="round-open"),
    path("rounds/<int:pk>/remind/", rounds.round_remind, name="round-remind"),
    path("communities/<slug:slug>/rounds/", rounds.round_compare, name="round-compare"),
]
