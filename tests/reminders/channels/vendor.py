"""A local HTTP server that stands for a vendor: it keeps what it was sent, checks the signature and answers as told."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from tests.reminders.scene import overdue, unit
from tracker import reminders
from tracker.models import Endpoint, ReminderRule


@dataclass
class Got:
    """One request: path without query, query, headers by small name, body as bytes and as JSON."""

    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


# status, headers, body
Reply = tuple[int, dict[str, str], bytes]


def answer(values: object, status: int = 200, **headers: str) -> Reply:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return status, named, json.dumps(values, ensure_ascii=False).encode()


@dataclass
class Vendor:
    """`replies` are given in turn, then `reply(request)` for the rest."""

    reply: Callable[[Got], Reply]
    replies: list[Reply] = field(default_factory=list)
    got: list[Got] = field(default_factory=list)

    def __enter__(self) -> Self:
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            disable_nagle_algorithm = True  # the body does not wait for the receipt of the headers

            def do_POST(self) -> None:
                parts = urlsplit(self.path)
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers["content-length"]))
                got = Got(parts.path, query, headers, body)
                vendor.got.append(got)
                status, more, text = vendor.replies.pop(0) if vendor.replies else vendor.reply(got)
                self.send_response(status)
                for name, value in {"Content-Length": str(len(text)), **more}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # The interval is how long its end may take, half a second if not said.
        self.thread = threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"


def endpoint(channel: str, url: str, secret: str = "", **kw: Any) -> Endpoint:
    """An endpoint for everything, to which the overdue rule speaks by robot alone."""
    ReminderRule.objects.filter(code="overdue").update(by_mail=False, by_inbox=False, by_robot=True)
    return Endpoint.objects.create(name="群", channel=channel, url=url, secret=secret, **kw)


def one_late(title: str = "推进义务教育优质均衡") -> None:
    overdue(unit("市教育局", "a@x.example"), title)


def run(**kw: Any) -> reminders.RunReport:
    from tests.reminders.scene import plan, send

    plan()
    return send(**kw)
