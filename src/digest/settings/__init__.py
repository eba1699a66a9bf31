"""What operators say: types, and how they are read from files and variables."""

from digest.settings.digests import (
    MORE,
    DigestSettings,
    MoreSettings,
    ReviewSettings,
    ScheduleSettings,
    SectionSettings,
    SelectionSettings,
)
from digest.settings.fields import parse_duration, section_key, show_duration
from digest.settings.loading import LoadedSettings, database_url, load_settings
from digest.settings.mailbox import Mailbox, parse_domain, parse_mailbox
from digest.settings.sources import SourceSettings
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
    "DeliverySettings",
    "DigestSettings",
    "DkimSettings",
    "DomainSettings",
    "LimitSettings",
    "LoadedSettings",
    "Mailbox",
    "MoreSettings",
    "RelaySettings",
    "ReviewSettings",
    "ScheduleSettings",
    "SectionSettings",
    "SelectionSettings",
    "SiteSettings",
    "SourceSettings",
    "SystemSettings",
    "WarmUpSettings",
    "database_url",
    "load_settings",
    "parse_domain",
    "parse_duration",
    "parse_mailbox",
    "section_key",
    "show_duration",
]
