"""The OpenAPI document and its page; open to all, because they describe addresses and hold no data."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.permissions import AllowAny


class Schema(SpectacularAPIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)


class Docs(SpectacularSwaggerView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    url_name = "api-schema"
