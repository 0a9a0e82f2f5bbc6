"""Models of versioning, by family."""

from versioning.models.exports import Export, ExportForm, ExportKind, ExportState
from versioning.models.gate import AbstractRouteBody, BodyRole, GateStep, Outcome, Submission
from versioning.models.pages import VersionedPageMixin
from versioning.models.signatures import Signature, Verdict
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
    "Signature",
    "Stamp",
    "StoredComparison",
    "Submission",
    "Verdict",
    "Version",
    "VersionedPageMixin",
]
