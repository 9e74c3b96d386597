"""督查督办: from a published plan to supervised measures, their progress and their reminders."""
