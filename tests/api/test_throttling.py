"""The limit on requests: per user, shared by all processes, told in headers, and no obstacle when its cache is away."""

import threading
import time

import pytest
from django.conf import settings as configured
from django.core.cache import caches
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError as RedisUnreachable

from tests.api.callers import ROOT, client_of
from tests.makers import make_user
from tracker.api.throttling import CallerThrottle, count

pytestmark = pytest.mark.django_db
ME = f"{ROOT}me/"


@pytest.fixture
def limited(settings):
    settings.API_RATE = "3/h"


def test_a_user_is_limited_over_all_tokens_and_told_when_to_come_back(limited):
    user, other = make_user("office"), make_user("office")
    first, second = client_of(user), client_of(user, scope="read")
    left = []
    for client in (first, second, first):
        answer = client.get(ME)
        assert answer.status_code == 200
        assert answer["RateLimit-Limit"] == "3"
        assert 0 < int(answer["RateLimit-Reset"]) <= 3600
        left.append(answer["RateLimit-Remaining"])
        assert answer["RateLimit-Policy"] == '"caller";q=3;w=3600'
        seconds = answer["RateLimit-Reset"]
        assert answer["RateLimit"] == f'"caller";r={left[-1]};t={seconds}'
    assert left == ["2", "1", "0"]
    refused = second.get(ME)
    assert (refused.status_code, refused.json()["code"]) == (429, "throttled")
    assert refused["Content-Type"] == "application/problem+json"
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert refused["RateLimit-Remaining"] == "0"
    assert refused["RateLimit"].startswith('"caller";r=0;t=')
    assert client_of(other).get(ME).status_code == 200


def test_the_public_pages_are_limited_by_address(limited):
    nobody = client_of(None)
    statuses = [nobody.get(f"{ROOT}schema/", REMOTE_ADDR="10.0.0.1").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    assert nobody.get(f"{ROOT}schema/", REMOTE_ADDR="10.0.0.2").status_code == 200
    # Without a proxy anybody can write this header.
    claimed = nobody.get(f"{ROOT}schema/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="10.9.9.9")
    assert claimed.status_code == 429


@pytest.mark.parametrize("token", ["0" * 64, "x"])
def test_who_tries_tokens_is_limited_by_address_and_stops_nobody_else(limited, token):
    guesser = client_of(None)
    guesser.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    answers = [guesser.get(ME, REMOTE_ADDR="10.0.0.7") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert answers[0]["RateLimit-Remaining"] == "2"
    assert answers[3].json()["code"] == "throttled"
    assert 0 < int(answers[3]["Retry-After"]) <= 3600
    assert guesser.get(ME, REMOTE_ADDR="10.0.0.8").status_code == 401
    # A valid token from the same address is counted for its user.
    assert client_of(make_user("office")).get(ME, REMOTE_ADDR="10.0.0.7").status_code == 200


def test_who_shows_no_token_at_all_and_who_may_not_write_are_counted_too(limited):
    nobody = client_of(None)
    assert [nobody.get(ME, REMOTE_ADDR="10.0.0.9").status_code for _ in range(4)] == [401, 401, 401, 429]
    reader = client_of(make_user("office"), scope="read")
    statuses = [reader.post(f"{ROOT}measures/1/urge/", {}, format="json").status_code for _ in range(4)]
    assert statuses == [403, 403, 403, 429]


def counted_by_many(cache) -> list[int]:
    """The numbers that eight threads are given which count twenty-five requests each of one caller."""
    numbers: list[int] = []

    def ask() -> None:
        for _ in range(25):
            numbers.append(count(cache, "caller", now=1000.0, seconds=60).requests)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(numbers)


def test_requests_at_the_same_moment_are_all_counted(tmp_path, redis_url):
    files = FileBasedCache(str(tmp_path / "counts"), {})
    assert counted_by_many(files) == [*range(1, 201)]
    assert counted_by_many(RedisCache(redis_url, {})) == [*range(1, 201)]


def test_a_span_ends_its_seconds_after_its_first_request(tmp_path):
    cache, now = FileBasedCache(str(tmp_path), {}), time.time()
    assert count(cache, "caller", now=now - 59, seconds=60) == (1, int(now - 59))
    assert count(cache, "caller", now=now, seconds=60) == (2, int(now - 59))
    # Kept until the span's end and no longer, however often it was raised.
    assert count(cache, "other", now=now - 61, seconds=60).requests == 1
    assert cache.get("caller") is not None
    cache.touch("caller", 0)
    assert count(cache, "caller", now=now, seconds=60) == (1, int(now))


def test_no_limit_no_headers():
    answer = client_of(make_user("office")).get(ME)
    assert answer.status_code == 200
    assert not [name for name in answer.headers if name.startswith("RateLimit")]


def test_the_count_outlives_the_process(limited, settings):
    """Another process sees the count: the cache keeps it outside this one's memory."""
    user = make_user("office")
    assert client_of(user).get(ME)["RateLimit-Remaining"] == "2"
    parameters = dict(configured.CACHES["default"])
    assert parameters["BACKEND"].endswith("FileBasedCache")
    elsewhere = FileBasedCache(str(parameters["LOCATION"]), {})
    assert count(elsewhere, f"throttle_caller_{user.pk}", now=time.time(), seconds=3600).requests == 2
    assert client_of(user).get(ME)["RateLimit-Remaining"] == "0"


@pytest.mark.parametrize("error", [RedisUnreachable("down"), OSError("disk full")])
def test_an_unreachable_cache_stops_nobody(limited, monkeypatch, caplog, error):
    class Away:
        def add(self, *args: object) -> None:
            raise error

    monkeypatch.setattr(CallerThrottle, "cache", Away())
    answer = client_of(make_user("office")).get(ME)
    assert answer.status_code == 200
    assert "RateLimit-Limit" not in answer
    assert "cannot be reached" in caplog.text


def test_counts_are_kept_in_redis_when_there_is_one(limited, settings, redis_url, monkeypatch):
    backend = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": redis_url}}
    monkeypatch.setattr(CallerThrottle, "cache", caches["default"])
    client = client_of(make_user("office"))
    assert [client.get(ME).status_code for _ in range(4)] == [200, 200, 200, 429]
