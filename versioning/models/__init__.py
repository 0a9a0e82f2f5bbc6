"""Models of versioning, by family."""

from versioning.models.continuations import Continuation
from versioning.models.exports import Export, ExportForm, ExportKind, ExportState
from versioning.models.gate import AbstractRouteBody, BodyRole, GateStep, Outcome, Submission
from versioning.models.pages import VersionedPageMixin
from versioning.models.records import GateRecord
from versioning.models.stamps import Stamp
from versioning.models.stored import StoredComparison
from versioning.models.versions import Change, DocumentUse, Lineage, Passage, Version

__all__ = [
    "AbstractRouteBody",
    "BodyRole",
    "Change",
    "Continuation",
    "DocumentUse",
    "Export",
    "ExportForm",
    "ExportKind",
    "ExportState",
    "GateRecord",
    "GateStep",
    "Lineage",
    "Outcome",
    "Passage",
    "Stamp",
    "StoredComparison",
    "Submission",
    "Version",
    "VersionedPageMixin",
]
