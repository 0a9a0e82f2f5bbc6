"""Forms of the admin; rules of the field live in the services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin.widgets import AdminAutoHeightTextInput

from annotations.models import Basis, Outcome, State
from annotations.presentation.tracing import excerpt_of
from annotations.services.disposing import OFFICE_LIMIT
from versioning.widgets import DayInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.http import QueryDict
    from django.utils.safestring import SafeString

    from annotations.admin.candidates import Candidates
    from annotations.models import Annotation, Placement
    from versioning.models import Change, Passage

REMOVED = "removed"
NO_OUTCOME = {
    "required": gettext_lazy("Please choose an outcome."),
    "invalid_choice": gettext_lazy("Please choose an outcome."),
}


class DispositionForm(forms.Form):
    """The answer to one annotation or to several."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("The keys 1 to 5 choose an outcome."),
        error_messages=NO_OUTCOME,
    )
    reason = forms.CharField(
        label=gettext_lazy("Public reason"),
        required=False,
        widget=AdminAutoHeightTextInput,
        help_text=gettext_lazy(
            "Everybody reads it. It may only be missing where you adopt or take note."
        ),
    )
    internal_note = forms.CharField(
        label=gettext_lazy("Internal note"),
        required=False,
        widget=AdminAutoHeightTextInput,
        help_text=gettext_lazy("Only editors see it."),
    )
    office = forms.CharField(
        label=gettext_lazy("Responsible office"), required=False, max_length=OFFICE_LIMIT
    )
    due_on = forms.DateField(label=gettext_lazy("Due on"), required=False, widget=DayInput)
    changes = forms.MultipleChoiceField(
        label=gettext_lazy("Changes that this explains"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "If you adopt and choose none, the changes of these words are taken."
        ),
        error_messages={
            "invalid_choice": gettext_lazy("This change can't be chosen here any more.")
        },
    )

    def __init__(self, *args: Any, candidates: Candidates, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Offer the changes; without a newer version there is nothing to offer."""
        super().__init__(*args, **kwargs)
        self.candidates = candidates
        if candidates.pks:
            self.fields["changes"].choices = candidates.choices()  # type: ignore[attr-defined]  # a choice field
        else:
            del self.fields["changes"]

    def chosen_changes(self) -> list[Change]:
        """Return the changes that were ticked."""
        chosen = set(self.cleaned_data.get("changes", ()))
        rows = (*self.candidates.touching, *self.candidates.others)
        return [change for change in rows if str(change.pk) in chosen]

    def answer(self) -> dict[str, Any]:
        """Return what the services of dispositions take from this form."""
        names = ("outcome", "reason", "internal_note", "office", "due_on")
        values = {name: self.cleaned_data[name] for name in names}
        return {**values, "changes": self.chosen_changes()}


class QuickAnswerForm(forms.Form):
    """The answer to one annotation beside its passage: outcome and public reason."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[("", gettext_lazy("Please choose")), *Outcome.choices],
        error_messages=NO_OUTCOME,
    )
    reason = forms.CharField(
        label=gettext_lazy("Public reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=DispositionForm.base_fields["reason"].help_text,
    )

    def __init__(self, data: QueryDict | None = None, *, annotation: Annotation) -> None:
        """Give the fields ids of their own, and keep them out of the form of the page."""
        super().__init__(data, auto_id=f"answer-{annotation.pk}-%s")
        for field in self.fields.values():
            field.widget.attrs["form"] = f"answer-{annotation.pk}"


class AcceptForm(forms.Form):
    """The passage as it shall stand in the draft, and the answer to whoever suggested an edit."""

    wording = forms.CharField(
        label=gettext_lazy("The passage in the draft"),
        widget=AdminAutoHeightTextInput,
        help_text=gettext_lazy(
            "The suggestion is filled in. Bold words and links of the draft stay where their "
            "words stay."
        ),
        error_messages={"required": gettext_lazy("Please write what the passage shall say.")},
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"),
        choices=[(name.value, name.label) for name in (Outcome.ADOPTED, Outcome.PARTLY_ADOPTED)],
        widget=forms.RadioSelect,
        error_messages=NO_OUTCOME,
    )
    reason = forms.CharField(
        label=gettext_lazy("Public reason"),
        required=False,
        widget=AdminAutoHeightTextInput,
        help_text=gettext_lazy(
            "Everybody reads it. It may only be missing where the suggestion is adopted word for "
            "word."
        ),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)


class ReasonsForm(forms.Form):
    """The statement of reasons that an author reads."""

    basis = forms.ChoiceField(
        label=gettext_lazy("What it is based on"),
        choices=Basis.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Please choose the law or the rules for contributions."),
            "invalid_choice": gettext_lazy("Please choose the law or the rules for contributions."),
        },
    )
    ground = forms.CharField(
        label=gettext_lazy("Ground"),
        widget=AdminAutoHeightTextInput,
        help_text=gettext_lazy(
            "Which law or which rule, and why. The author reads it, and it stays in the log."
        ),
        error_messages={"required": gettext_lazy("Please say why this is hidden.")},
    )
    fact = forms.CharField(
        label=gettext_lazy("Facts"),
        required=False,
        widget=AdminAutoHeightTextInput,
        help_text=gettext_lazy(
            "What was found, where the words alone do not say it. The author reads it, too."
        ),
    )

    def reasons(self) -> dict[str, Any]:
        """Return what the service takes from this form."""
        return dict(self.cleaned_data)


