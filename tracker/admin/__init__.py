"""The office's admin in Chinese: thin pages over tracker.access and actions."""

from django.contrib import admin
from django.contrib.auth.models import Group

from tracker.admin import (
    addresses,
    calendar,
    departments,
    inbox,
    mail_templates,
    measures,
    plans,
    regimes,
    reminder_rules,
    reminders,
    stages,
    tokens,
    users,
)

# What a person may do follows the role (tracker/access), never Django's groups.
if admin.site.is_registered(Group):
    admin.site.unregister(Group)

__all__ = [
    "addresses",
    "calendar",
    "departments",
    "inbox",
    "mail_templates",
    "measures",
    "plans",
    "regimes",
    "reminder_rules",
    "reminders",
    "stages",
    "tokens",
    "users",
]
