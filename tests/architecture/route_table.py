"""Who gets what from every address. Columns after the arguments: anonymous, member, leader of another
community, leader, coordinator of another branch, coordinator, administration, federal — all at the host of «Сочи».

302 sends to sign in, or back to the page after a write; 403 is «не для вас», 404 «нет такого».
"""

TABLE = """
# probes and the kernel's own
GET     healthz                               -                                       200 200 200 200 200 200 200 200
GET     readyz                                -                                       200 200 200 200 200 200 200 200
GET     branch-css                            -                                       200 200 200 200 200 200 200 200
GET     preferences                           -                                       200 200 200 200 200 200 200 200
GET     styleguide                            -                                       302 403 403 403 403 200 200 200
GET     privacy                               -                                       200 200 200 200 200 200 200 200
GET     robots                                -                                       200 200 200 200 200 200 200 200
GET     sitemap                               -                                       200 200 200 200 200 200 200 200
GET     favicon                               -                                       301 301 301 301 301 301 301 301
GET     manifest                              -                                       200 200 200 200 200 200 200 200
GET     metrics                               -                                       404 404 404 404 404 404 404 404

# the city's pages
GET     home                                  -                                       200 200 200 200 200 200 200 200
GET     community-list                        -                                       200 200 200 200 200 200 200 200
GET     community-gaps                        -                                       200 200 200 200 200 200 200 200
GET     community-suggest                     -                                       200 200 200 200 200 200 200 200
GET     community-map                         -                                       200 200 200 200 200 200 200 200
GET     community-detail                      slug=public                             200 200 200 200 200 200 200 200
GET     community-detail                      slug=imported                           200 200 200 200 200 200 200 200
GET     community-passport                    slug=public                             200 200 200 200 200 200 200 200
GET     community-claim                       slug=imported                           302 200 200 200 200 200 200 200
POST    community-claim                       slug=imported                           302 200 200 200 200 200 200 200

# the calendar
GET     calendar                              -                                       200 200 200 200 200 200 200 200
GET     calendar-map                          -                                       200 200 200 200 200 200 200 200
GET     calendar-embed                        -                                       200 200 200 200 200 200 200 200
GET     calendar-search                       -                                       200 200 200 200 200 200 200 200
GET     calendar-embed-code                   -                                       200 200 200 200 200 200 200 200
GET     calendar-embed-js                     -                                       200 200 200 200 200 200 200 200
GET     personal-ics                          token=own_feed                          200 200 200 200 200 200 200 200
GET     personal-ics                          token=foreign-token                     404 404 404 404 404 404 404 404
GET     calendar-rss                          -                                       200 200 200 200 200 200 200 200
GET     calendar-sitemap                      -                                       200 200 200 200 200 200 200 200
GET     api-event-list                        -                                       200 200 200 200 200 200 200 200
GET     api-event-detail                      slug=event                              200 200 200 200 200 200 200 200
GET     api-event-detail                      slug=planned                            404 404 404 404 404 404 404 404
GET     api-occurrence-list                   -                                       200 200 200 200 200 200 200 200
GET     event-detail                          slug=event                              200 200 200 200 200 200 200 200
GET     calendar-ics                          -                                       200 200 200 200 200 200 200 200
GET     event-dates                           slug=event                              200 200 200 200 200 200 200 200
GET     event-dates                           slug=planned                            404 404 404 200 404 200 404 404
GET     event-ics                             slug=event                              200 200 200 200 200 200 200 200
GET     event-ics                             slug=planned                            404 404 404 404 404 404 404 404
GET     event-detail                          slug=planned                            404 404 404 200 404 200 404 404

# registering for events
GET     event-register                        slug=open                               302 200 200 200 200 200 200 200
POST    event-register                        slug=open                               302 302 302 302 302 302 302 302
GET     event-register                        slug=planned                            302 404 404 404 404 404 404 404
GET     my-registrations                      -                                       302 200 200 200 200 200 200 200
GET     my-registrations-ics                  -                                       302 200 200 200 200 200 200 200
GET     registration-withdraw                 pk=guest                                302 200 404 404 404 404 404 404
POST    registration-withdraw                 pk=guest                                302 302 404 404 404 404 404 404
GET     event-registrations                   pk=open_pk                              302 403 403 200 403 200 403 403
GET     event-registrations-csv               pk=open_pk,date=open_date               302 403 403 200 403 200 403 403
POST    registration-check                    pk=open_pk,registration=guest           302 403 403 302 403 302 403 403
POST    walk-in-add                           pk=open_pk,date=open_date               302 403 403 200 403 200 403 403
POST    walk-in-remove                        pk=open_pk,guest=walk_in                302 403 403 302 403 302 403 403

# the leader's side
GET     cabinet                               -                                       302 200 200 200 200 200 200 200
GET     census-start                          -                                       200 200 200 200 200 200 200 200
POST    census-start                          -                                       302 302 302 302 302 302 302 302
GET     census-step                           pk=draft,step=essence                   302 403 403 200 403 403 403 403
POST    census-step                           pk=draft,step=essence                   302 403 403 200 403 403 403 403
GET     census-step                           pk=waiting,step=essence                 302 403 403 302 403 403 403 403
POST    census-autosave                       pk=draft                                401 403 403 404 403 403 403 403
GET     census-preview                        pk=draft                                302 403 403 200 403 403 403 403
GET     census-check                          pk=draft                                302 403 403 200 403 403 403 403
POST    census-submit                         pk=draft                                302 403 403 302 403 403 403 403
POST    census-withdraw                       pk=waiting                              302 403 403 302 403 403 403 403
POST    census-discard                        pk=draft                                302 403 403 302 403 403 403 403
GET     community-manage                      slug=public                             302 403 403 200 403 403 403 403
POST    census-edit                           slug=public                             302 403 403 302 403 403 403 403
POST    census-confirm                        slug=public                             302 403 403 302 403 403 403 403
POST    steward-contacts                      slug=public                             302 403 403 302 403 403 403 403
POST    steward-invite                        slug=public                             302 403 403 400 403 403 403 403
POST    steward-revoke                        slug=public,pk=invitation               302 403 403 302 403 403 403 403
POST    steward-remove                        slug=public,pk=helper                   302 403 403 302 403 403 403 403
POST    steward-hand-over                     slug=public,pk=helper                   302 403 403 302 403 403 403 403
GET     invitation-accept                     token=foreign-token                     404 404 404 404 404 404 404 404
POST    invitation-accept                     token=foreign-token                     404 404 404 404 404 404 404 404
GET     round-compare                         slug=public                             302 403 403 200 403 200 200 200

# events in their organisers' hands
GET     my-events                             -                                       302 200 200 200 200 200 200 200
GET     feed-settings                         -                                       302 200 200 200 200 200 200 200
POST    feed-settings                         -                                       302 200 200 200 200 200 200 200
GET     feed-renew                            -                                       302 405 405 405 405 405 405 405
POST    feed-renew                            -                                       302 302 302 302 302 302 302 302
POST    feed-revoke                           -                                       302 302 302 302 302 302 302 302
GET     event-announce                -                                       302 200 302 200 200 200 200 200
GET     event-clashes                 -                                       401 200 200 200 200 200 200 200
GET     event-manage                  pk=series                                302 403 403 200 403 200 403 403
GET     event-manage                  pk=noted                                302 403 403 200 403 200 403 403
GET     event-edit                    pk=series                                302 403 403 200 403 200 403 403
POST    event-edit                    pk=series                                302 403 403 200 403 200 403 403
GET     event-publish                 pk=noted                                302 403 403 200 403 200 403 403
POST    event-publish                 pk=noted                                302 403 403 302 403 302 403 403
GET     event-discard                 pk=noted                                302 403 403 200 403 200 403 403
POST    event-discard                 pk=noted                                302 403 403 302 403 302 403 403
POST    event-cancel                  pk=series                                302 403 403 200 403 200 403 403
POST    event-reinstate               pk=series                                302 403 403 302 403 302 403 403
GET     event-date                    pk=series,date=date                      302 403 403 200 403 200 403 403
POST    event-date                    pk=series,date=date                      302 403 403 200 403 200 403 403
POST    event-leave-out               pk=series                                302 403 403 200 403 200 403 403
POST    organiser-invite              pk=series                                302 403 403 404 403 404 403 403
POST    organiser-remove              pk=series,organiser=organiser            302 403 403 302 403 302 403 403
GET     event-manage                  pk=city                                 302 403 403 403 403 200 200 403
GET     event-edit                    pk=city                                 302 403 403 403 403 200 200 403
POST    event-cancel                  pk=city                                 302 403 403 403 403 200 200 403
POST    event-reinstate               pk=city                                 302 403 403 403 403 302 302 403
GET     organiser-answer              pk=invited                              302 403 403 200 403 403 403 403
POST    organiser-answer              pk=invited                              302 403 403 302 403 403 403 403

# calendars of other programs
GET     remote-list                   slug=public                              302 403 403 200 403 200 403 403
GET     remote-add                    slug=public                              302 403 403 200 403 403 403 403
POST    remote-add                    slug=public                              302 403 403 200 403 403 403 403
GET     remote-preview                pk=looked                                302 403 403 200 403 403 403 403
POST    remote-preview                pk=looked                                302 403 403 302 403 403 403 403
GET     remote-detail                 pk=remote                                302 403 403 200 403 200 403 403
POST    remote-read                   pk=remote                                302 403 403 302 403 302 403 403
POST    remote-confirm                pk=remote                                302 403 403 302 403 302 403 403
POST    remote-pause                  pk=remote                                302 403 403 302 403 302 403 403
GET     remote-remove                 pk=remote                                302 403 403 200 403 200 403 403
POST    remote-remove                 pk=remote                                302 403 403 200 403 200 403 403
POST    event-hide                    pk=brought                               302 403 403 302 403 302 403 403
GET     remote-health                 -                                        302 403 403 403 403 200 403 403
POST    remote-approve                pk=remote                                302 403 403 403 403 302 403 403

# state events, their support, and talks
GET     state-event-list              -                                       200 200 200 200 200 200 200 200
GET     state-event-desk              -                                       302 403 403 403 403 200 200 403
GET     state-event-announce          -                                       302 403 403 403 403 403 200 403
POST    state-event-announce          -                                       302 403 403 403 403 403 200 403
GET     state-event-answers           pk=city                                 302 403 403 403 403 200 200 403
GET     state-event-ask               pk=city                                 302 403 403 403 403 403 200 403
POST    state-event-ask               pk=city                                 302 403 403 403 403 403 422 403
POST    support-answer                pk=offered                              302 403 403 403 403 403 422 403
GET     support-offer                 pk=city                                 302 200 200 302 200 200 200 200
POST    support-offer                 pk=city                                 302 200 200 422 200 200 200 200
GET     support-detail                pk=agreed                               302 403 403 200 403 403 403 403
POST    support-detail                pk=agreed                               302 403 403 422 403 403 403 403
POST    support-withdraw              pk=agreed                               302 403 403 302 403 403 403 403
GET     talk-tell                     -                                       302 200 302 200 200 200 200 200
GET     talk-edit                     pk=spoken                               302 403 403 200 403 403 403 403
POST    talk-edit                     pk=spoken                               302 403 403 422 403 403 403 403
GET     talk-discard                  pk=spoken                               302 403 403 200 403 403 403 403
POST    talk-discard                  pk=spoken                               302 403 403 302 403 403 403 403
GET     support-review                pk=shown                                302 403 403 403 403 200 403 403
POST    support-decide                pk=shown                                302 403 403 403 403 422 403 403
GET     talk-review                   pk=spoken                               302 403 403 403 403 200 403 403
POST    talk-decide                   pk=spoken                               302 403 403 403 403 422 403 403
POST    administration-trust          -                                       302 403 403 403 403 302 403 403
POST    administration-distrust       -                                       302 403 403 403 403 302 403 403

# the coordinator's side
GET     review-queue                          -                                       302 403 403 403 403 200 403 403
GET     review-record                         pk=waiting                              302 403 403 403 403 200 403 403
POST    review-decide                         pk=waiting                              302 403 403 403 403 302 403 403
POST    review-field                          pk=waiting,field=name                   302 403 403 403 403 200 403 403
GET     review-similar                        pk=waiting                              302 403 403 403 403 200 403 403
GET     review-claim                          pk=claim                                302 403 403 403 403 200 403 403
POST    review-claim-decide                   pk=claim                                302 403 403 403 403 422 403 403
GET     event-review                  pk=sent                                 302 403 403 403 403 200 403 403
POST    event-decide                  pk=sent                                 302 403 403 403 403 422 403 403
GET     event-edit-review             pk=edited                               302 403 403 403 403 200 403 403
POST    event-edit-decide             pk=edited                               302 403 403 403 403 422 403 403
GET     event-clashes-week            -                                       302 403 403 403 403 200 200 403
GET     venue-list                    -                                       302 403 403 403 403 200 403 403
GET     venue-edit                    pk=venue                                302 403 403 403 403 200 403 403
POST    venue-edit                    pk=venue                                302 403 403 403 403 200 403 403
GET     venue-merge                   pk=venue                                302 403 403 403 403 200 403 403
POST    venue-merge                   pk=venue                                302 403 403 403 403 200 403 403
POST    organiser-trust               slug=public                             302 403 403 403 403 302 403 403
POST    organiser-distrust            slug=public                             302 403 403 403 403 302 403 403
GET     registry                              -                                       302 403 403 403 403 200 200 200
GET     registry-export                       kind=csv                                302 403 403 403 403 200 200 200
GET     registry-export                       kind=xlsx                               302 403 403 403 403 200 200 200
GET     registry-community                    pk=community                            302 403 403 403 403 200 200 200
POST    registry-listing                      pk=community,listing=archived           302 403 403 403 403 302 403 403
POST    not-duplicate                         first=community,second=imported_pk      302 403 403 403 403 302 403 403
GET     merge-list                            -                                       302 403 403 403 403 200 403 403
GET     merge-preview                         source=imported_pk,target=community     302 403 403 403 403 200 403 403
POST    merge-preview                         source=imported_pk,target=community     302 403 403 403 403 302 403 403
POST    merge-undo                            pk=merge                                302 403 403 403 403 302 403 403
GET     round-list                            -                                       302 403 403 403 403 200 403 403
POST    round-list                            -                                       302 403 403 403 403 200 403 403
GET     round-coverage                        pk=round                                302 403 403 403 403 200 200 200
POST    round-open                            pk=round                                302 403 403 403 403 302 403 403
POST    round-remind                          pk=round                                302 403 403 403 403 302 403 403
GET     import-list                           -                                       302 403 403 403 403 200 403 403
POST    import-list                           -                                       302 403 403 403 403 200 403 403
GET     import-detail                         pk=batch                                302 403 403 403 403 200 403 403
GET     import-detail                         pk=ran                                  302 403 403 403 403 200 403 403
GET     import-columns                        pk=batch                                302 403 403 403 403 200 403 403
POST    import-columns                        pk=batch                                302 403 403 403 403 200 403 403
POST    import-start                          pk=batch                                302 403 403 403 403 302 403 403
GET     import-progress                       pk=ran                                  302 403 403 403 403 200 403 403
POST    import-drop                           pk=batch                                302 403 403 403 403 302 403 403
GET     import-report                         pk=ran,kind=csv                         302 403 403 403 403 200 403 403
GET     import-report                         pk=ran,kind=xlsx                        302 403 403 403 403 200 403 403
POST    import-place                          pk=ran                                  302 403 403 403 403 404 403 403
POST    import-settle                         pk=row                                  302 403 403 403 403 302 403 403
GET     outbox                                -                                       302 403 403 403 403 200 403 403
POST    outbox-resend                         pk=undelivered                          302 403 403 403 403 302 403 403
POST    outbox-resend-many                    -                                       302 403 403 403 403 302 403 403

# figures
GET     kpi-dashboard                         -                                       302 403 403 403 403 200 200 200
GET     kpi-branches                          -                                       302 403 403 403 403 403 403 200
GET     kpi-evidence                          code=communities_united                 302 403 403 403 403 200 200 200
GET     kpi-evidence                          code=state_events_supported               302 403 403 403 403 200 200 200
GET     kpi-evidence                          code=talks_given                          302 403 403 403 403 200 200 200
GET     kpi-proof                             code=state_events_supported,pk=kept       302 403 403 403 403 200 200 200
GET     kpi-proof                             code=talks_given,pk=heard                 302 403 403 403 403 200 200 200
GET     kpi-table                             code=communities_united                 302 403 403 403 403 200 200 200
GET     kpi-plan                              code=communities_united                 302 403 403 403 403 200 403 403
POST    kpi-plan                              code=communities_united                 302 403 403 403 403 200 403 403
GET     kpi-proof                             code=communities_united,pk=community    302 403 403 403 403 200 200 200

# open data
GET     api-community-list                    -                                       200 200 200 200 200 200 200 200
HEAD    api-community-list                    -                                       200 200 200 200 200 200 200 200
OPTIONS api-community-list                    -                                       200 200 200 200 200 200 200 200
POST    api-community-list                    -                                       405 405 405 405 405 405 405 405
PUT     api-community-list                    -                                       405 405 405 405 405 405 405 405
PATCH   api-community-list                    -                                       405 405 405 405 405 405 405 405
DELETE  api-community-list                    -                                       405 405 405 405 405 405 405 405
GET     api-community-detail                  slug=public                             200 200 200 200 200 200 200 200
HEAD    api-community-detail                  slug=public                             200 200 200 200 200 200 200 200
OPTIONS api-community-detail                  slug=public                             200 200 200 200 200 200 200 200
POST    api-community-detail                  slug=public                             405 405 405 405 405 405 405 405
PUT     api-community-detail                  slug=public                             405 405 405 405 405 405 405 405
PATCH   api-community-detail                  slug=public                             405 405 405 405 405 405 405 405
DELETE  api-community-detail                  slug=public                             405 405 405 405 405 405 405 405
GET     api-schema                            -                                       200 200 200 200 200 200 200 200
POST    api-schema                            -                                       405 405 405 405 405 405 405 405
GET     api-docs                              -                                       200 200 200 200 200 200 200 200
GET     api-nothing                           -                                       404 404 404 404 404 404 404 404

# files
GET     upload-file                           pk=proof                                302 404 200 404 404 200 404 404
GET     public-file                           folder=folder,name=file,extension=webp  200 200 200 200 200 200 200 200

# what the portal says to a person
GET     inbox                                 -                                       302 200 200 200 200 200 200 200
GET     inbox-bell                            -                                       401 200 200 200 200 200 200 200
GET     inbox-open                            pk=told                                 302 404 404 302 404 404 404 404
POST    inbox-read                            -                                       302 302 302 302 302 302 302 302
GET     notification-settings                 -                                       302 200 200 200 200 200 200 200
POST    notification-settings                 -                                       302 200 200 200 200 200 200 200
POST    letter-links-revoke                   -                                       302 302 302 302 302 302 302 302
GET     unsubscribe                           token=way_out                           200 200 200 200 200 200 200 200
POST    unsubscribe                           token=way_out                           200 200 200 200 200 200 200 200
GET     unsubscribe                           token=foreign-token                     404 404 404 404 404 404 404 404
POST    unsubscribe                           token=foreign-token                     404 404 404 404 404 404 404 404

# one's own account
GET     account-settings                      -                                       302 200 200 200 200 200 200 200
POST    account-settings                      -                                       302 200 200 200 200 200 200 200
POST    consent-withdraw                      -                                       302 404 404 404 404 404 404 404
GET     my-data                               -                                       302 302 302 302 302 302 302 302
POST    my-data-download                      -                                       302 302 302 302 302 302 302 302
GET     my-data-erase                         -                                       302 302 302 302 302 302 302 302
POST    my-data-erase                         -                                       302 302 302 302 302 302 302 302
GET     telegram-link                         -                                       404 404 404 404 404 404 404 404
POST    telegram-connect                      -                                       404 404 404 404 404 404 404 404
POST    telegram-disconnect                   -                                       404 404 404 404 404 404 404 404
GET     demo-letters                          -                                       404 404 404 404 404 404 404 404
GET     demo-letter                           key=1                                   404 404 404 404 404 404 404 404
GET     demo-letter-html                      key=1                                   404 404 404 404 404 404 404 404
GET     account_login                         -                                       200 302 302 302 302 302 302 302
POST    account_login                         -                                       200 302 302 302 302 302 302 302
GET     account_logout                        -                                       302 200 200 200 200 200 200 200
GET     account_signup                        -                                       200 302 302 302 302 302 302 302
POST    account_signup                        -                                       200 302 302 302 302 302 302 302
GET     account_inactive                      -                                       200 200 200 200 200 200 200 200
GET     account_reauthenticate                -                                       302 200 200 200 200 200 200 200
GET     account_email                         -                                       302 200 200 200 200 200 200 200
GET     account_email_verification_sent       -                                       200 200 200 200 200 200 200 200
GET     account_change_password               -                                       302 200 200 200 200 200 200 200
GET     account_set_password                  -                                       302 302 302 302 302 302 302 302
GET     account_reset_password                -                                       200 200 200 200 200 200 200 200
POST    account_reset_password                -                                       200 200 200 200 200 200 200 200
GET     account_reset_password_done           -                                       200 200 200 200 200 200 200 200
GET     account_reset_password_from_key       uidb36=1,key=foreign-key                200 200 200 200 200 200 200 200
GET     account_reset_password_from_key_done  -                                       200 200 200 200 200 200 200 200
GET     account_confirm_email                 key=foreign-key                         200 200 200 200 200 200 200 200
GET     account_confirm_login_code            -                                       302 302 302 302 302 302 302 302
GET     mfa_index                             -                                       302 200 200 200 200 200 200 200
GET     mfa_authenticate                      -                                       302 302 302 302 302 302 302 302
GET     mfa_reauthenticate                    -                                       302 302 302 302 200 200 200 200
GET     mfa_activate_totp                     -                                       302 302 302 302 302 302 302 302
GET     mfa_deactivate_totp                   -                                       302 404 404 404 302 302 302 302
GET     mfa_view_recovery_codes               -                                       302 404 404 404 404 404 404 404
GET     mfa_generate_recovery_codes           -                                       302 302 302 302 302 302 302 302
GET     mfa_download_recovery_codes           -                                       302 404 404 404 404 404 404 404
GET     mfa_list_webauthn                     -                                       302 200 200 200 200 200 200 200
GET     mfa_add_webauthn                      -                                       302 302 302 302 302 302 302 302
GET     mfa_reauthenticate_webauthn           -                                       302 302 302 302 302 302 302 302
GET     mfa_remove_webauthn                   pk=claim                                302 302 302 302 302 302 302 302
GET     mfa_edit_webauthn                     pk=claim                                302 302 302 302 302 302 302 302
GET     mfa_login_webauthn                    -                                       302 302 302 302 302 302 302 302
GET     socialaccount_login_cancelled         -                                       200 200 200 200 200 200 200 200
GET     socialaccount_login_error             -                                       401 401 401 401 401 401 401 401
GET     socialaccount_signup                  -                                       302 302 302 302 302 302 302 302
GET     socialaccount_connections             -                                       302 200 200 200 200 200 200 200
GET     vk_login                              -                                       404 404 404 404 404 404 404 404
GET     vk_callback                           -                                       404 404 404 404 404 404 404 404
GET     yandex_login                          -                                       404 404 404 404 404 404 404 404
GET     yandex_callback                       -                                       404 404 404 404 404 404 404 404
GET     mailru_login                          -                                       404 404 404 404 404 404 404 404
GET     mailru_callback                       -                                       404 404 404 404 404 404 404 404
"""

#: The same where TELEGRAM_TOKEN is set.
WITH_BOT = """
GET     telegram-link                         -                                       302 200 200 200 200 200 200 200
POST    telegram-link                         -                                       302 405 405 405 405 405 405 405
GET     telegram-connect                      -                                       302 405 405 405 405 405 405 405
POST    telegram-connect                      -                                       302 302 302 302 302 302 302 302
POST    telegram-disconnect                   -                                       302 302 302 302 302 302 302 302
"""

#: The same in the demo city.
WITH_LETTERS = """
GET     demo-letters                          -                                       200 200 200 200 200 200 200 200
POST    demo-letters                          -                                       405 405 405 405 405 405 405 405
GET     demo-letter                           key=1                                   404 404 404 404 404 404 404 404
GET     demo-letter-html                      key=1                                   404 404 404 404 404 404 404 404
"""
