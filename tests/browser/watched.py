"""A browser page that is watched: every address it asks outside the product, and every fault of its scripts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request

from tests.servers import binary

# Of several --disable-features Chromium hears the last one, so what Playwright names is said again here. The last line is our
# own: with each new window, two pages of the address bar's list would be loaded that no test sees, for most of a second.
FEATURES_OFF = (
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades"),
    *("HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "OptimizationHints"),
    *("ThirdPartyStoragePartitioning", "AvoidCorsURLLoaderRestartOnRedirect", "TcpPortRandomizationWin"),
    *("NetworkTimeServiceQuerying", "AimEnabled", "PreconnectToSearch"),
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
)
ARGUMENTS = (
    f"--disable-features={','.join(FEATURES_OFF)}",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # Whatever a page or the browser itself asks for elsewhere, it finds no host. Stopping requests one by one instead would
    # lead each through this process and switch the browser's cache off.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
)


@dataclass
class Watch:
    """What a page did that it must not do, as addresses and messages; empty when all is well."""

    own: str  # scheme and host of the product
    foreign: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def is_foreign(self, address: str) -> bool:
        parts = urlsplit(address)
        return (
            parts.scheme in ("http", "https", "ws", "wss", "ftp")
            and parts.netloc != urlsplit(self.own).netloc
        )

    def on_request(self, request: Request) -> None:
        if self.is_foreign(request.url):
            self.foreign.append(request.url)

    def on_console(self, message: ConsoleMessage) -> None:
        # What the policy forbids never becomes a request; the browser says so here.
        if message.type == "error" and "Content Security Policy" in message.text:
            self.faults.append(message.text)


def launch(playwright: Playwright) -> Browser:
    """The installed Chromium. Raises MissingBinary."""
    # Chromium refuses its sandbox to root.
    arguments = [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    return playwright.chromium.launch(executable_path=binary("chromium"), args=arguments)


@contextmanager
def watched_page(browser: Browser, own: str, **context: Any) -> Iterator[tuple[Page, Watch]]:
    """A new page with cookies of its own; relative addresses are the product's at `own`."""
    defaults: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, "device_scale_factor": 1}
    defaults |= {"base_url": own, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
    opened = browser.new_context(**(defaults | context))
    watch = Watch(own)
    try:
        opened.on("request", watch.on_request)
        opened.on("console", watch.on_console)
        opened.on("weberror", lambda fault: watch.faults.append(str(fault.error)))
        page = opened.new_page()
        page.on("websocket", lambda socket: watch.foreign.append(socket.url))
        yield page, watch
    finally:
        opened.close()
