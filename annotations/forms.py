"""Forms of annotating and replying: what is typed is kept, whatever goes wrong."""

from __future__ import annotations

import json
import time
import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from annotations.core.ranges import find_quote
from annotations.core.sentences import are_neighbours, sentences, stretch_of
from annotations.models import Consent, Motivation
from annotations.services import consents
from annotations.services.checking import body_limit

if TYPE_CHECKING:
    from typing import Self

    from django.http import HttpRequest

    from versioning.models import Passage

SALT = "annotations.forms"
MOST_SENTENCES = 60
"""A longer passage offers no choice of sentences."""
KINDS = (Motivation.COMMENTING, Motivation.QUESTIONING, Motivation.EDITING)
KIND_LABELS = {
    Motivation.COMMENTING: _("I want to say something"),
    Motivation.QUESTIONING: _("I want to ask something"),
    Motivation.EDITING: _("I suggest other words"),
}


def stamp() -> str:
    """Return the time at which a form was shown, signed."""
    return signing.dumps(int(time.time()), salt=SALT)


def seconds_since(stamped: str) -> float:
    """Return how long ago a form was shown; a stamp that is not ours counts as just now."""
    try:
        shown_at = signing.loads(stamped, salt=SALT)
    except signing.BadSignature:
        return 0
    return time.time() - shown_at


def is_too_quick(stamped: str) -> bool:
    """Return whether a form came back faster than anybody writes.

    A form that was shown in the future was shown before the clock was put back.
    """
    least = float(getattr(settings, "SYNOPSE_MINIMUM_SECONDS", 3))
    return 0 <= seconds_since(stamped) < least


