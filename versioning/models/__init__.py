"""Models of versioning, by family."""

from versioning.models.continuations import Continuation
from versioning.models.exports import Export, ExportForm, ExportKind, ExportState
from versioning.models.gate import (
    AbstractRouteBody,
    BodyRole,
    GateStep,
    Outcome,
    StepDocument,
    Submission,
)
from versioning.models.packages import PackageRecord, SubmissionPackage
from versioning.models.pages import VersionedPageMixin
from versioning.models.records import GateRecord
from versioning.models.signatures import Signature, Verdict
from versioning.models.stamps import Stamp
from versioning.models.stored import StoredComparison
from versioning.models.tasks import CoSigningTask, DecisionTask, SubmissionTask
from versioning.models.versions import Change, DocumentUse, Lineage, Passage, Version
from versioning.models.waivers import Waiver

__all__ = [
    "AbstractRouteBody",
    "BodyRole",
    "Change",
    "CoSigningTask",
    "Continuation",
    "DecisionTask",
    "DocumentUse",
    "Export",
    "ExportForm",
    "ExportKind",
    "ExportState",
    "GateRecord",
    "GateStep",
    "Lineage",
    "Outcome",
    "PackageRecord",
    "Passage",
    "Signature",
    "Stamp",
    "StepDocument",
    "StoredComparison",
    "Submission",
    "SubmissionPackage",
    "SubmissionTask",
    "Verdict",
    "Version",
    "VersionedPageMixin",
    "Waiver",
]
