"""Public addresses of annotations."""

from django.urls import path

from annotations import token_views, views

app_name = "annotations"
urlpatterns = [
    path("versions/<int:page_id>/<int:number>/passages/<uuid:uid>/", views.passage, name="passage"),
    path("versions/<int:page_id>/<int:number>/removed/", views.removed, name="removed"),
    path("annotations/<uuid:uuid>/", views.annotation, name="annotation"),
    path("annotations/<uuid:uuid>/reply/", views.reply, name="reply"),
    path("annotations/sent/<uuid:uuid>/", views.sent, name="sent"),
    path("access-keys/", token_views.access_keys, name="access_keys"),
    path("access-keys/<int:pk>/revoke/", token_views.revoke_key, name="revoke_key"),
    path("annotations/confirm/<str:token>/", views.confirm, name="confirm"),
]
