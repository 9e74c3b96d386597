"""Mail servers that misbehave."""

import asyncio
import time
from collections import Counter

from tests.servers import SmtpSink


class SlowSink(SmtpSink):
    """Takes so many seconds for each message, and keeps when each came (time.monotonic)."""

    def __init__(self, seconds: float = 0.0) -> None:
        super().__init__()
        self.seconds = seconds
        self.came: list[float] = []

    async def handle_DATA(self, server, session, envelope):
        await asyncio.sleep(self.seconds)
        self.came.append(time.monotonic())
        return await super().handle_DATA(server, session, envelope)


class RefusingSink(SmtpSink):
    """Answers the first `times` recipients with `reply`."""

    def __init__(self, reply: str, times: int) -> None:
        super().__init__()
        self.reply, self.times = reply, times

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.times:
            self.times -= 1
            return self.reply
        return await super().handle_RCPT(server, session, envelope, address, options)


class StallingSink(SmtpSink):
    """Falls silent after DATA for the first `times` messages, without having taken them."""

    def __init__(self, times: int, seconds: float) -> None:
        super().__init__()
        self.times, self.seconds = times, seconds

    async def handle_DATA(self, server, session, envelope):
        if self.times:
            self.times -= 1
            await asyncio.sleep(self.seconds)
            server.transport.close()
            return "451 nobody hears this"
        return await super().handle_DATA(server, session, envelope)


class ClosingSink(SmtpSink):
    """Hangs up on every third message the first two times it comes; `accepting`: after having taken it."""

    def __init__(self, *, accepting: bool) -> None:
        super().__init__()
        self.accepting = accepting
        self.seen: Counter[str] = Counter()
        self.hung_up = 0

    async def handle_DATA(self, server, session, envelope):
        [address] = envelope.rcpt_tos
        self.seen[address] += 1
        number = list(self.seen).index(address)
        if number % 3 or self.seen[address] > 2:
            return await super().handle_DATA(server, session, envelope)
        self.hung_up += 1
        if self.accepting:
            await super().handle_DATA(server, session, envelope)
        server.transport.close()
        return "250 nobody hears this"
