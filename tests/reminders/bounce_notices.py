"""Delivery failure notices in the shapes that mail servers send them, about a given mail."""

import base64
from email.utils import format_datetime

from tests.makers import NOW

WRITTEN = format_datetime(NOW)


def _lines(text: str) -> bytes:
    return text.strip("\n").encode().replace(b"\n", b"\r\n") + b"\r\n"


def postfix(
    message_id: str,
    address: str,
    *,
    status: str = "5.1.1",
    action: str = "failed",
    said: str = "smtp; 550 5.1.1 <{0}>: Recipient address rejected: User unknown in virtual mailbox table",
    original: str = "",
    written: str = WRITTEN,
) -> bytes:
    return _lines(f"""
Return-Path: <>
Date: {written}
From: MAILER-DAEMON@relay.city.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: duban@city.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4cDk9v5q3Sz.1772000000/relay.city.example"
Message-Id: <20260310020000.4cDk9v5q3Sz@relay.city.example>

This is a MIME-encapsulated message.

--4cDk9v5q3Sz.1772000000/relay.city.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host relay.city.example.

--4cDk9v5q3Sz.1772000000/relay.city.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; relay.city.example
X-Postfix-Queue-ID: 4cDk9v5q3Sz
Arrival-Date: Tue, 10 Mar 2026 10:00:00 +0800 (CST)

Final-Recipient: rfc822; {address}
Original-Recipient: rfc822;{original or address}
Action: {action}
Status: {status}
Remote-MTA: dns; mail.x.example
Diagnostic-Code: {said.format(address)}

--4cDk9v5q3Sz.1772000000/relay.city.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <duban@city.example>
From: =?utf-8?b?552j5p+l5a6k?= <duban@city.example>
To: {address}
Message-ID: {message_id}

--4cDk9v5q3Sz.1772000000/relay.city.example--
""")


def exim(message_id: str, address: str) -> bytes:
    return _lines(f"""
From: Mail Delivery System <Mailer-Daemon@relay.city.example>
To: duban@city.example
Date: {WRITTEN}
Auto-Submitted: auto-replied
X-Failed-Recipients: {address}
Subject: Mail delivery failed: returning message to sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=1772000000-eximdsn-1804289383

--1772000000-eximdsn-1804289383
Content-type: text/plain; charset=us-ascii

A message that you sent could not be delivered to one or more of its recipients.

  {address}
    host mail.x.example [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<{address}>:
    550 no such user here

--1772000000-eximdsn-1804289383
Content-type: message/delivery-status

Reporting-MTA: dns; relay.city.example

Action: failed
Final-Recipient: rfc822;{address}
Status: 5.0.0
Remote-MTA: dns; mail.x.example
Diagnostic-Code: smtp; 550 no such user here

--1772000000-eximdsn-1804289383
Content-type: message/rfc822

Return-path: <duban@city.example>
To: {address}
Message-ID: {message_id}
Subject: x

the mail
--1772000000-eximdsn-1804289383--
""")


def exchange(message_id: str, address: str) -> bytes:
    return _lines(f"""
From: <postmaster@x.example>
To: <duban@city.example>
Date: {WRITTEN}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="_c1a8d6c0-7c2e-4d0b-9d5a-1e1f5a6b7c8d_"
X-MS-Exchange-Message-Is-Ndr:
Subject: Undeliverable: x

--_c1a8d6c0-7c2e-4d0b-9d5a-1e1f5a6b7c8d_
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="_in_"

--_in_
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: quoted-printable

<html><body>The email address you entered couldn't be found.</body></html>
--_in_--

--_c1a8d6c0-7c2e-4d0b-9d5a-1e1f5a6b7c8d_
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.x.example
Received-From-MTA: dns;relay.city.example
Arrival-Date: Tue, 10 Mar 2026 02:00:00 +0000

Final-Recipient: rfc822;{address.upper()}
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient
 not found by SMTP address lookup

--_c1a8d6c0-7c2e-4d0b-9d5a-1e1f5a6b7c8d_
Content-Type: message/rfc822

To: <{address}>
Message-ID:
\t{message_id}

the mail
--_c1a8d6c0-7c2e-4d0b-9d5a-1e1f5a6b7c8d_--
""")


