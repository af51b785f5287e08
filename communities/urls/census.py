"""The leader's side: cabinet, questionnaire, people of a community."""

from django.urls import path

from communities.views import cabinet, census, stewardship, submission

_RECORD, _COMMUNITY = "cabinet/records/<int:pk>/", "cabinet/communities/<slug:slug>/"

urlpatterns = [
    path("cabinet/", cabinet.cabinet, name="cabinet"),
    path("cabinet/register/", submission.census_start, name="census-start"),
    path(f"{_RECORD}autosave/", census.census_autosave, name="census-autosave"),
    path(f"{_RECORD}preview/", submission.census_preview, name="census-preview"),
    path(f"{_RECORD}submit/", submission.census_submit, name="census-submit"),
    path(f"{_RECORD}withdraw/", submission.census_withdraw, name="census-withdraw"),
    path(f"{_RECORD}discard/", submission.census_discard, name="census-discard"),
    path(f"{_RECORD}check/", submission.census_check, name="census-check"),
    path(f"{_RECORD}<slug:step>/", census.census_step, name="census-step"),
    path(_COMMUNITY, stewardship.community_manage, name="community-manage"),
    path(f"{_COMMUNITY}edit/", submission.census_edit, name="census-edit"),
    path(f"{_COMMUNITY}confirm/", submission.census_confirm, name="census-confirm"),
    path(f"{_COMMUNITY}contacts/", stewardship.steward_contacts, name="steward-contacts"),
    path(f"{_COMMUNITY}invite/", stewardship.steward_invite, name="steward-invite"),
    path(f"{_COMMUNITY}invitations/<int:pk>/revoke/", stewardship.steward_revoke, name="steward-revoke"),
    path(f"{_COMMUNITY}team/<int:pk>/remove/", stewardship.steward_remove, name="steward-remove"),
    path(f"{_COMMUNITY}team/<int:pk>/hand-over/", stewardship.steward_hand_over, name="steward-hand-over"),
    path("invitations/<str:token>/", stewardship.invitation_accept, name="invitation-accept"),
    path("communities/<slug:slug>/claim/", stewardship.community_claim, name="community-claim"),
]
