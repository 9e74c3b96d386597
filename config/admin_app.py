"""Makes the office's own admin site the default one, before any model is registered."""

from django.contrib.admin.apps import AdminConfig


class OfficeAdminConfig(AdminConfig):
    default_site = "config.admin_site.OfficeAdminSite"
