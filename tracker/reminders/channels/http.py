"""Posting JSON to an address that somebody typed: one request, no redirects, and no way into the office's own network.

The name is resolved once, every address it has is judged, and the connection goes to the one that was judged: a name that
answers differently the second time (DNS rebinding) gains nothing.
"""

import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from tracker.reminders.channels import DeliveryError
from tracker.reminders.digest import one_line

# No vendor answers more than a line; what a hostile one sends beyond it is not read.
MOST_READ = 64 * 1024


@dataclass(frozen=True)
class Answer:
    """What came back. `values` is the JSON object in the body, empty when it holds none."""

    status: int
    headers: Mapping[str, str]
    values: Mapping[str, object]
    text: str


class _Pinned(http.client.HTTPConnection):
    """Connects to the given address, whatever the name says by now."""

    def __init__(self, host: str, port: int, address: str, *, tls: bool, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address, self._tls = address, tls

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        if not self._tls:
            self.sock = plain
            return
        try:
            self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)
        except BaseException:
            plain.close()
            raise


def post_json(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
    """The answer, whatever its status. Raises DeliveryError when there is none or the address is not allowed."""
    parts = urlsplit(url)
    host, tls = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if tls else 80)
    connection = _Pinned(host, port, _allowed_address(host, port), tls=tls, timeout=settings.PUSH_TIMEOUT)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # As the address was typed: a port that is the scheme's own is left out.
    named = parts.netloc.rpartition("@")[2]
    try:
        connection.putrequest("POST", path, skip_host=True, skip_accept_encoding=True)
        for name, value in {
            "Host": named,
            "Content-Type": "application/json; charset=utf-8",
            "Content-Length": str(len(body)),
            "User-Agent": "duban",
            **(headers or {}),
        }.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        response = connection.getresponse()
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
                    "地址 %(host)s（%(address)s）在内网或本机，未获准；如确需推送，请设置 DUBAN_PUSH_PRIVATE_NETWORKS。"
                )
                % {"host": one_line(host, 100), "address": address},
                permanent=True,
                misconfigured=True,
            )
    return addresses[0]


def _is_allowed(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    address = mapped or address
    if any(address in ipaddress.ip_network(network) for network in settings.PUSH_PRIVATE_NETWORKS):
        return True
    return address.is_global and not address.is_multicast
