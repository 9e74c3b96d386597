"""The private servers do what other tests rely on: start, die, come back, leave nothing behind."""

import os
import smtplib
import socket
from email.message import EmailMessage

import psycopg
import pytest
import redis

from tests.servers import MissingBinary, PrivatePostgres, PrivateRedis, SmtpSink, binary


def test_postgres_survives_kill_and_removes_its_files():
    with PrivatePostgres() as server:
        with psycopg.connect(server.url) as connection:
            connection.execute("CREATE TABLE note (body text)")
            connection.execute("INSERT INTO note VALUES ('在办')")
            owner = os.stat(f"/proc/{server.pid}").st_uid
        assert owner != 0, "PostgreSQL runs as an unprivileged user"
        pid, folder = server.pid, server.folder
        server.kill()
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(server.url)
        server.start()
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT body FROM note").fetchall() == [("在办",)]
        last_pid = server.pid
    assert not folder.exists()
    assert not [p for p in (pid, last_pid) if os.path.exists(f"/proc/{p}")]


def test_redis_restarts_empty_on_the_same_port():
    with PrivateRedis() as server:
        client = redis.Redis.from_url(server.url)
        client.set("a", 1)
        port = server.port
        server.kill()
        with pytest.raises(redis.ConnectionError):
            client.get("a")
        server.start()
        assert server.port == port
        assert client.get("a") is None
        client.close()


def test_redis_url_fixture_is_empty(redis_url):
    client = redis.Redis.from_url(redis_url)
    assert client.dbsize() == 0
    client.close()


def test_smtp_sink_keeps_messages_and_refuses_on_demand(smtp_sink: SmtpSink):
    smtp_sink.replies["gone@city.example"] = "550 5.1.1 no such mailbox"
    message = EmailMessage()
    message["Subject"] = "催办"
    message["To"] = "a@city.example"
    message.set_content("请于本周内办结。")
    with smtplib.SMTP("127.0.0.1", smtp_sink.port) as client:
        client.send_message(message, from_addr="o@city.example", to_addrs=["a@city.example"])
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.send_message(message, from_addr="o@city.example", to_addrs=["gone@city.example"])
    [kept] = smtp_sink.messages
    assert kept["Subject"] == "催办"
    assert kept.get_content().strip() == "请于本周内办结。"
    assert smtp_sink.envelopes[0].rcpt_tos == ["a@city.example"]


def test_missing_program_names_the_packages():
    with pytest.raises(MissingBinary, match="postgresql redis-server"):
        binary("no-such-program", "usr/lib/no-such-folder/*/no-such-program")


def test_server_that_cannot_start_shows_its_log():
    server = PrivateRedis()
    with socket.create_server(("127.0.0.1", server.port)), pytest.raises(RuntimeError, match="bind"):
        server.__enter__()
    assert not server.folder.exists()


def test_this_run_uses_postgresql(postgres: PrivatePostgres, settings, db):
    assert settings.DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql"
    assert settings.DATABASES["default"]["PORT"] == postgres.port
