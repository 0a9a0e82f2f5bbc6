"""Page types of a strategy process."""

from cms_pages.models.drafts import StrategyDraftPage
from cms_pages.models.home import HomePage
from cms_pages.models.imports import DraftNote, WaitingImport
from cms_pages.models.processes import ParticipationProcessPage, ProcessBody
from cms_pages.models.reports import ProblemReport
from cms_pages.models.snippets import ReusableText
from cms_pages.models.standard import StandardPage

__all__ = [
    "DraftNote",
    "HomePage",
    "ParticipationProcessPage",
    "ProblemReport",
    "ProcessBody",
    "ReusableText",
    "StandardPage",
    "StrategyDraftPage",
    "WaitingImport",
]
