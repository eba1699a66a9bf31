"""What operators say: types, and how they are read from files and variables."""

from digest.settings.bounces import UNIX, BounceSettings, ImapSettings, ListenSettings, is_loopback
from digest.settings.digests import (
    MORE,
    DigestSettings,
    MoreSettings,
    SectionSettings,
    SelectionSettings,
)
from digest.settings.fetch import FetchSettings
from digest.settings.fields import parse_duration, parse_size, section_key, show_duration, show_size
from digest.settings.loading import LoadedSettings, database_url, load_digest, load_settings, parse_digest
from digest.settings.mailbox import Mailbox, parse_domain, parse_mailbox
from digest.settings.preflight import PreflightSettings
from digest.settings.relay_files import read_key
from digest.settings.review import AtDeadline, BrakeSettings, ReviewSettings
from digest.settings.schedules import BlackoutSettings, ScheduleSettings
from digest.settings.service import (
    AlertMailSettings,
    AlertSettings,
    ServiceSettings,
    WebhookSettings,
    secret_bytes,
)
from digest.settings.sources import SourceSettings
from digest.settings.sources_edit import (
    sources_of,
    with_fields,
    with_pause,
    with_sources,
    without_source,
)
from digest.settings.summaries import SummarySettings
from digest.settings.system import (
    SELECTOR_SHAPE,
    DeliverySettings,
    DkimSettings,
    DomainSettings,
    LimitSettings,
    RelaySettings,
    SiteSettings,
    SystemSettings,
    WarmUpSettings,
)

__all__ = [
    "MORE",
    "SELECTOR_SHAPE",
    "UNIX",
    "AlertMailSettings",
    "AlertSettings",
    "AtDeadline",
    "BlackoutSettings",
    "BounceSettings",
    "BrakeSettings",
    "DeliverySettings",
    "DigestSettings",
    "DkimSettings",
    "DomainSettings",
    "FetchSettings",
    "ImapSettings",
    "LimitSettings",
    "ListenSettings",
    "LoadedSettings",
    "Mailbox",
    "MoreSettings",
    "PreflightSettings",
    "RelaySettings",
    "ReviewSettings",
    "ScheduleSettings",
    "SectionSettings",
    "SelectionSettings",
    "ServiceSettings",
    "SiteSettings",
    "SourceSettings",
    "SummarySettings",
    "SystemSettings",
    "WarmUpSettings",
    "WebhookSettings",
    "database_url",
    "is_loopback",
    "load_digest",
    "load_settings",
    "parse_digest",
    "parse_domain",
    "parse_duration",
    "parse_mailbox",
    "parse_size",
    "read_key",
    "secret_bytes",
    "section_key",
    "show_duration",
    "show_size",
    "sources_of",
    "with_fields",
    "with_pause",
    "with_sources",
    "without_source",
]
