"""Small IMAP and POP3 servers on loopback, each over one mailbox in memory; they know what the product asks, no more."""

import re
import socketserver
import threading
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass
class Stored:
    uid: int
    content: bytes
    seen: bool = False


@dataclass
class MailboxServer:
    """`stall`: the command (upper case) that is never answered."""

    messages: list[Stored] = field(default_factory=list)
    password: str = "secret"
    stall: str = ""
    validity: int = 7
    commands: list[str] = field(default_factory=list)

    def put(self, content: bytes) -> Stored:
        stored = Stored(max((one.uid for one in self.messages), default=0) + 1, content)
        self.messages.append(stored)
        return stored

    def __enter__(self) -> Self:
        box = self

        class Handler(socketserver.StreamRequestHandler):
            # An answer goes in several small pieces, of which the second would wait 40 ms for the first one's receipt.
            disable_nagle_algorithm = True

            def handle(self) -> None:
                box.talk(self)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self._ended = threading.Event()
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        ).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()

    def talk(self, line: Any) -> None:
        raise NotImplementedError

    def _asked(self, line: Any) -> str:
        asked = line.rfile.readline().decode().strip()
        self.commands.append(asked)
        if self.stall and self.stall in asked.upper():
            self._ended.wait(30)
        return asked


class ImapServer(MailboxServer):
    @property
    def url(self) -> str:
        return f"imap://duban%40city.example:{self.password}@127.0.0.1:{self.port}/INBOX"

    def talk(self, line: Any) -> None:
        def say(words: bytes) -> None:
            line.wfile.write(words + b"\r\n")

        say(b"* OK ready")
        while asked := self._asked(line):
            tag, _blank, command = asked.partition(" ")
            done = b"%s OK done" % tag.encode()
            name = command.upper()
            if name == "CAPABILITY":
                say(b"* CAPABILITY IMAP4rev1")
            elif name.startswith("LOGIN"):
                if f'"{self.password}"' not in command:
                    done = b"%s NO [AUTHENTICATIONFAILED] Invalid credentials" % tag.encode()
            elif name.startswith("SELECT"):
                if "INBOX" not in command:
                    done = b"%s NO no such mailbox" % tag.encode()
                say(b"* %d EXISTS" % len(self.messages))
                say(b"* OK [UIDVALIDITY %d] valid" % self.validity)
            elif name.startswith("UID SEARCH"):
                if found := re.search(r"UID (\d+):\*", command.removeprefix("UID SEARCH")):
                    # As real servers do: "*" is the last message, whatever number it has.
                    last = max((one.uid for one in self.messages), default=0)
                    uids = [one.uid for one in self.messages if one.uid >= min(int(found[1]), last)]
                else:
                    assert re.search(r"SINCE \d{1,2}-[A-Z][a-z]{2}-\d{4}$", command)
                    uids = [one.uid for one in self.messages]
                say(b"* SEARCH " + b" ".join(b"%d" % uid for uid in uids))
            elif name.startswith("UID FETCH"):
                uid, most = re.search(r"FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command).groups()  # type: ignore[union-attr]
                content = self._stored(int(uid)).content[: int(most)]
                say(b"* 1 FETCH (UID %s BODY[]<0> {%d}\r\n%s)" % (uid.encode(), len(content), content))
            elif name.startswith("UID STORE"):
                uid = re.search(r"STORE (\d+) \+FLAGS \(\\Seen\)", command)[1]  # type: ignore[index]
                self._stored(int(uid)).seen = True
            elif name == "LOGOUT":
                say(b"* BYE")
                say(done)
                return
            say(done)

    def _stored(self, uid: int) -> Stored:
        return next(one for one in self.messages if one.uid == uid)


class Pop3Server(MailboxServer):
    @property
    def url(self) -> str:
        return f"pop3://duban%40city.example:{self.password}@127.0.0.1:{self.port}"

    def talk(self, line: Any) -> None:
        def say(words: bytes, *lines: bytes) -> None:
            line.wfile.write(words + b"\r\n")
            for one in lines:
                line.wfile.write((b"." if one.startswith(b".") else b"") + one + b"\r\n")
            if lines:
                line.wfile.write(b".\r\n")

        gone: set[int] = set()
        session = list(self.messages)
        say(b"+OK ready")
        while asked := self._asked(line):
            name, *given = asked.split()
            stored = session[int(given[0]) - 1] if given and given[0].isdigit() else None
            if name == "PASS" and given != [self.password]:
                say(b"-ERR invalid password")
            elif name == "UIDL":
                said = [b"%d u%d" % (number, one.uid) for number, one in enumerate(session, 1)]
                say(b"+OK", *said) if said else line.wfile.write(b"+OK\r\n.\r\n")
            elif name == "LIST" and stored:
                say(b"+OK %d %d" % (int(given[0]), len(stored.content)))
            elif name == "RETR" and stored:
                say(b"+OK", *stored.content.split(b"\r\n"))
            elif name == "TOP" and stored:
                say(b"+OK", *stored.content.split(b"\r\n")[: int(given[1])])
            elif name == "DELE" and stored:
                gone.add(stored.uid)
                say(b"+OK")
            elif name == "QUIT":
                self.messages = [one for one in self.messages if one.uid not in gone]
                say(b"+OK bye")
                return
            else:
                say(b"+OK")
