"""PDFs in which decisions stand."""

from __future__ import annotations

from versioning.services.documents import NewDocument

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\n"
    b"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000055 00000 n \n"
    b"0000000105 00000 n \ntrailer<</Size 4/Root 1 0 R>>\nstartxref\n168\n%%EOF\n"
)
"""The smallest whole PDF, one empty page."""


def pdf(name: str = "Beschluss.pdf", *, title: str = "", mark: str = "") -> NewDocument:
    """Return a PDF; another ``mark`` makes another file."""
    content = PDF.replace(b"%%EOF", f"% {mark}\n%%EOF".encode()) if mark else PDF
    return NewDocument(name, content, title)
