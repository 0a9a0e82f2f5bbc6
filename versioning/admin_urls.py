"""Addresses of versions in the admin."""

from django.urls import path

from versioning import admin_views as views
from versioning import lineage_views, withholding_views
from versioning.admin_changes import ChangesView

app_name = "synopse_versions"
urlpatterns = [
    path("page/<int:page_id>/", views.PageVersionsView.as_view(), name="page"),
    path("page/<int:page_id>/gate/", views.newest_gate, name="page_gate"),
    path("page/<int:page_id>/changes/", views.newest_changes, name="page_changes"),
    path(
        "page/<int:page_id>/draft/", lineage_views.DraftChangesView.as_view(), name="draft_changes"
    ),
    path(
        "page/<int:page_id>/publish/<int:revision_id>/",
        lineage_views.PublishView.as_view(),
        name="publish",
    ),
    path("<int:pk>/passages/", withholding_views.PassagesView.as_view(), name="passages"),
    path("passages/<int:pk>/withhold/", withholding_views.WithholdView.as_view(), name="withhold"),
    path("<int:pk>/changes/", ChangesView.as_view(), name="changes"),
    path("<int:pk>/window/", views.WindowView.as_view(), name="window"),
    path("<int:pk>/gate/", views.GateView.as_view(), name="gate"),
    path("submissions/", views.SubmissionsView.as_view(), name="submissions"),
    path("submissions/<int:pk>/", views.SubmissionView.as_view(), name="submission"),
    path("decisions/<int:pk>/", views.DecisionView.as_view(), name="decision"),
]
