"""The admin of annotations: listing, answers, moderation, places by hand."""