class DecisionForm(forms.Form):
    """Whether a report or an appeal is right, and why."""

    decision = forms.ChoiceField(
        label=gettext_lazy("How it is decided"),
        choices=[
            ("upheld", gettext_lazy("Upheld: it is right")),
            ("not_upheld", gettext_lazy("Not upheld: it is not right")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please decide.")},
    )
    answer = forms.CharField(
        label=gettext_lazy("Why, for whoever asked"),
        widget=AdminAutoHeightTextInput,
        help_text=gettext_lazy(
            "It goes out by mail and stands on the page of the report or appeal."
        ),
        error_messages={"required": gettext_lazy("Please say why.")},
    )

    with_others = forms.BooleanField(required=False)

    def __init__(self, *args: Any, others: int = 0, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Offer to decide alike on other reports, where there are some.

        Args:
            args: See Django.
            others: How many.
            kwargs: See Django.
        """
        super().__init__(*args, **kwargs)
        self.fields["with_others"].label = ngettext(
            "Decide in the same way on the other open report of this contribution",
            "Decide in the same way on the %(number)d other open reports of this contribution",
            others,
        ) % {"number": others}
        if not others:
            del self.fields["with_others"]

    @property
    def is_upheld(self) -> bool:
        """Whether the answer is yes."""
        return bool(self.cleaned_data.get("decision") == "upheld")

    def values(self) -> dict[str, Any]:
        """Return what the services take from this form."""
        values = {"is_upheld": self.is_upheld, "answer": self.cleaned_data["answer"]}
        if "with_others" in self.fields:
            values["with_others"] = self.cleaned_data["with_others"]
        return values


class SpamForm(ReasonsForm):
    """Why something is taken for spam."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Begin with what is nearly always true."""
        super().__init__(*args, **kwargs)
        self.fields["basis"].initial = Basis.HOUSE_RULES
        self.fields["ground"].initial = _("Advertising that has nothing to do with the text.")

    def reasons(self) -> dict[str, Any]:
        """Return what the service takes from this form."""
        return {**super().reasons(), "state": State.SPAM}


class NoteForm(forms.Form):
    """A note among moderators."""

    text = forms.CharField(
        label=gettext_lazy("New note"),
        widget=AdminAutoHeightTextInput,
        help_text=gettext_lazy("Only moderators see it. It is part of no export."),
        error_messages={"required": gettext_lazy("Please write something.")},
    )


class HideForm(ReasonsForm):
    """Why something is taken out of sight."""

    state = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=[
            (State.HIDDEN, gettext_lazy("Hidden: still needs a disposition")),
            (State.SPAM, gettext_lazy("Spam: needs no disposition")),
            (State.ILLEGAL, gettext_lazy("Illegal: needs no disposition")),
        ],
        widget=forms.RadioSelect,
        initial=State.HIDDEN,
    )

    field_order = ["state", "basis", "ground", "fact"]


class HidingDecisionForm(HideForm, DecisionForm):
    """A decision by which a contribution is hidden, with the reasons for its author."""

    field_order = ["decision", "answer", "state", "basis", "ground", "fact"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        """Ask for reasons only where something is hidden."""
        super().__init__(*args, **kwargs)
        for name in ("state", "basis", "ground"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """Ask for basis and ground where the decision is yes."""
        cleaned = super().clean() or self.cleaned_data
        if self.is_upheld:
            for name in ("state", "basis", "ground"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, self.fields[name].error_messages["required"])
        return cleaned

    def values(self) -> dict[str, Any]:
        """Return what the services take from this form."""
        names = ("state", "basis", "ground", "fact")
        reasons = {name: self.cleaned_data[name] for name in names}
        return {**super().values(), "reasons": reasons if self.is_upheld else None}


class PlacementForm(forms.Form):
    """Where the words of an annotation stand: one of the candidates, or nowhere any more."""

    place = forms.ChoiceField(
        label=gettext_lazy("Where do the words stand now?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Please choose a place."),
            "invalid_choice": gettext_lazy("Please choose a place."),
        },
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401  # Django's signature
        placement: Placement,
        passages: Mapping[int, Passage],
        **kwargs: Any,  # noqa: ANN401  # Django's signature
    ) -> None:
        """Offer the candidates with their words marked."""
        super().__init__(*args, **kwargs)
        self.spots = [spot for spot in placement.candidates if spot[0] in passages]
        choices: list[tuple[str, str]] = [
            (str(index), _place_label(passages[spot[0]], spot))
            for index, spot in enumerate(self.spots)
        ]
        choices.append((REMOVED, _("The words are no longer there.")))
        field = self.fields["place"]
        field.choices = choices  # type: ignore[attr-defined]  # a choice field
        field.help_text = _places_found(placement.version.number, len(self.spots))

    def chosen_spot(self) -> Sequence[Any] | None:
        """Return passage, start and end, None where the words are gone."""
        value = self.cleaned_data["place"]
        return None if value == REMOVED else self.spots[int(value)]


def _places_found(version: int, places: int) -> str:
    sentence = ngettext(
        "Version %(version)s has %(number)d possible place.",
        "Version %(version)s has %(number)d places that fit equally well.",
        places,
    )
    return sentence % {"version": version, "number": places}


def _place_label(passage: Passage, spot: Sequence[Any]) -> SafeString:
    excerpt = excerpt_of(passage.text, spot[1], spot[2])
    name = _("Passage %(number)s") % {"number": passage.number}
    return format_html(
        "<span>{}: {}<mark>{}</mark>{}</span>",
        name if passage.number else _("Passage without number"),
        excerpt.before,
        excerpt.words,
        excerpt.after,
    )
