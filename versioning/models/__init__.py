"""Models of versioning, by family."""

from versioning.models.exports import Export, ExportForm, ExportKind, ExportState
from versioning.models.gate import GateStep, Submission
from versioning.models.pages import VersionedPageMixin
from versioning.models.stamps import Stamp
from versioning.models.stored import StoredComparison
from versioning.models.versions import Change, DocumentUse, Lineage, Passage, Version
from versioning.models.waivers import Waiver

__all__ = [
    "Change",
    "DocumentUse",
    "Export",
    "ExportForm",
    "ExportKind",
    "ExportState",
    "GateStep",
    "Lineage",
    "Passage",
    "Stamp",
    "StoredComparison",
    "Submission",
    "Version",
    "VersionedPageMixin",
    "Waiver",
]
