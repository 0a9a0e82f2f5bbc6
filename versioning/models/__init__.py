"""Models of versioning, by family."""

from versioning.models.exports import Export, ExportForm, ExportKind, ExportState
from versioning.models.gate import GateStep, Submission
from versioning.models.packages import PackageRecord, SubmissionPackage
from versioning.models.pages import VersionedPageMixin
from versioning.models.stamps import Stamp
from versioning.models.stored import StoredComparison
from versioning.models.versions import Change, DocumentUse, Lineage, Passage, Version

__all__ = [
    "Change",
    "DocumentUse",
    "Export",
    "ExportForm",
    "ExportKind",
    "ExportState",
    "GateStep",
    "Lineage",
    "PackageRecord",
    "Passage",
    "Stamp",
    "StoredComparison",
    "Submission",
    "SubmissionPackage",
    "Version",
    "VersionedPageMixin",
]
