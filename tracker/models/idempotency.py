"""Requests that carried an Idempotency-Key, with the answer that each was given: the second one gets the first's."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class KeyedRequestQuerySet(models.QuerySet["KeyedRequest"]):
    def purge(self, *, before: datetime, most: int) -> int:
        """Deletes at most `most` rows that began before that moment, oldest first; returns how many."""
        old = self.filter(started_at__lt=before)
        ids = list(old.order_by("started_at").values_list("pk", flat=True)[:most])
        # Asked again: a key that is used anew meanwhile has begun again.
        return old.filter(pk__in=ids).delete()[0]


class KeyedRequest(models.Model):
    """One caller's key: claimed (committed) before the request is carried out, answered with its effect in one transaction.

    `part` is 0 for a request as a whole and n for the n-th item of a bulk one. `claim` says whose row it is: an answer is
    recorded only by the claim that is still there, so of two that carry out the same request one takes effect.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("调用者"), on_delete=models.CASCADE, related_name="+"
    )
    key = models.CharField(_("幂等键"), max_length=200)
    part = models.PositiveSmallIntegerField(_("第几项"), default=0)
    # SHA-256 (hex) of method, address, If-Match and body.
    fingerprint = models.CharField(_("请求摘要"), max_length=64)
    claim = models.UUIDField(default=uuid.uuid4)
    started_at = models.DateTimeField(_("开始时间"))
    finished_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(_("答复状态"), null=True, blank=True)
    content_type = models.CharField(max_length=60, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    body = models.TextField(_("答复"), blank=True)

    objects = KeyedRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("带幂等键的请求")
        verbose_name_plural = _("带幂等键的请求")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key", "part"], name="keyed_request_once_a_caller")
        ]
        # KeyedRequestQuerySet.purge: WHERE started_at < X ORDER BY started_at
        indexes = [models.Index(fields=["started_at"], name="keyed_request_started")]

    def __str__(self) -> str:
        return f"{self.key}（{self.status or '—'}）"
