"""The generic webhook: Standard Webhooks' signature as a receiver checks it, and what it must not be led to reach."""

import base64
import contextlib
import hashlib
import hmac
import socket
import threading
from datetime import timedelta

import pytest

from tests.makers import NOW
from tests.reminders.channels.vendor import Got, Reply, Vendor, answer, endpoint, one_late, run
from tests.reminders.scene import Clock, State
from tracker.models import Reminder
from tracker.reminders import queue
from tracker.reminders.channels import DeliveryError, http

KEY = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


def receiver(got: Got) -> Reply:
    """Verifies as https://www.standardwebhooks.com asks of a receiver."""
    identity, at = got.headers["webhook-id"], got.headers["webhook-timestamp"]
    signed = b".".join([identity.encode(), at.encode(), got.body])
    expected = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256)).decode()
    given = [part.removeprefix("v1,") for part in got.headers["webhook-signature"].split(" ")]
    return (204, {}, b"") if expected in given else (401, {}, b"bad signature")


@pytest.mark.django_db
def test_signed_as_a_receiver_checks_it():
    with Vendor(receiver) as vendor:
        endpoint("webhook", f"{vendor.url}/hooks/duban?x=1", SECRET)
        one_late()
        assert run().count(State.SENT) == 1
    [got] = vendor.got
    assert got.query == {"x": "1"}
    assert got.headers["content-type"].startswith("application/json")
    data = got.json["data"]
    assert (got.json["type"], data["total"]) == ("duban.reminder.digest", 1)
    [item] = data["items"]
    assert (item["kind"], item["days_overdue"], item["due_on"]) == ("overdue", 4, "2026-03-06")
    assert item["title"] == "推进义务教育优质均衡"


@pytest.mark.django_db
def test_sent_again_it_has_the_same_id_and_a_new_time():
    with Vendor(receiver, replies=[(503, {"Retry-After": "120"}, b"later")]) as vendor:
        endpoint("webhook", vendor.url, SECRET)
        one_late()
        run()
        row = Reminder.objects.get()
        assert (row.state, row.not_before) == (State.RETRY, NOW + timedelta(seconds=120))
        run(clock=Clock(NOW + timedelta(minutes=3)))
    first, second = vendor.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert Reminder.objects.get().state == State.SENT


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("secret", "reply", "state", "words"),
    [
        ("whsec_" + base64.b64encode(b"x" * 32).decode(), None, State.RETRY, "HTTP 401 bad signature"),
        ("whsec_short", None, State.RETRY, "密钥无效"),
        (SECRET, (410, {}, b"gone"), State.RETRY, "HTTP 410 gone"),
        (SECRET, (404, {}, b"no such path"), State.RETRY, "HTTP 404"),
        (SECRET, (302, {"Location": "http://127.0.0.1:1/"}, b""), State.RETRY, "未予跟随"),
        (SECRET, answer({}, 500), State.RETRY, "HTTP 500"),
    ],
)
def test_what_an_answer_means(secret, reply, state, words):
    """Nothing that the receiver says loses a notice: it may have been moved, or its key renewed."""
    with Vendor(receiver, replies=[reply] if reply else []) as vendor:
        endpoint("webhook", vendor.url, secret)
        one_late()
        run()
        assert len(vendor.got) <= 1, "a redirect is never followed"
    row = Reminder.objects.get()
    assert row.state == state
    assert words in row.error


@pytest.mark.django_db
@pytest.mark.parametrize("by_hand", [False, True])
def test_a_target_in_ones_own_network_waits_for_the_setting(settings, by_hand):
    """By itself after its pause, or at once from the queue; what an older version had failed is sent again there as well."""
    allowed, settings.PUSH_PRIVATE_NETWORKS = settings.PUSH_PRIVATE_NETWORKS, []
    with Vendor(receiver) as vendor:
        endpoint("webhook", vendor.url, SECRET)
        one_late()
        run()
        row = Reminder.objects.get()
        assert (row.state, vendor.got) == (State.RETRY, [])
        assert "DUBAN_PUSH_PRIVATE_NETWORKS" in row.error and "127.0.0.1" in row.error
        settings.PUSH_PRIVATE_NETWORKS = allowed
        if by_hand:
            Reminder.objects.update(state=State.FAILED, failed_at=NOW)
            assert queue.retry([row.pk], now=NOW) == 1
        run(clock=Clock(NOW if by_hand else NOW + timedelta(minutes=1)))
    assert len(vendor.got) == 1
    assert Reminder.objects.get().state == State.SENT


