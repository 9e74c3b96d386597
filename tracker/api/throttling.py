"""How often one caller may ask: counted in the shared cache, told in RateLimit headers."""

import logging
import math
from typing import TYPE_CHECKING

from django.conf import settings
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)


class CallerThrottle(UserRateThrottle):
    """API_RATE for each signed-in user (whatever his tokens) and for each address on the public pages.

    A cache that cannot be reached stops nobody: the limit protects the service.
    """

    scope = "caller"
    num_requests: int
    duration: int  # seconds

    def get_rate(self) -> str | None:
        return settings.API_RATE or None

    def allow_request(self, request: Request, view: "APIView") -> bool:
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError):
            logger.exception("the cache cannot be reached: requests are not counted")
            self.rate = None
            return True

    def headers(self) -> dict[str, str]:
        """RateLimit-Policy and RateLimit (IETF draft-ietf-httpapi-ratelimit-headers-10) as of now; empty without a limit.

        RateLimit-Limit, -Remaining and -Reset say the same in the form of that draft's versions before 07, which more
        clients read. Requests and seconds.
        """
        if self.rate is None:
            return {}
        remaining = max(0, self.num_requests - len(self.history))
        reset = self.duration - (self.now - self.history[-1]) if self.history else self.duration
        seconds = max(0, math.ceil(reset))
        return {
            "RateLimit-Policy": f'"{self.scope}";q={self.num_requests};w={self.duration}',
            "RateLimit": f'"{self.scope}";r={remaining};t={seconds}',
            "RateLimit-Limit": str(self.num_requests),
            "RateLimit-Remaining": str(remaining),
            "RateLimit-Reset": str(seconds),
        }
