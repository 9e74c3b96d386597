"""The OpenAPI document and its page: valid, without warnings, complete, in Chinese, and with nothing from outside."""

import re
from io import StringIO
from urllib.parse import urljoin

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from tests.api.callers import OPERATIONS, ROOT

METHODS = ("get", "post", "patch", "put", "delete")


@pytest.fixture(scope="module")
def document():
    return SchemaGenerator().get_schema(public=True)


def operations(document):
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield f"{method} {path}", item[method]


def has_chinese(text):
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def test_document_is_valid_and_gives_no_warning():
    written = StringIO()
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=written)
    assert "openapi: 3.1.0" in written.getvalue()


def test_every_operation_is_described_in_chinese_with_examples(document):
    found = dict(operations(document))
    assert len(found) == OPERATIONS
    assert len({operation["operationId"] for operation in found.values()}) == len(found)
    for name, operation in found.items():
        assert has_chinese(operation["summary"]), name
        assert all(has_chinese(tag) for tag in operation["tags"]), name
        for parameter in operation.get("parameters", []):
            if parameter["in"] != "path":
                assert has_chinese(parameter["description"]), (name, parameter["name"])
        if "requestBody" in operation:
            (body,) = operation["requestBody"]["content"].values()
            assert body["examples"], name
        for status, answer in operation["responses"].items():
            if status in ("204", "304") or (name.endswith("/content/") and status == "200"):
                continue
            (media_type,) = answer["content"]
            assert media_type == ("application/json" if status < "400" else "application/problem+json")
            assert answer["content"][media_type]["examples"], (name, status)


def test_every_operation_names_its_refusals(document):
    for name, operation in operations(document):
        given = set(operation["responses"])
        assert given >= {"401", "429"}, name
        assert operation["security"] == [{"token": []}, {"session": []}], name
        if "{id}" in name:
            assert "404" in given, name
        if not name.startswith("get"):
            assert given >= {"400", "403", "409"}, name
            assert given >= {"413", "415"} or "requestBody" not in operation, name
        if name.startswith("patch"):
            assert "428" in given, name


def test_descriptions_say_nothing_in_english(document):
    def walk(node):
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "description" and isinstance(value, str) and value:
                    yield value
                else:
                    yield from walk(value)
        elif isinstance(node, list):
            for value in node:
                yield from walk(value)

    texts = set(walk(document))
    assert len(texts) > 40
    # Each paragraph, but the lines that only name a choice.
    english = [
        text for text in texts if not all(has_chinese(part) for part in text.split("\n\n") if part.strip())
    ]
    assert english == []


def test_examples_fit_their_schemas(document):
    """An example that the API itself would refuse or never give misleads whoever copies it."""
    import jsonschema_rs

    checked = 0
    for name, operation in operations(document):
        contents = [answer["content"] for answer in operation["responses"].values() if "content" in answer]
        contents += [operation["requestBody"]["content"]] if "requestBody" in operation else []
        for content in contents:
            media = next(iter(content.values()))
            if "examples" not in media:
                continue
            schema = {**media["schema"], "components": document["components"]}
            for example in media["examples"].values():
                errors = [
                    error.message
                    for error in jsonschema_rs.validator_for(schema).iter_errors(example["value"])
                ]
                assert errors == [], name
                checked += 1
    assert checked > 100


@pytest.mark.django_db
def test_schema_and_page_are_open_and_load_nothing_from_outside():
    nobody = Client()
    assert nobody.get(f"{ROOT}schema/").status_code == 200
    # A wrong token does not keep anybody from reading them.
    assert nobody.get(f"{ROOT}schema/?format=json", HTTP_AUTHORIZATION="Token x").json()["openapi"] == "3.1.0"
    page = nobody.get(f"{ROOT}docs/")
    assert page.status_code == 200
    text = page.content.decode()
    addresses = re.findall(r"""(?:src|href)=["']([^"']+)["']""", text)
    assert len(addresses) >= 3
    assert not [address for address in addresses if re.match(r"(?:[a-z]+:)?//", address)]
    for address in addresses:
        asset = nobody.get(urljoin(f"{ROOT}docs/", address))
        assert asset.status_code == 200, address
        if address.endswith(".css"):
            assert not re.search(
                rb"(?:@import|url\()\s*['\"]?(?:https?:)?//", b"".join(asset.streaming_content)
            )
    assert not re.search(r"<script(?![^>]*src=)", text)
    script = nobody.get(f"{ROOT}docs/?script=").content.decode()
    # The validator of Swagger UI would send the document to its maker.
    assert '"validatorUrl": null' in script
    assert not re.findall(r"""["'](?:https?:)?//[^"']+""", script)
