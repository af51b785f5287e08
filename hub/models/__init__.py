from hub.models.consents import Consent
from hub.models.outbox import Delivery, Notification, NotificationSettings, Reminded, TelegramChat
from hub.models.people import Erasure, Role, User
from hub.models.places import Branch, City, District
from hub.models.revisions import Revision
from hub.models.uploads import Upload

__all__ = [
    "Branch",
    "City",
    "Consent",
    "Delivery",
    "District",
    "Erasure",
    "Notification",
    "NotificationSettings",
    "Reminded",
    "Revision",
    "Role",
    "TelegramChat",
    "Upload",
    "User",
]