@pytest.mark.django_db
def test_a_malformed_target_fails():
    endpoint("webhook", "http://[::1/", SECRET)
    one_late()
    run()
    row = Reminder.objects.get()
    assert (row.state, row.error) == (State.FAILED, "推送地址无效。")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://10.1.2.3/",
        "http://192.168.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0/",
        "http://2130706433/",
        "http://100.64.0.1/",
        "http://[fd00::1]/",
        "http://224.0.0.1/",
        "http://192.0.0.8/",
        "http://[64:ff9b::7f00:1]/",
        "http://[64:ff9b::a01:203]/",
        "http://[64:ff9b:1::1]/",
        "http://[2002:a01:203::1]/",
        "http://[::7f00:1]/",
        "http://[::ffff:0:127.0.0.1]/",
        "http://[fec0::1]/",
        "http://[fe80::1]/",
        "http://[2001:0:a01:203::1]/",
        "http://[2001:db8::1]/",
        "http://[3fff::1]/",
        "http://[ff0e::1]/",
        "http://[5f00::1]/",
    ],
)
def test_nothing_private_is_reached_unless_the_setting_says_so(settings, monkeypatch, url):
    settings.PUSH_PRIVATE_NETWORKS = []
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kw: pytest.fail("connected"))
    with pytest.raises(DeliveryError, match="DUBAN_PUSH_PRIVATE_NETWORKS") as refused:
        http.post_json(url, b"{}")
    assert refused.value.misconfigured and not refused.value.permanent, "the setting may be mended"


@pytest.mark.parametrize(
    "address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822", "::ffff:93.184.216.34"]
)
def test_the_internet_is_reached(settings, monkeypatch, address):
    settings.PUSH_PRIVATE_NETWORKS = []
    connected = []

    def connect(to, *args, **kw):
        connected.append(to[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, *a, **kw: [(10, 1, 6, "", (address, port))])
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(DeliveryError, match="无法连接"):
        http.post_json("http://public.example/", b"{}")
    assert connected == [address]


def test_an_address_in_chinese_is_encoded():
    with Vendor(lambda got: answer({})) as vendor:
        http.post_json(f"{vendor.url}/回调/a%20b?名=值 1&x=%E5%80%BC", b"{}")
    [got] = vendor.got
    assert got.path == "/%E5%9B%9E%E8%B0%83/a%20b"
    assert got.query == {"名": "值 1", "x": "值"}


def test_an_answer_that_trickles_ends_with_the_time(settings):
    """Each byte comes well within the time; all of them would not."""
    settings.PUSH_TIMEOUT = 0.2
    over = threading.Event()

    def trickle() -> None:
        peer, _address = listening.accept()
        with peer, contextlib.suppress(OSError):
            peer.recv(9999)
            peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
            while not over.wait(0.02):
                peer.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            with pytest.raises(DeliveryError, match="超时") as error:
                http.post_json(f"http://127.0.0.1:{listening.getsockname()[1]}/", b"{}")
        finally:
            over.set()
            thread.join()
    assert error.value.unavailable


def test_a_name_with_one_private_address_is_refused(settings, monkeypatch):
    settings.PUSH_PRIVATE_NETWORKS = []
    entries = [(2, 1, 6, "", (ip, 443)) for ip in ("93.184.216.34", "10.0.0.5")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kw: entries)
    with pytest.raises(DeliveryError, match=r"10\.0\.0\.5"):
        http.post_json("https://both.example/", b"{}")


def test_a_name_that_changes_its_answer_gains_nothing(settings, monkeypatch):
    """DNS rebinding: judged as a public address, then resolved to loopback. The judged address is the one connected to."""
    settings.PUSH_PRIVATE_NETWORKS = []
    asked, connected = [], []

    def resolve(host, port, *args, **kw):
        asked.append(host)
        return [(2, 1, 6, "", ("93.184.216.34" if len(asked) == 1 else "127.0.0.1", port))]

    def connect(address, *args, **kw):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(DeliveryError):
        http.post_json("http://rebind.example/", b"{}")
    assert connected == [("93.184.216.34", 80)]
    assert asked == ["rebind.example"]


def test_a_server_that_never_answers_times_out(settings):
    settings.PUSH_TIMEOUT = 0.05
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(DeliveryError, match="超时") as error:
        http.post_json(f"http://127.0.0.1:{deaf.getsockname()[1]}/", b"{}")
    assert error.value.unavailable and not error.value.permanent
