"""Chinese words for messages, each looked up once: a message has dozens of them, and a lookup costs more than the use."""

from functools import lru_cache

from django.utils.translation import gettext

# Whoever causes a message, it is Chinese. `typed`, since a text that is marked as safe stays so.
translated = lru_cache(maxsize=500, typed=True)(gettext)