def coremail(message_id: str, address: str) -> bytes:
    """Chinese words, and every part in Base64, the report as well."""

    def encoded(text: str, charset: str = "utf-8") -> str:
        return base64.encodebytes(text.encode(charset)).decode().strip()

    report = (
        "Reporting-MTA: dns; mail.x.example\n\n"
        f"Final-Recipient: rfc822; {address}\nAction: failed\nStatus: 5.0.0\n"
        "Diagnostic-Code: smtp; 550 用户不存在\n"
    )
    return _lines(f"""
From: =?gb18030?B?z7XNs83L0MU=?= <postmaster@x.example>
To: duban@city.example
Subject: =?gb18030?B?z7XNs83L0MU=?=
Date: {WRITTEN}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="----=_Part_1"

------=_Part_1
Content-Type: text/html; charset=gb18030
Content-Transfer-Encoding: base64

{encoded("<p>抱歉，您的邮件被退回来了。</p>", "gb18030")}
------=_Part_1
Content-Type: message/delivery-status
Content-Transfer-Encoding: base64

{encoded(report)}
------=_Part_1
Content-Type: text/rfc822-headers
Content-Transfer-Encoding: base64

{encoded(f"To: {address}{chr(10)}Message-ID: {message_id}{chr(10)}")}
------=_Part_1--
""")


def old_exim(message_id: str, address: str) -> bytes:
    return _lines(f"""
From: Mail Delivery System <Mailer-Daemon@relay.city.example>
To: duban@city.example
Date: {WRITTEN}
X-Failed-Recipients: {address}
Subject: Mail delivery failed: returning message to sender

This message was created automatically by mail delivery software.

  {address}
    SMTP error from remote mail server after RCPT TO:<{address}>:
    host mail.x.example [192.0.2.7]: 550 5.1.1 unknown user

------ This is a copy of the message, including all the headers. ------

Return-path: <duban@city.example>
To: {address}
Message-ID: {message_id}

the mail
""")


def qmail(message_id: str, address: str) -> bytes:
    return _lines(f"""
Return-Path: <>
From: MAILER-DAEMON@relay.city.example
To: duban@city.example
Date: {WRITTEN}
Subject: failure notice

Hi. This is the qmail-send program at relay.city.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{address}>:
192.0.2.7 does not like recipient.
Remote host said: 550 Mailbox not found
Giving up on 192.0.2.7.

--- Below this line is a copy of the message.

Return-Path: <duban@city.example>
Message-ID: {message_id}
To: {address}

the mail
""")


def chinese_words_only(message_id: str, address: str) -> bytes:
    page = (
        "<html><body><p>很抱歉，您发送的邮件被对方退回。</p>"
        f"<table><tr><td>收件人</td><td>{address}</td></tr>"
        "<tr><td>退信原因</td><td>收件人邮箱不存在，请核对后再发</td></tr></table>"
        f"<p>原邮件：&lt;{message_id.strip('<>')}&gt;</p></body></html>"
    )
    return (
        _lines(f"""
From: postmaster@x.example
To: duban@city.example
Subject: x
Date: {WRITTEN}
Content-Type: text/html; charset=gb2312
Content-Transfer-Encoding: 8bit
""")
        + b"\r\n"
        + page.encode("gb2312")
    )


def warning(message_id: str, address: str) -> bytes:
    return _lines(f"""
From: Mail Delivery System <Mailer-Daemon@relay.city.example>
To: duban@city.example
Subject: Warning: message 1w0abc delayed 24 hours
X-Failed-Recipients: {address}

  {address}
    host mail.x.example: 550 5.1.1 unknown user
No action is required on your part. Delivery attempts will continue.

Message-ID: {message_id}
""")


def out_of_office(message_id: str, address: str) -> bytes:
    return _lines(f"""
From: <{address}>
To: duban@city.example
Subject: automatic reply
Auto-Submitted: auto-replied
In-Reply-To: {message_id}
References: {message_id}

I am away. The mailbox {address} is not used; 550 user unknown.
""")


SHAPES = (postfix, exim, exchange, coremail, old_exim, qmail, chinese_words_only)
