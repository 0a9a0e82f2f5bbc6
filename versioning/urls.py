"""Public addresses of versions, comparisons and submissions."""

from django.urls import path

from versioning.views import comparing, exports, origin, packages, submissions, versions

app_name = "versioning"
urlpatterns = [
    path("versions/<int:page_id>/", versions.versions, name="versions"),
    path("versions/<int:page_id>/<int:number>/", versions.version, name="version"),
    path("versions/<int:page_id>/<int:number>/origin/", origin.origin, name="origin"),
    path(
        "versions/<int:page_id>/<int:number>/export.<str:form>",
        exports.export_version,
        name="export_version",
    ),
    path("versions/<int:page_id>/compare/", comparing.choose_comparison, name="choose_comparison"),
    path(
        "versions/<int:page_id>/compare/<int:old>/<int:new>/",
        comparing.comparison,
        name="comparison",
    ),
    path(
        "versions/<int:page_id>/compare/<int:old>/<int:new>/export.<str:form>",
        exports.export_comparison,
        name="export_comparison",
    ),
    path("submissions/<int:pk>/", submissions.submission, name="submission"),
    path("submissions/<int:pk>/package/", packages.package, name="package"),
    path("submissions/<int:pk>/package.zip", packages.download, name="package_file"),
    path("submissions/<int:pk>/records.json", submissions.records, name="records"),
]
