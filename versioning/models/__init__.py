"""Models of versioning, by family."""

from versioning.models.exports import Export, ExportForm, ExportKind, ExportState
from versioning.models.gate import (
    AbstractRouteBody,
    BodyRole,
    GateStep,
    Outcome,
    StepDocument,
    Submission,
)
from versioning.models.pages import VersionedPageMixin
from versioning.models.stamps import Stamp
from versioning.models.stored import StoredComparison
from versioning.models.versions import Change, DocumentUse, Lineage, Passage, Version

__all__ = [
    "AbstractRouteBody",
    "BodyRole",
    "Change",
    "DocumentUse",
    "Export",
    "ExportForm",
    "ExportKind",
    "ExportState",
    "GateStep",
    "Lineage",
    "Outcome",
    "Passage",
    "Stamp",
    "StepDocument",
    "StoredComparison",
    "Submission",
    "Version",
    "VersionedPageMixin",
]
