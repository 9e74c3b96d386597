"""How often one caller may ask: counted in the shared cache, told in RateLimit headers."""

import fcntl
import logging
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.filebased import FileBasedCache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import UserRateThrottle

if TYPE_CHECKING:
    from rest_framework.views import APIView

logger = logging.getLogger(__name__)
# A span's count and its first second are one number, so that one atomic step raises the one and tells the other. Rates
# have nine digits at most (config/environment.py).
_SPAN = 10**9


class Count(NamedTuple):
    """Requests counted in the span that is running, and the seconds (of the clock) in which it began."""

    requests: int
    began: int


def count(cache: BaseCache, key: str, *, now: float, seconds: int) -> Count:
    """Counts one request under this key and says how many it has in its span, which lasts `seconds` from its first one.

    Every process and thread that asks at once gets another number. Raises what the cache raises.
    """
    if isinstance(cache, FileBasedCache):
        return _count_in_file(cache, key, now=now, seconds=seconds)
    while True:
        cache.add(key, int(now) * _SPAN, seconds)
        try:
            began, requests = divmod(cache.incr(key), _SPAN)
        except ValueError:
            continue  # the span ended between the two
        return Count(requests, began)


def _count_in_file(cache: FileBasedCache, key: str, *, now: float, seconds: int) -> Count:
    """The same for files, which know no atomic step and forget a raised number's end: one at a time."""
    with _alone_in(cache._dir):  # type: ignore[attr-defined]  # Django's folder, settled from LOCATION
        began, requests = divmod(cache.get(key, int(now) * _SPAN), _SPAN)
        cache.set(key, began * _SPAN + requests + 1, max(1, math.ceil(began + seconds - now)))
    return Count(requests + 1, began)


@contextmanager
def _alone_in(folder: str) -> Iterator[None]:
    """Waits for all other processes and threads that count in this folder. The lock goes with the process."""
    os.makedirs(folder, mode=0o700, exist_ok=True)
    with open(os.path.join(folder, "counting.lock"), "ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class CallerThrottle(UserRateThrottle):
    """API_RATE for each signed-in user (whatever his tokens) and for each address that shows no valid token.

    A cache that cannot be reached stops nobody: the limit protects the service.
    """

    scope = "caller"
    num_requests: int
    duration: int  # seconds
    counted: Count | None = None

    def get_rate(self) -> str | None:
        return settings.API_RATE or None

    def allow_request(self, request: Request, view: "APIView") -> bool:
        key = None if self.rate is None else self.get_cache_key(request, view)
        if key is None:
            return True
        self.now = self.timer()
        try:
            self.counted = count(self.cache, key, now=self.now, seconds=self.duration)
        except (RedisError, OSError):
            logger.exception("the cache cannot be reached: requests are not counted")
            return True
        return self.counted.requests <= self.num_requests

    def wait(self) -> float:
        """Seconds until the span ends."""
        began = self.now if self.counted is None else self.counted.began
        return min(self.duration, max(1, math.ceil(began + self.duration - self.now)))

    def headers(self) -> dict[str, str]:
        """RateLimit-Policy and RateLimit (IETF draft-ietf-httpapi-ratelimit-headers-10) as of now; empty without a limit.

        RateLimit-Limit, -Remaining and -Reset say the same in the form of that draft's versions before 07, which more
        clients read. Requests and seconds.
        """
        if self.counted is None:
            return {}
        remaining = max(0, self.num_requests - self.counted.requests)
        seconds = int(self.wait())
        return {
            "RateLimit-Policy": f'"{self.scope}";q={self.num_requests};w={self.duration}',
            "RateLimit": f'"{self.scope}";r={remaining};t={seconds}',
            "RateLimit-Limit": str(self.num_requests),
            "RateLimit-Remaining": str(remaining),
            "RateLimit-Reset": str(seconds),
        }
