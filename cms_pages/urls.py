"""Public addresses of the strategy site beside its pages."""

from django.urls import path

from cms_pages import views

app_name = "pages"
urlpatterns = [
    path("report-a-problem/", views.report_problem, name="report_problem"),
    path("report-a-problem/thanks/", views.problem_reported, name="problem_reported"),
]
