"""Tasks for Wagtail's workflows: what the gate waits for, on Wagtail's dashboard and in its log.

None of them decides anything. They follow what the services have recorded, so the gate works the
same with a workflow and without one (``versioning/services/workflows.py``).
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task, TaskState

from versioning import permissions
from versioning.models.gate import GateStep, Outcome, Submission
from versioning.models.versions import Version

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django_stubs_ext import StrOrPromise
    from wagtail.models import Page, WorkflowState

OPEN = "open"
"""Name of the only action: it leads to where the act is recorded."""


class Verdict(NamedTuple):
    """What became of a task.

    Attributes:
        is_done: It is done; otherwise another text is wanted.
        comment: Words for Wagtail's log and mails.
    """

    is_done: bool
    comment: str = ""


class GateTask(Task):
    """A task that ends when the gate has what it waits for."""

    action_label: StrOrPromise = ""
    permission = ""

    class Meta:
        abstract = True

    def start(self, workflow_state: WorkflowState, user: User | None = None) -> TaskState:
        """Begin the task; it ends at once where what it waits for has been recorded before."""
        state = super().start(workflow_state, user=user)
        verdict = self.verdict(workflow_state.content_object)
        if verdict is not None and verdict.is_done:
            state.approve(user=user, update=False, comment=verdict.comment)
        return state

    def verdict(self, page: Page) -> Verdict | None:
        """Return what became of the task on a page; None while it waits."""
        raise NotImplementedError  # Django's models cannot be abstract classes; each task answers

    def address(self, page: Page) -> str:
        """Return where the act is recorded."""
        raise NotImplementedError  # see verdict

    def may_act(self, page: Page, user: User) -> bool:
        """Tell whether somebody can do what the task waits for."""
        return permissions.can(user, self.permission, page)

    def get_actions(self, obj: Page, user: User) -> list[tuple[str, StrOrPromise, bool]]:
        """Offer the way to where the act is recorded."""
        return [(OPEN, self.action_label, False)] if self.may_act(obj, user) else []

    def on_action(
        self,
        task_state: TaskState,
        user: User,
        action_name: str,
        **kwargs: Any,  # noqa: ANN401  # Wagtail's signature
    ) -> str:
        """Return the address; nothing changes."""
        return self.address(task_state.workflow_state.content_object)

    def get_task_states_user_can_moderate(
        self,
        user: User,
        **kwargs: Any,  # noqa: ANN401  # Wagtail's signature
    ) -> QuerySet[TaskState]:
        """Return the pages on which somebody can act now, for Wagtail's dashboard."""
        waiting = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
        states = waiting.select_related("workflow_state")
        keys = [s.pk for s in states if self.may_act(s.workflow_state.content_object, user)]
        return waiting.filter(pk__in=keys)


class CoSigningTask(GateTask):
    """All departments of the route sign the newest version."""

    action_label = _("Look at it and sign")

    class Meta:
        verbose_name = _("Co-signing by the departments")
        verbose_name_plural = _("Co-signings by the departments")

    @classmethod
    def get_description(cls) -> StrOrPromise:
        """Say what the task waits for."""
        return _("Waits until all departments of the route have signed the newest version")

    def start(self, workflow_state: WorkflowState, user: User | None = None) -> TaskState:
        """Begin the task, and ask those departments that were not asked yet."""
        from versioning.services.signing import ask_for_signatures  # noqa: PLC0415  # it needs models

        state = super().start(workflow_state, user=user)
        newest = Version.objects.newest_of(workflow_state.content_object)
        if state.status == TaskState.STATUS_IN_PROGRESS and newest is not None and user is not None:
            with suppress(ValidationError, PermissionDenied):
                ask_for_signatures(version=newest, actor=user)
        return state

    def verdict(self, page: Page) -> Verdict | None:
        """Return that all have signed, or who refuses."""
        from versioning.services import signing_state as standing  # noqa: PLC0415  # it needs models

        newest = Version.objects.newest_of(page)
        if newest is None:
            return None
        states = standing.signing_state(newest)
        if not states:
            return Verdict(is_done=True, comment=str(_("No department co-signs this text.")))
        if all(state.is_signed for state in states):
            return Verdict(is_done=True, comment=", ".join(state.name for state in states))
        refused = [state for state in states if state.standing == standing.Standing.REFUSED]
        if refused:
            named = [f"{state.name}: {state.standing.label}" for state in refused]
            return Verdict(is_done=False, comment=". ".join(named))
        return None

    def may_act(self, page: Page, user: User) -> bool:
        """Tell whether the version waits for a department of somebody."""
        from versioning.services.signing_state import own_states  # noqa: PLC0415  # it needs models

        newest = Version.objects.newest_of(page)
        return newest is not None and any(state.waits for state in own_states(user, newest))

    def address(self, page: Page) -> str:
        """Return the desk of those who sign."""
        return reverse("synopse_versions:signing")


