"""Addresses of annotations in the admin."""

from django.urls import path

from annotations.admin.accepting import AcceptView, TakeBackView
from annotations.admin.assigning import AssignView
from annotations.admin.correcting import CorrectEntryView
from annotations.admin.desk import DeskView
from annotations.admin.detail import AnnotationDetailView
from annotations.admin.disposing import ChangeDispositionView, DisposeView
from annotations.admin.disposition_reports import DispositionReportsView, disposition_report
from annotations.admin.editor import EditorAnswerView, EditorCountsView, EditorListView
from annotations.admin.entering import ChooseDocumentView, EnterSheetView, EnterView
from annotations.admin.entry_templates import template_csv, template_xlsx
from annotations.admin.links import NAMESPACE
from annotations.admin.listing import AnnotationListingView
from annotations.admin.moderating import HideView, NoteView, ReleaseView, ShowView
from annotations.admin.numbers import numbers_csv, numbers_xlsx
from annotations.admin.outbox import OutboxView
from annotations.admin.placing import PlacementView
from annotations.admin.progress import ProgressView
from annotations.admin.reports import (
    AppealListingView,
    AppealView,
    ReportListingView,
    ReportView,
)
from annotations.admin.saving import RemoveFilterView, SaveFilterView
from annotations.admin.seeing import SeeObjectionsView

app_name = NAMESPACE
urlpatterns = [
    path("", AnnotationListingView.as_view(), name="index"),
    path("results/", AnnotationListingView.as_view(results_only=True), name="index_results"),
    path("desk/", DeskView.as_view(), name="desk"),
    path("desk/results/", DeskView.as_view(results_only=True), name="desk_results"),
    path("reports/", ReportListingView.as_view(), name="reports"),
    path("reports/results/", ReportListingView.as_view(results_only=True), name="reports_results"),
    path("reports/<int:pk>/", ReportView.as_view(), name="report"),
    path("reports/numbers/<int:year>.csv", numbers_csv, name="numbers_csv"),
    path("reports/numbers/<int:year>.xlsx", numbers_xlsx, name="numbers_xlsx"),
    path("appeals/", AppealListingView.as_view(), name="appeals"),
    path("appeals/results/", AppealListingView.as_view(results_only=True), name="appeals_results"),
    path("appeals/<int:pk>/", AppealView.as_view(), name="appeal"),
    path("assign/", AssignView.as_view(), name="assign"),
    path("objections/", SeeObjectionsView.as_view(), name="see_objections"),
    path("dispose/", DisposeView.as_view(), name="dispose"),
    path("dispositions/<int:pk>/", ChangeDispositionView.as_view(), name="disposition"),
    path("editor/<int:page>/", EditorListView.as_view(), name="editor_list"),
    path("editor/<int:page>/counts/", EditorCountsView.as_view(), name="editor_counts"),
    path("editor/<int:page>/<int:pk>/", EditorAnswerView.as_view(), name="editor_answer"),
    path("dispositions/reports/", DispositionReportsView.as_view(), name="disposition_reports"),
    path(
        "dispositions/reports/<int:page_id>/report.<str:form>",
        disposition_report,
        name="disposition_report",
    ),
    path("enter/", ChooseDocumentView.as_view(), name="enter"),
    path("enter/<int:page>/", EnterView.as_view(), name="enter_one"),
    path("enter/<int:page>/table/", EnterSheetView.as_view(), name="enter_sheet"),
    path("enter/<int:page>/table/template.csv", template_csv, name="enter_csv"),
    path("enter/<int:page>/table/template.xlsx", template_xlsx, name="enter_xlsx"),
    path("filters/", SaveFilterView.as_view(), name="save_filter"),
    path("filters/<int:pk>/remove/", RemoveFilterView.as_view(), name="remove_filter"),
    path("placements/<int:pk>/", PlacementView.as_view(), name="placement"),
    path("progress/", ProgressView.as_view(), name="progress"),
    path("mails/", OutboxView.as_view(), name="outbox"),
    path("mails/results/", OutboxView.as_view(results_only=True), name="outbox_results"),
    path("<int:pk>/", AnnotationDetailView.as_view(), name="detail"),
    path("<int:pk>/correct/", CorrectEntryView.as_view(), name="correct_entry"),
    path("<int:pk>/accept/", AcceptView.as_view(), name="accept"),
    path("<int:pk>/take-back/", TakeBackView.as_view(), name="take_back"),
    path("<int:pk>/hide/", HideView.as_view(), name="hide"),
    path("<int:pk>/note/", NoteView.as_view(), name="note"),
    path("<int:pk>/show/", ShowView.as_view(), name="show"),
    path("<int:pk>/release/", ReleaseView.as_view(), name="release"),
]
