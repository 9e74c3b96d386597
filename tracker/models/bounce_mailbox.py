"""The mailbox that mails come back to: how far it was read, and whether it can be."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BounceMailbox(models.Model):
    """退信邮箱: how far the mailbox that mails come back to was read, and whether it can be read; one row."""

    # Which mailbox (no password): another one begins anew.
    mailbox = models.CharField(max_length=64)
    # IMAP: the last message looked at, within what the server calls this edition of the folder.
    validity = models.CharField(max_length=40, blank=True)
    last_uid = models.BigIntegerField(default=0)
    # POP3: the messages looked at that are still there.
    looked_at = models.JSONField(default=list)
    read_at = models.DateTimeField(null=True)
    failed_since = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("退信邮箱")
        verbose_name_plural = _("退信邮箱")

    def __str__(self) -> str:
        return self.mailbox
