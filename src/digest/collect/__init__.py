"""Collecting: from files and fetched bytes to cleaned, tagged articles."""

from digest.collect.addresses import site_of, without_feed_scheme
from digest.collect.apart import Cleaner, cleaning_workers
from digest.collect.completing import complete
from digest.collect.discovery import FoundSource, discover
from digest.collect.document import Context, Document, Format, Unreadable
from digest.collect.extraction import extract
from digest.collect.formats import guess_format
from digest.collect.images import store_image
from digest.collect.kinds import Named, NameKind, kinds_of
from digest.collect.letter import letter_sender
from digest.collect.listed import newest_first
from digest.collect.listing import Listing, PageRef, explain, first_url, further_url, kind_of, read_listing
from digest.collect.listing_apart import list_apart
from digest.collect.opml import Outline, read_opml, write_opml
from digest.collect.reading import read_documents

__all__ = [
    "Cleaner",
    "Context",
    "Document",
    "Format",
    "FoundSource",
    "Listing",
    "NameKind",
    "Named",
    "Outline",
    "PageRef",
    "Unreadable",
    "cleaning_workers",
    "complete",
    "discover",
    "explain",
    "extract",
    "first_url",
    "further_url",
    "guess_format",
    "kind_of",
    "kinds_of",
    "letter_sender",
    "list_apart",
    "newest_first",
    "read_documents",
    "read_listing",
    "read_opml",
    "site_of",
    "store_image",
    "without_feed_scheme",
    "write_opml",
]
