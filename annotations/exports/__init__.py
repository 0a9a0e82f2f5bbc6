"""All public annotations of a document as files."""
