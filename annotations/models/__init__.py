"""Models of annotations, by family."""

from annotations.models.annotations import (
    Annotation,
    ConfirmationToken,
    Motivation,
    Source,
    State,
)
from annotations.models.applied import AppliedSuggestion
from annotations.models.assignments import Assignment
from annotations.models.consents import AccountConsent, Consent, ConsentText
from annotations.models.dispositions import Disposition, DispositionEvent, Outcome
from annotations.models.follows import Follow, News
from annotations.models.mail_preferences import MailPreference, Rhythm
from annotations.models.moderation import (
    Basis,
    ModerationEvent,
    ModeratorNote,
    Watch,
    WatchedWord,
)
from annotations.models.officials import OfficialRole
from annotations.models.outbox import OutboxMail
from annotations.models.pages import AnnotatedPageMixin
from annotations.models.placements import Placement, PlacementRun, PlacementState
from annotations.models.reactions import Reaction
from annotations.models.reports import Appeal, Report, ReportReason
from annotations.models.saved_filters import SavedFilter
from annotations.models.supports import Support
from annotations.models.tallies import Tally
from annotations.models.texts import ReasonText
from annotations.models.tokens import ApiToken

__all__ = [
    "AccountConsent",
    "AnnotatedPageMixin",
    "Annotation",
    "ApiToken",
    "Appeal",
    "AppliedSuggestion",
    "Assignment",
    "Basis",
    "ConfirmationToken",
    "Consent",
    "ConsentText",
    "Disposition",
    "DispositionEvent",
    "Follow",
    "MailPreference",
    "ModerationEvent",
    "ModeratorNote",
    "Motivation",
    "News",
    "OfficialRole",
    "OutboxMail",
    "Outcome",
    "Placement",
    "PlacementRun",
    "PlacementState",
    "Reaction",
    "ReasonText",
    "Report",
    "ReportReason",
    "Rhythm",
    "SavedFilter",
    "Source",
    "State",
    "Support",
    "Tally",
    "Watch",
    "WatchedWord",
]
