"""What templates show of annotations: data classes, built in a constant number of queries."""

from annotations.presentation.cards import Answer, Card, Reply
from annotations.presentation.reading import (
    Chapter,
    PassageView,
    Section,
    passage_name,
    passage_url,
    reading_context,
)
from annotations.presentation.windows import window_sentence

__all__ = [
    "Answer",
    "Card",
    "Chapter",
    "PassageView",
    "Reply",
    "Section",
    "passage_name",
    "passage_url",
    "reading_context",
    "window_sentence",
]
