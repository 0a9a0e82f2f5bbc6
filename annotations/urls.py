"""Public addresses of annotations."""

from django.urls import path

from annotations import export_views, list_views, token_views, views

app_name = "annotations"
urlpatterns = [
    path("versions/<int:page_id>/<int:number>/passages/<uuid:uid>/", views.passage, name="passage"),
    path("versions/<int:page_id>/<int:number>/removed/", views.removed, name="removed"),
    path("versions/<int:page_id>/annotations/", list_views.listing, name="list"),
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
    path("annotations/sent/<uuid:uuid>/", views.sent, name="sent"),
    path("access-keys/", token_views.access_keys, name="access_keys"),
    path("access-keys/<int:pk>/revoke/", token_views.revoke_key, name="revoke_key"),
    path("annotations/confirm/<str:token>/", views.confirm, name="confirm"),
]
