"""The form of a process: its way through the bodies is checked as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wagtail.admin.forms import WagtailAdminPageForm

from versioning.services.route import problems_of

if TYPE_CHECKING:
    from django.forms import ModelForm

RELATION = "bodies"
CHOSEN = ("group", "responsible")


class ProcessForm(WagtailAdminPageForm):
    """The form of a process page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Read the groups and people once for all bodies."""
        super().__init__(*args, **kwargs)
        if RELATION in self.formsets:
            _share_choices(self.formsets[RELATION].forms)

    def is_valid(self) -> bool:
        """Check the bodies one by one, and then as a whole; a draft may be unfinished."""
        is_valid: bool = super().is_valid()
        if is_valid and RELATION in self.formsets and not self.is_deferred_validation:
            return not self._refuse_route()
        return is_valid

    def _refuse_route(self) -> bool:
        """Show what is wrong with the order of bodies, each at its field; tell whether any is."""
        formset = self.formsets[RELATION]
        forms = [form for form in formset.ordered_forms if form.cleaned_data.get("body")]
        problems = problems_of([form.instance.as_route() for form in forms])
        for problem in problems:
            if problem.place is None:
                formset.non_form_errors().append(problem.message)
            else:
                forms[problem.place].add_error(problem.field, problem.message)
        return bool(problems)


def _share_choices(forms: list[ModelForm[Any]]) -> None:
    for name in CHOSEN:
        fields = [form.fields[name] for form in forms if name in form.fields]
        shared = list(fields[0].choices) if fields else []  # type: ignore[attr-defined]  # a choice
        for field in fields:
            field.choices = shared  # type: ignore[attr-defined]  # see above
