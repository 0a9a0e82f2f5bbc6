"""Addresses of versions in the admin."""

from django.urls import path

from versioning.admin import (
    gate,
    lineage,
    packages,
    signing,
    stages,
    submissions,
    versions,
    withholding,
    workflows,
)
from versioning.admin.changes import ChangesView

app_name = "synopse_versions"
urlpatterns = [
    path("page/<int:page_id>/", versions.PageVersionsView.as_view(), name="page"),
    path("page/<int:page_id>/gate/", versions.newest_gate, name="page_gate"),
    path("page/<int:page_id>/changes/", versions.newest_changes, name="page_changes"),
    path("page/<int:page_id>/next-stage/", stages.NextStageView.as_view(), name="next_stage"),
    path("page/<int:page_id>/records.json", stages.RecordsView.as_view(), name="records"),
    path("page/<int:page_id>/draft/", lineage.DraftChangesView.as_view(), name="draft_changes"),
    path(
        "page/<int:page_id>/publish/<int:revision_id>/",
        lineage.PublishView.as_view(),
        name="publish",
    ),
    path("<int:pk>/passages/", withholding.PassagesView.as_view(), name="passages"),
    path("passages/<int:pk>/withhold/", withholding.WithholdView.as_view(), name="withhold"),
    path("<int:pk>/changes/", ChangesView.as_view(), name="changes"),
    path("<int:pk>/window/", versions.WindowView.as_view(), name="window"),
    path("<int:pk>/gate/", gate.GateView.as_view(), name="gate"),
    path("<int:pk>/workflow/", workflows.BeginWorkflowView.as_view(), name="begin_workflow"),
    path("<int:pk>/gate/<slug:key>/waive/", gate.WaiveView.as_view(), name="waive"),
    path(
        "<int:pk>/gate/<slug:key>/take-back/",
        gate.TakeBackWaiverView.as_view(),
        name="take_back_waiver",
    ),
    path("signing/", signing.SigningDeskView.as_view(), name="signing"),
    path("<int:pk>/sign/", signing.SignView.as_view(), name="sign"),
    path("<int:pk>/signatures/", signing.SignaturesView.as_view(), name="signatures"),
    path("submissions/", submissions.SubmissionsView.as_view(), name="submissions"),
    path("submissions/<int:pk>/", submissions.SubmissionView.as_view(), name="submission"),
    path("submissions/<int:pk>/package/", packages.PackageView.as_view(), name="package"),
    path("decisions/<int:pk>/", submissions.DecisionView.as_view(), name="decision"),
    path(
        "decisions/<int:pk>/document/",
        submissions.DecisionDocumentView.as_view(),
        name="decision_document",
    ),
]
