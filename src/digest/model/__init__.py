"""The words of the product as frozen values."""

from digest.model.article import (
    UNKNOWN_SOURCE,
    Article,
    ArticleContent,
    Image,
    Source,
    Tag,
    TagOrigin,
)
from digest.model.bounces import Bounce, BounceKind
from digest.model.decision import Decision, Rule, Score
from digest.model.edition import (
    Edition,
    EditionSection,
    EditionState,
    Item,
    Slot,
    Summary,
    SummarySentence,
)
from digest.model.people import (
    Books,
    Delivery,
    DeliveryState,
    Outcome,
    Settlement,
    Subscriber,
    Subscription,
    SubscriptionState,
    Suppression,
)
from digest.model.schedule import Alert, AlertKind, AlertSend, HistoryEntry, SlotRecord, SlotState
from digest.model.story import Candidate, Story, tellings

__all__ = [
    "UNKNOWN_SOURCE",
    "Alert",
    "AlertKind",
    "AlertSend",
    "Article",
    "ArticleContent",
    "Books",
    "Bounce",
    "BounceKind",
    "Candidate",
    "Decision",
    "Delivery",
    "DeliveryState",
    "Edition",
    "EditionSection",
    "EditionState",
    "HistoryEntry",
    "Image",
    "Item",
    "Outcome",
    "Rule",
    "Score",
    "Settlement",
    "Slot",
    "SlotRecord",
    "SlotState",
    "Source",
    "Story",
    "Subscriber",
    "Subscription",
    "SubscriptionState",
    "Summary",
    "SummarySentence",
    "Suppression",
    "Tag",
    "TagOrigin",
    "tellings",
]
