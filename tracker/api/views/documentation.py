"""The OpenAPI document and its page; open to all, because they describe addresses and hold no data."""

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny


class Schema(SpectacularAPIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)


# Split: the content security policy lets no script run that stands in the page itself.
class Docs(SpectacularSwaggerSplitView):
    authentication_classes = ()
    permission_classes = (AllowAny,)
    url_name = "api-schema"
