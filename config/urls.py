"""All addresses: the admin at the root's /admin/, the API under /api/v1/, and the few that need no login."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

from tracker.admin.mute import mute
from tracker.api.views.health import healthz, metrics

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("tracker.api.urls")),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("mute/<str:token>/", mute, name="mute"),
]
