"""With real workers: the queue may be emptied, doubled or cut off; the database still gets every notice out."""

import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings

from tests.reminders.product import RECIPIENTS, Product, beat, worker
from tests.servers import PrivatePostgres, PrivateRedis, SmtpSink, wait_until
from tracker.checks import reminder_time_limits_are_in_order

NOTICES = 2 * len(RECIPIENTS)
TICK = "tracker.tasks.reminder_tick"


@pytest.fixture(scope="module")
def on_postgres(
    postgres: PrivatePostgres, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], dict[str, str]]:
    """`on_postgres(name)`: the setting for a database of this name, a copy of one with all tables and the notices' measures."""
    folder = tmp_path_factory.mktemp("seeded")

    def setting(name: str) -> dict[str, str]:
        return {"DUBAN_DATABASE_URL": postgres.url.rpartition("/")[0] + f"/{name}"}

    def copy(name: str) -> dict[str, str]:
        postgres.sql(f"CREATE DATABASE {name} TEMPLATE seeded")
        return setting(name)

    postgres.sql("CREATE DATABASE seeded")
    Product(folder, **setting("seeded"))
    return copy


def test_embedded_two_beats_and_a_worker_over_files(tmp_path: Path):
    product = Product(tmp_path, DUBAN_REMINDER_TICK_SECONDS="1")
    with worker(product) as working, beat(product, "one"), beat(product, "two"):
        wait_until(lambda: product.states() == {"sent": NOTICES}, "all notices")
        seen = working.said().count(f"{TICK}[")
        # Some more ticks of both beats find nothing to do.
        wait_until(lambda: working.said().count(f"{TICK}[") > seen + 4, "further ticks")
        assert "Traceback" not in working.said()
    mails = product.mails()
    assert Counter(mail["To"] for mail in mails) == dict.fromkeys(RECIPIENTS, 1)
    assert {mail["Subject"] for mail in mails} == {"【督查督办】1项逾期、1项即将到期"}
    assert product.states() == {"sent": NOTICES}


def test_redis_emptied_between_planning_and_sending(
    tmp_path: Path, on_postgres: Callable[[str], dict[str, str]], redis_server: PrivateRedis, redis_url: str
):
    product = Product(tmp_path, seed="", DUBAN_REDIS_URL=redis_url, **on_postgres("emptied"))
    # A tick runs while no worker is there to send: the notices are planned, the sending lies in Redis.
    product.python("from tracker.tasks import reminder_tick; reminder_tick()")
    assert product.states() == {"planned": NOTICES}
    assert redis_server.ask("LLEN celery") == ":1"
    assert redis_server.ask("FLUSHALL") == "+OK"

    with worker(product) as working:
        for _ in range(2):  # and the next tick comes twice
            product.tick()
        wait_until(lambda: product.states() == {"sent": NOTICES}, "all notices")
        wait_until(lambda: working.said().count(f"{TICK}[") >= 4, "both ticks")
    assert Counter(mail["To"] for mail in product.mails()) == dict.fromkeys(RECIPIENTS, 1)


def test_worker_killed_as_the_server_accepts(
    tmp_path: Path, on_postgres: Callable[[str], dict[str, str]], redis_server: PrivateRedis, redis_url: str
):
    """SIGKILL between the mail server's acceptance and the record: the one message arrives twice, under one id."""

    class KillingSink(SmtpSink):
        victim = 0

        async def handle_DATA(self, server, session, envelope):
            answer = await super().handle_DATA(server, session, envelope)
            if self.victim:
                os.kill(self.victim, signal.SIGKILL)
                self.victim = 0
            return answer

    with KillingSink() as sink:
        product = Product(
            tmp_path,
            seed="",
            DUBAN_REDIS_URL=redis_url,
            DUBAN_EMAIL_URL=sink.url,
            **on_postgres("killed"),
        )
        with worker(product) as working:
            sink.victim = working.pid
            product.tick()
            wait_until(lambda: working.process is not None and working.process.poll() is not None, "the kill")
        assert product.states() == {"claimed": NOTICES}, "the killed worker's claim is left"
        redis_server.ask("FLUSHALL")
        stale = settings.REMINDER_CLAIM_STALE_SECONDS + 60
        product.rows(
            "UPDATE tracker_reminder SET claimed_at = claimed_at - interval "
            f"'{stale} seconds' WHERE state = 'claimed'"
        )
        with worker(product):
            product.tick()
            wait_until(lambda: product.states() == {"sent": NOTICES}, "all notices")
    times = Counter(message["To"] for message in sink.messages)
    assert set(times) == set(RECIPIENTS), "nothing lost"
    assert sorted(times.values()) == [1] * 7 + [2]
    ids = {(message["To"], message["Message-ID"]) for message in sink.messages}
    assert len(ids) == len(RECIPIENTS), "the repeated message is the same message"


def test_time_limits_are_in_order(settings):
    assert reminder_time_limits_are_in_order(None) == []
    settings.REMINDER_CLAIM_STALE_SECONDS = settings.CELERY_TASK_TIME_LIMIT
    [error] = reminder_time_limits_are_in_order(None)
    assert "CELERY_TASK_TIME_LIMIT（300秒）必须小于 REMINDER_CLAIM_STALE_SECONDS（300秒）" in error.msg
    settings.REMINDER_CLAIM_STALE_SECONDS = 900
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
    [error] = reminder_time_limits_are_in_order(None)
    assert "visibility_timeout" in error.msg
