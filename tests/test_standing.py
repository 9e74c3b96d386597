"""Rows made once for many tests: each test finds them as they were made, and one that did not ask for them finds none."""

import pytest
from django.db import connection

from tests.makers import make_department
from tracker.models import Department

pytestmark = pytest.mark.django_db
made = []


def make_pair():
    made.append("once")
    return [make_department("甲局"), make_department("乙局")]


@pytest.fixture
def make_standing():
    return make_pair


@pytest.mark.parametrize("turn", [1, 2, 3])
def test_what_a_test_changes_is_undone(standing_rows, turn):
    first, second = standing_rows
    assert made == ["once"]
    assert [(row.name, row.code) for row in Department.objects.order_by("pk")] == [
        (row.name, row.code) for row in (first, second)
    ]
    assert first.name == "甲局", "neither in the database nor in the object"
    first.name = f"改名{turn}"
    first.save()
    second.delete()
    make_department()


def test_without_them_there_is_nothing():
    assert not Department.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_real_transactions_find_nothing_either():
    assert not connection.in_atomic_block
    assert not Department.objects.exists()
