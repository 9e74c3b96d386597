"""API tokens of office systems: named, expiring, scoped, hashed at rest, shown once."""

from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken


class ApiToken(AbstractAuthToken):
    """接口令牌: acts as its user, who for a department's office system is the department's own service account; knox stores
    only its SHA-512 digest."""

    class Scope(models.TextChoices):
        READ = "read", _("只读")
        WRITE = "write", _("读写")

    name: "models.CharField[str, str]" = models.CharField(_("用途"), max_length=60)
    scope: "models.CharField[str, str]" = models.CharField(
        _("权限"), max_length=5, choices=Scope, default=Scope.READ
    )
    # The form that made it: sent twice, it makes no second token.
    form_id: "models.UUIDField[UUID | None, UUID | None]" = models.UUIDField(
        null=True, unique=True, editable=False
    )

    class Meta:
        verbose_name = _("接口令牌")
        verbose_name_plural = _("接口令牌")
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"{self.name}（{self.token_key}…）"
