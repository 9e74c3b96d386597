"""Requests made up from the OpenAPI document, as each role: no 5xx and no answer that the document does not name.

On PostgreSQL only, which an office that is connected runs on; it is stricter with values than SQLite.
"""

from collections import Counter

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, note, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from tests.api.callers import OPERATIONS, make_token

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# For each operation, sent as each role, and each of well-formed and ill-formed requests.
EXAMPLES = 8
ROLES = {
    "office": {200, 400, 404, 409},
    "liaison": {200, 201, 400, 403, 404, 409},
    "leader": {200, 400, 403, 404},
    "none": {200, 400, 404},
    "nobody": {401},
}


@pytest.fixture(scope="module")
def operations():
    document = SchemaGenerator().get_schema(public=True)
    schema = schemathesis.openapi.from_dict(document)
    schema.app = application
    found = [result.ok() for result in schema.get_all_operations()]
    assert len(found) == OPERATIONS
    return found


@pytest.fixture
def one_connection():
    """Requests by WSGI would close the connection whose open transaction holds the test's rows."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.usefixtures("one_connection", "postgres")
@pytest.mark.django_db
def test_no_error_and_no_surprise(town, operations):
    headers = {
        role: {"Authorization": f"Token {make_token(town.users[role])}"} for role in ROLES if role != "nobody"
    }
    headers["nobody"] = {}
    # Invented numbers hit no measure; a foreign and a draft one are there to be refused.
    ids = [town.led.pk, town.led.pk, town.assisted.pk, town.foreign.pk, town.draft.pk, None]
    seen: dict[str, Counter[int]] = {role: Counter() for role in ROLES}

    def exercise(operation, mode):
        @seed(20260310)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode), pk=st.sampled_from(ids))
        def run(case, pk):
            if pk is not None and "id" in (case.path_parameters or {}):
                case.path_parameters["id"] = pk
            # Making a request up takes three times as long as answering it: each is made up once and sent as everybody.
            for role in ROLES:
                note(f"as {role}")
                # Undone, so that every example meets the same state.
                with transaction.atomic():
                    answer = case.call(headers=headers[role])
                    transaction.set_rollback(True)
                case.validate_response(answer, checks=CHECKS)
                seen[role][answer.status_code] += 1

        run()

    for operation in operations:
        exercise(operation, GenerationMode.POSITIVE)
        # Where nothing can be sent, nothing wrong can be.
        if {"parameters", "requestBody"} & set(operation.definition.raw):
            exercise(operation, GenerationMode.NEGATIVE)
    for role, expected in ROLES.items():
        assert set(seen[role]) >= expected, (role, seen[role])
        assert sum(seen[role].values()) >= 100, role
