"""Public addresses of versions, comparisons and submissions."""

from django.urls import path

from versioning import views

app_name = "versioning"
urlpatterns = [
    path("versions/<int:page_id>/", views.versions, name="versions"),
    path("versions/<int:page_id>/<int:number>/", views.version, name="version"),
    path("versions/<int:page_id>/compare/", views.choose_comparison, name="choose_comparison"),
    path(
        "versions/<int:page_id>/compare/<int:old>/<int:new>/", views.comparison, name="comparison"
    ),
    path("submissions/<int:pk>/", views.submission, name="submission"),
]
