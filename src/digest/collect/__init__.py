"""Collecting: from files and fetched bytes to cleaned, tagged articles."""

from digest.collect.apart import Cleaner, cleaning_workers
from digest.collect.document import Context, Document, Format, Unreadable
from digest.collect.extraction import extract
from digest.collect.formats import guess_format
from digest.collect.images import store_image
from digest.collect.reading import read_documents

__all__ = [
    "Cleaner",
    "Context",
    "Document",
    "Format",
    "Unreadable",
    "cleaning_workers",
    "extract",
    "guess_format",
    "read_documents",
    "store_image",
]
