"""The admin site of the office: its titles and its front page."""

from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite


class OfficeAdminSite(UnfoldAdminSite):
    site_title = _("督查督办")
    site_header = _("督查督办")
    index_title = _("工作台")
