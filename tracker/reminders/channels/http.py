"""Posting JSON to an address that somebody typed: one request, no redirects, and no way into the office's own network.

The name is resolved once, every address it has is judged, and the connection goes to the one that was judged: a name that
answers differently the second time (DNS rebinding) gains nothing. PUSH_TIMEOUT is for all of it, however slowly the other
side trickles.
"""

import http.client
import io
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.encoding import punycode
from django.utils.translation import gettext as _

from tracker.reminders.channels import DeliveryError
from tracker.reminders.lines import one_line

# No vendor answers more than a line; what a hostile one sends beyond it is not read.
MOST_READ = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back. `values` is the JSON object in the body, empty when it holds none."""

    status: int
    headers: Mapping[str, str]
    values: Mapping[str, object]
    text: str


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
# Not private by name, and yet not the internet's: protocol assignments, 6to4 and its relays, Teredo and its like, examples.
_SPECIAL = [
    ipaddress.ip_network(network)
    for network in ("192.0.0.0/24", "192.88.99.0/24", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
]
# What may stand in a path or query as it is; a % that is there already has been typed as one.
_KEPT = "/%:@!$&'()*+,;=~"


@dataclass(frozen=True)
class _Target:
    """Where a post goes: `named` is the Host header, `path` has its query."""

    host: str
    port: int
    tls: bool
    path: str
    named: str


class _Deadline:
    """The moment by which a post is over."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds. Raises TimeoutError when there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Reader(io.RawIOBase):
    """What comes from a socket until the deadline: each wait is only for what is left."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._deadline.left())
        return self._sock.recv_into(buffer)


class _Pinned(http.client.HTTPConnection):
    """Connects to the given address, whatever the name says by now, and ends with the deadline."""

    def __init__(self, host: str, port: int, address: str, *, tls: bool, deadline: _Deadline) -> None:
        super().__init__(host, port)
        self._address, self._tls, self._deadline = address, tls, deadline

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self._deadline.left())
        if not self._tls:
            self.sock = plain
            return
        try:
            plain.settimeout(self._deadline.left())
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise

    def answer(self) -> http.client.HTTPResponse:
        """The response, read through the deadline."""
        response = http.client.HTTPResponse(self.sock, method="POST")
        response.fp.close()  # its own, which would wait anew for each byte
        response.fp = io.BufferedReader(_Reader(self.sock, self._deadline))
        response.begin()
        return response


def post_json(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
    """The answer, whatever its status. Raises DeliveryError when there is none or the address is not allowed."""
    target = _target(url)
    deadline = _Deadline(settings.PUSH_TIMEOUT)
    address = _allowed_address(target.host, target.port)
    connection = _Pinned(target.host, target.port, address, tls=target.tls, deadline=deadline)
    try:
        connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
        for name, value in {
            "Host": target.named,
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(body)),
            "User-Agent": "duban",
            **(headers or {}),
        }.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.answer()
        text = response.read(MOST_READ).decode("utf-8", "replace")
        return Answer(response.status, dict(response.headers.items()), _values(text), one_line(text, 300))
    except ssl.SSLCertVerificationError as error:
        raise DeliveryError(
            _("对方证书无效：%s") % one_line(str(error), 300), permanent=False, misconfigured=True
        ) from error
    except TimeoutError as error:
        raise DeliveryError(_("对方超时未答复。"), unavailable=True) from error
    except (OSError, http.client.HTTPException) as error:
        words = one_line(f"{type(error).__name__} {error}", 300)
        raise DeliveryError(_("无法连接对方：%s") % words, unavailable=True) from error
    finally:
        connection.close()


def refuse_private(url: str) -> None:
    """Raises DeliveryError for an address that posts are not let through to, as far as its name can be resolved now."""
    try:
        target = _target(url)
        _allowed_address(target.host, target.port)
    except DeliveryError as error:
        if error.misconfigured:
            raise


def _values(text: str) -> Mapping[str, object]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _allowed_address(host: str, port: int) -> str:
    """The address to connect to. Every address of the name must be allowed, or the name is not."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DeliveryError(_("域名“%s”无法解析。") % one_line(host, 100), unavailable=True) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if not _is_allowed(address):
            raise DeliveryError(
                _(
                    "地址 %(host)s（%(address)s）在内网或本机，未获准；如确需推送，请在 DUBAN_PUSH_PRIVATE_NETWORKS 中列出该网段并重启系统。"
                )
                % {"host": one_line(host, 100), "address": address},
                misconfigured=True,
            )
    return addresses[0]


def _target(url: str) -> _Target:
    """The parts of an address as they go on the wire. Raises DeliveryError for one that is none."""
    try:
        parts = urlsplit(url)
        host = punycode(parts.hostname or "")
        port = parts.port
    except ValueError as error:
        raise DeliveryError(_("推送地址无效。"), permanent=True, misconfigured=True) from error
    tls = parts.scheme == "https"
    path = quote(parts.path or "/", safe=_KEPT)
    if parts.query:
        path += "?" + quote(parts.query, safe=_KEPT + "?")
    named = f"[{host}]" if ":" in host else host
    # As the address was typed: a port that is the scheme's own is left out.
    if port is not None:
        named += f":{port}"
    return _Target(host, port or (443 if tls else 80), tls, path, named)


def _is_allowed(text: str) -> bool:
    """Whether an address is one of the public internet, or in a network that the setting allows.

    Of IPv6 only global unicast is, less what has an IPv4 address or nobody in it (IANA's special-purpose registry); what
    stands for an IPv4 address (mapped, NAT64) is judged as that.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        elif address in _NAT64:
            address = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if any(address in ipaddress.ip_network(network) for network in settings.PUSH_PRIVATE_NETWORKS):
        return True
    if isinstance(address, ipaddress.IPv6Address) and address not in _GLOBAL_UNICAST:
        return False
    special = any(address in network for network in _SPECIAL)
    return address.is_global and not address.is_multicast and not special
