"""The button that has a submission package built again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views import View
from wagtail.admin import messages

from versioning.models import Submission
from versioning.services.packaging import request_package

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class PackageView(View):
    """Takes the button; what it leads to stands on the page of the submission."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Have the package built."""
        found = Submission.objects.select_related("version__page", "version__locale")
        submission = get_object_or_404(found, pk=pk)
        try:
            request_package(submission=submission, actor=request.user)  # type: ignore[arg-type]  # signed in
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("The package is being built."))
        return redirect("synopse_versions:submission", pk)