class SubmissionTask(GateTask):
    """The version is handed over to the bodies."""

    action_label = _("Checklist and handing over")
    permission = "submit_version"

    class Meta:
        verbose_name = _("Handing over a version")
        verbose_name_plural = _("Handing over versions")

    @classmethod
    def get_description(cls) -> StrOrPromise:
        """Say what the task waits for."""
        return _("Waits until the newest version is handed over to the bodies that decide")

    def verdict(self, page: Page) -> Verdict | None:
        """Return that it is done once the newest version is handed over."""
        newest = Version.objects.newest_of(page)
        is_done = newest is not None and Submission.objects.filter(version=newest).exists()
        return Verdict(is_done=True) if is_done else None

    def address(self, page: Page) -> str:
        """Return the address of the gate."""
        return reverse("synopse_versions:page_gate", args=[page.pk])


class DecisionTask(GateTask):
    """A body decides on the version that was handed over."""

    body = models.CharField(
        _("body"), max_length=120, help_text=_("Its name, as the route of the process has it.")
    )

    action_label = _("Record the decision")
    permission = "record_decision"
    admin_form_fields = [*Task.admin_form_fields, "body"]

    class Meta:
        verbose_name = _("Decision of a body")
        verbose_name_plural = _("Decisions of bodies")

    @classmethod
    def get_description(cls) -> StrOrPromise:
        """Say what the task waits for."""
        return _("Waits until the decision of one body on the newest version is recorded")

    def verdict(self, page: Page) -> Verdict | None:
        """Return what the body decided in the round that goes on.

        A body that is not on the route of the text has nothing to decide. One that wanted another
        text keeps the task waiting for changes until a newer version is out.
        """
        from versioning.services.progress import newest_submission  # noqa: PLC0415  # it needs models

        newest = newest_submission(page.pk)
        if newest is None:
            return None
        is_superseded = Version.objects.filter(
            page=page.pk, number__gt=newest.version.number
        ).exists()
        returned = newest.steps.filter(outcome=Outcome.RETURNED).exists()
        if returned and is_superseded:
            return None
        steps = GateStep.objects.filter(
            submission__version__page=page.pk, submission__round=newest.round, body=self.body
        )
        step = steps.exclude(outcome="").order_by("-submission__version__number").first()
        if step is None:
            missing = Verdict(is_done=True, comment=str(_("It is not on the route of this text.")))
            return None if steps.exists() else missing
        is_open = step.asks_for_changes and step.submission_id == newest.pk and not is_superseded
        words = [step.get_outcome_display(), step.reference, step.note]
        return Verdict(not is_open, ". ".join(filter(None, words)))

    def address(self, page: Page) -> str:
        """Return where the decision is recorded; before the submission, the gate."""
        newest = Version.objects.newest_of(page)
        step = GateStep.objects.filter(submission__version=newest, body=self.body).first()
        if step is None:
            return reverse("synopse_versions:page_gate", args=[page.pk])
        return reverse("synopse_versions:decision", args=[step.pk])