class GuardedForm(forms.Form):
    """What everything has in common that asks guests for an address.

    Machines are kept away by a field that people leave empty and by the time it takes to write.
    """

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("Nobody will see it. We send you a link with which you confirm."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Please give your e-mail address, so that you can confirm."),
            "invalid": _("This is not an e-mail address. It looks like name@example.org."),
        },
    )
    website = forms.CharField(
        label=_("please leave empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )
    started = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_website(self) -> str:
        """Refuse what only machines fill in."""
        if self.cleaned_data["website"]:
            raise ValidationError(_("Please leave this field empty."), code="honeypot")
        return ""


class ContributionForm(GuardedForm):
    """What annotations and replies have in common.

    People with an account are asked neither for a name nor for an address. Machines are kept away
    by a field that people leave empty and by the time it takes to write; both only ask to send
    once more.
    """

    body = forms.CharField(
        label=_("Your words"),
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        strip=True,
        error_messages={"required": _("Please write something.")},
    )
    name = forms.CharField(
        label=_("Name or pseudonym"),
        max_length=50,
        help_text=_("Everybody will see it."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "dir": "auto"}),
        error_messages={"required": _("Please give a name or a pseudonym.")},
    )
    idempotency_key = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    field_order = ["body", "name", "email"]

    def __init__(self, data: QueryDict | None = None, *, request: HttpRequest, **kwargs: Any):  # noqa: ANN401, ANN204  # Django's signature
        """Take away what an account makes superfluous, and link helps and errors to fields."""
        prefix = kwargs.pop("id_prefix", "annotation")
        super().__init__(data, auto_id=f"{prefix}-%s", **kwargs)
        self.is_guest = not request.user.is_authenticated
        if not self.is_guest:
            del self.fields["name"], self.fields["email"]
        limit = body_limit()
        self.fields["body"].help_text = _("At most %(limit)d characters.") % {"limit": limit}
        self.fields["started"].initial = stamp
        self.fields["idempotency_key"].initial = lambda: uuid.uuid4().hex
        self.order_fields(self.field_order)

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What was written, label and text, to be copied where it can't be sent any more."""
        names = [name for name in ("quote", "proposed", "body") if name in self.fields]
        texts = [(str(self.fields[name].label), str(self[name].value() or "")) for name in names]
        return [(label, text) for label, text in texts if text.strip()]

    def clean_body(self) -> str:
        """Refuse a text that is too long, and say by how much."""
        return self._short_enough(self.cleaned_data["body"], body_limit())

    def clean(self) -> dict[str, Any]:
        """Refuse what was sent faster than anybody writes, where nothing else is wrong."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and is_too_quick(self.data.get("started", "")):
            raise ValidationError(
                _("That was very quick. Your text is still here: please send it once more."),
                code="too_fast",
            )
        return cleaned

    def renewed(self) -> Self:
        """Give a bound form a valid stamp and key where the sent ones are not ours."""
        data = QueryDict(mutable=True)
        data.update(self.data)
        try:
            signing.loads(data.get("started", ""), salt=SALT)
        except signing.BadSignature:
            data["started"] = stamp()
        if not data.get("idempotency_key"):
            data["idempotency_key"] = uuid.uuid4().hex
        self.data = data
        return self

    def add_service_error(self, error: ValidationError) -> None:
        """Put what a service refused beside its field, or on top where there is no such field."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error)
            return
        for field, errors in error.error_dict.items():
            self.add_error(field if field in self.fields else None, errors)

    def identity(self) -> dict[str, str]:
        """Return name and address as services take them; empty for accounts."""
        return {key: self.cleaned_data.get(key, "") for key in ("name", "email")}

    def consent(self) -> int | None:
        """Return the version of the words that stood below the form."""
        return consents.seen(self.data, Consent.GUEST_CONTRIBUTION, Consent.CONTRIBUTION)

    def _short_enough(self, text: str, limit: int) -> str:
        text = text.replace("\r\n", "\n")
        if len(text) <= limit:
            return text
        over = len(text) - limit
        message = ngettext(
            "Your text is %(over)d character too long: at most %(limit)d are possible.",
            "Your text is %(over)d characters too long: at most %(limit)d are possible.",
            over,
        )
        raise ValidationError(message, code="too_long", params={"over": over, "limit": limit})


class AnnotationForm(ContributionForm):
    """An annotation, a question or a suggested edit on one passage.

    Which words are meant comes from the browser (a range that holds the quote), from the quote, or
    from the sentences that were ticked; a quote beside sentences is looked for in them.
    """

    motivation = forms.ChoiceField(
        label=_("What do you want to do?"),
        choices=[(kind.value, KIND_LABELS[kind]) for kind in KINDS],
        initial=Motivation.COMMENTING.value,
        widget=forms.RadioSelect,
    )
    quote = forms.CharField(
        label=_("Exactly these words (optional)"),
        required=False,
        strip=True,
        help_text=_(
            "If this is empty, you mean the whole passage. To mean a part of it, "
            "copy the words to here."
        ),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )
    sentences = forms.TypedMultipleChoiceField(
        label=_("Only these sentences"),
        required=False,
        help_text=_("Tick one sentence, or several that follow one another."),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    proposed = forms.CharField(
        label=_("Your wording"),
        required=False,
        strip=True,
        help_text=_("Only for a suggested edit: what shall stand there instead."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    start = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    end = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    base_hash = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    field_order = ["motivation", "sentences", "quote", "proposed", "body", "name", "email"]

    def __init__(self, data: QueryDict | None = None, *, passage: Passage, **kwargs: Any):  # noqa: ANN401, ANN204  # Django's signature
        """Remember the text that the words are chosen from."""
        super().__init__(data, **kwargs)
        self.passage = passage
        self.fields["base_hash"].initial = passage.text_hash
        self.spans = sentences(passage.text)
        if 1 < len(self.spans) <= MOST_SENTENCES:
            self.fields["sentences"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
                (index, passage.text[start:end].strip())
                for index, (start, end) in enumerate(self.spans)
            ]
        else:
            del self.fields["sentences"]

    @property
    def language(self) -> str:
        """Language of the passage's words."""
        return str(self.passage.locale.language_code)

    @property
    def spans_json(self) -> str:
        """The range of each sentence, for the browser."""
        return json.dumps([stretch_of(self.passage.text, [span]) for span in self.spans])

    @cached_property
    def range(self) -> tuple[int, int] | None:
        """The range that the browser chose, or that of the sentences; None where words decide."""
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        quote = self.cleaned_data.get("quote", "")
        if quote and start is not None and end is not None and self._holds(start, end, quote):
            return start, end
        return self._range_of_sentences(quote)

    def _holds(self, start: int, end: int, quote: str) -> bool:
        return self.passage.text[start:end] == quote

    def _range_of_sentences(self, quote: str) -> tuple[int, int] | None:
        """Return the range of the ticked sentences, or the quote's one place in them."""
        ticked = self.cleaned_data.get("sentences")
        if not ticked:
            return None
        start, end = stretch_of(self.passage.text, [self.spans[index] for index in ticked])
        if not quote:
            return start, end
        words = " ".join(quote.split())
        found = find_quote(self.passage.text[start:end], words)
        return (start + found[0][0], start + found[0][1]) if len(found) == 1 else None

    def clean_sentences(self) -> list[int]:
        """Refuse sentences with others between them: an annotation stands on one stretch."""
        ticked = sorted(set(self.cleaned_data["sentences"]))
        if not are_neighbours(ticked):
            raise ValidationError(
                _("Please tick sentences that follow one another, without a gap."), code="gap"
            )
        return ticked

    def clean_proposed(self) -> str:
        """Refuse a wording that is much longer than its passage."""
        limit = len(self.passage.text) + body_limit()
        return self._short_enough(self.cleaned_data["proposed"], limit)

    def clean(self) -> dict[str, Any]:
        """Ask for the wording of a suggested edit."""
        cleaned = super().clean()
        if cleaned.get("sentences") and cleaned.get("quote") and self.range is None:
            self.add_error(
                "quote",
                _(
                    "These words do not stand exactly once in the sentences that you ticked. "
                    "Please copy them letter for letter, or leave this field empty."
                ),
            )
        is_edit = cleaned.get("motivation") == Motivation.EDITING
        if is_edit and not cleaned.get("proposed") and "proposed" not in self.errors:
            self.add_error("proposed", _("Please write the words that shall stand there instead."))
        return cleaned

    def contribution(self) -> dict[str, Any]:
        """Return what ``submit_annotation`` takes from this form."""
        data = self.cleaned_data
        start, end = self.range or (None, None)
        return {
            "body": data["body"],
            "motivation": data["motivation"],
            "start": start,
            "end": end,
            "quote": "" if self.range else data["quote"],
            "proposed": data["proposed"],
            "base_hash": data["base_hash"] if data["proposed"] else "",
            "idempotency_key": data["idempotency_key"] or uuid.uuid4().hex,
            "consent": self.consent(),
            **self.identity(),
        }


class ReplyForm(ContributionForm):
    """A reply to an annotation."""


class MendReplyForm(ContributionForm):
    """New words for one's own reply."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    field_order = ["body"]


class MendAnnotationForm(AnnotationForm):
    """New words for one's own annotation; its place stays."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None = None, **kwargs: Any):  # noqa: ANN401, ANN204  # Django's signature
        """Leave out what says where the annotation stands."""
        super().__init__(data, **kwargs)
        for name in ("quote", "start", "end", "base_hash"):
            del self.fields[name]
