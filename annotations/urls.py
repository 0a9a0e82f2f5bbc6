"""Public addresses of annotations."""

from django.urls import path

from annotations import (
    balance_views,
    export_views,
    follow_views,
    history_views,
    list_views,
    mine_views,
    own_views,
    person_views,
    report_views,
    statement_views,
    support_views,
    token_views,
    views,
)

app_name = "annotations"
urlpatterns = [
    path("versions/<int:page_id>/<int:number>/passages/<uuid:uid>/", views.passage, name="passage"),
    path(
        "versions/<int:page_id>/<int:number>/passages/<uuid:uid>/history/",
        history_views.history,
        name="history",
    ),
    path("versions/<int:page_id>/<int:number>/removed/", views.removed, name="removed"),
    path("versions/<int:page_id>/annotations/", list_views.listing, name="list"),
    path("versions/<int:page_id>/balance/", balance_views.balance, name="balance"),
    path("versions/<int:page_id>/balance.json", balance_views.as_json, name="balance_json"),
    path("versions/<int:page_id>/balance.csv", balance_views.as_csv, name="balance_csv"),
    path(
        "versions/<int:page_id>/dispositions.<str:form>",
        export_views.disposition_report,
        name="disposition_report",
    ),
    path("versions/<int:page_id>/annotations.csv", export_views.as_csv, name="csv"),
    path("versions/<int:page_id>/annotations.xlsx", export_views.as_xlsx, name="xlsx"),
    path("versions/<int:page_id>/annotations.jsonld", export_views.as_json_ld, name="json_ld"),
    path("versions/<int:page_id>/annotations.atom", export_views.feed, name="feed"),
    path(
        "versions/<int:page_id>/passages/<uuid:uid>/annotations.atom",
        export_views.passage_feed,
        name="passage_feed",
    ),
    path("annotations/<uuid:uuid>/", views.annotation, name="annotation"),
    path("annotations/<uuid:uuid>/reply/", views.reply, name="reply"),
    path("annotations/<uuid:uuid>/edit/", own_views.edit, name="edit"),
    path("annotations/<uuid:uuid>/withdraw/", own_views.withdraw, name="withdraw"),
    path("annotations/<uuid:uuid>/report/", report_views.report_contribution, name="report"),
    path("report-content/", report_views.report_content, name="report_content"),
    path("report-content/<str:token>/", report_views.report_status, name="report_status"),
    path("annotations/reasons/<str:token>/", statement_views.statement, name="statement"),
    path("annotations/sent/<uuid:uuid>/", views.sent, name="sent"),
    path("annotations/<uuid:uuid>/react/", person_views.react, name="react"),
    path("me/", person_views.my_page, name="my_page"),
    path("me/data.json", person_views.my_data, name="my_data"),
    path("me/erase/", person_views.erase, name="erase"),
    path("access-keys/", token_views.access_keys, name="access_keys"),
    path("access-keys/<int:pk>/revoke/", token_views.revoke_key, name="revoke_key"),
    path("annotations/confirm/<str:token>/", views.confirm, name="confirm"),
    path("annotations/<uuid:uuid>/support/", support_views.support, name="support"),
    path("annotations/support/<str:token>/", support_views.confirm_support, name="confirm_support"),
    path("annotations/<uuid:uuid>/follow/", follow_views.follow_thread, name="follow_thread"),
    path("versions/<int:page_id>/follow/", follow_views.follow_document, name="follow_document"),
    path(
        "versions/<int:page_id>/passages/<uuid:uid>/follow/",
        follow_views.follow_passage,
        name="follow_passage",
    ),
    path("annotations/follow/<str:token>/", follow_views.confirm_follow, name="confirm_follow"),
    path("annotations/following/", follow_views.following, name="following"),
    path(
        "annotations/following/<int:pk>/stop/", follow_views.stop_following, name="stop_following"
    ),
    path("annotations/unsubscribe/<str:token>/", follow_views.unsubscribe, name="unsubscribe"),
    path(
        "annotations/unsubscribe/<str:token>/at-once/",
        follow_views.unsubscribe_at_once,
        name="unsubscribe_at_once",
    ),
    path("annotations/mine/<int:page_id>/", mine_views.mine, name="mine"),
]
