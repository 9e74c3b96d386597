"""Many steps in one request, each as if it had come alone: what fails says so and hides nothing else."""

import json
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.response import Response

from tracker import access
from tracker.api import idempotency
from tracker.api.fields import BIGGEST_ID
from tracker.api.operations import Operation
from tracker.api.problems import Problem, handle
from tracker.api.serializers.bulk import BulkInput, BulkItemInput, BulkSerializer
from tracker.api.steps import IN_BULK
from tracker.api.views.measures import MeasureView
from tracker.models import KeyedRequest, Measure
from tracker.rules.lifecycle import Verb

MOST_ITEMS = 500
READ_AHEAD = 50


class MeasuresBulk(MeasureView):
    """Every item is a transaction of its own, so that nobody waits for five hundred rows to be let go."""

    one_transaction = False
    versioned = False
    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    serializer_class = BulkSerializer
    operations = {
        "POST": Operation(
            "measures_bulk",
            _("批量办理"),
            _(
                "一次办理最多 500 项，逐项办理、逐项答复：每项与单独办理走同样的规则，一项失败不影响其他各项，已办理的不撤回。"
                "整体答复 200，每项的结果按请求中的顺序列出，status 是该项单独办理时的 HTTP 状态码。"
                "带 Idempotency-Key 重发时，每一项都只办理一次。"
            ),
            BulkInput,
        )
    }

    def post(self, request: Request) -> Response:
        items = self.given(BulkInput)["items"]
        if len(items) > MOST_ITEMS:
            detail = _("一次最多办理 %(most)d 项，请分批发送。") % {"most": MOST_ITEMS}
            raise Problem(413, "too_many_items", detail)
        results = []
        self._claims: dict[int, KeyedRequest] = {}
        try:
            for number, item in enumerate(items, start=1):
                if (number - 1) % READ_AHEAD == 0:
                    some = items[number - 1 : number - 1 + READ_AHEAD]
                    self._read_ahead(some)
                    self._claim_ahead(range(number, number + len(some)))
                results.append(self._once(number, item))
        finally:
            idempotency.release(self._claims.values())
        # An item that our own error stopped is worth another try: the parts that were done are remembered.
        self.keeps_answer = all(result["status"] < 500 for result in results)
        failed = sum(result["status"] >= 400 for result in results)
        body = {"results": results, "succeeded": len(results) - failed, "failed": failed}
        return Response(self.get_serializer(body).data)

    def _read_ahead(self, items: list[Any]) -> None:
        """The measures of the next items in one query: who sees what is a third of what an item costs.

        Each is used once; the action looks again under the row lock, so what changed meanwhile is refused all the same.
        """
        given = [item.get("id") if isinstance(item, dict) else None for item in items]
        keys = {pk for pk in given if type(pk) is int and 0 < pk <= BIGGEST_ID}
        self._ahead: dict[int, Measure] = access.visible_to(self.request.user).in_bulk(list(keys))

    def _claim_ahead(self, numbers: range) -> None:
        """The Idempotency-Key's claims of the next items, whose number is their part of it, at once."""
        key = idempotency.key_of(self.request)
        if key is not None:
            self._claims = idempotency.claim_ahead(
                user=self.caller,
                key=key,
                parts=numbers,
                fingerprint=idempotency.fingerprint(self.request),
                now=self.now,
            )

    def find(self, pk: int) -> Measure:
        measure = self._ahead.pop(pk, None)
        return super().find(pk) if measure is None else measure

    def _once(self, number: int, item: Any) -> dict[str, Any]:
        """The item's result; under an Idempotency-Key each item is remembered by itself."""
        key = idempotency.key_of(self.request)
        if key is None:
            return self._result(item)

        def run() -> idempotency.Answer:
            result = self._result(item)
            body = json.dumps(result, ensure_ascii=False)
            return idempotency.Answer(result["status"], body, "application/json")

        try:
            answer = idempotency.once(
                user=self.caller,
                key=key,
                part=number,
                fingerprint=idempotency.fingerprint(self.request),
                now=self.now,
                run=run,
                claimed=self._claims.pop(number, None),
            )
        except Problem as problem:
            return self._failed(item, problem)
        return json.loads(answer.body)

    def _result(self, item: Any) -> dict[str, Any]:
        try:
            with transaction.atomic():
                return self._taken(item)
        except Exception as exc:
            return self._failed(item, exc)

    def _taken(self, item: Any) -> dict[str, Any]:
        if not isinstance(item, dict):
            raise Problem(400, "invalid_input", _("每一项应为 JSON 对象。"))
        asked = self.validated(BulkItemInput, item)
        row = IN_BULK[Verb(asked["action"])]
        measure = self.find(asked["id"])
        taken = self.take(row, measure, version=asked.get("version"), body=asked.get("body", {}))
        after = taken if row.made is None else taken.measure
        return {
            "id": after.pk,
            "status": row.status,
            "version": after.version,
            "measure_status": str(after.status),
            "problem": None,
        }

    def _failed(self, item: Any, exc: Exception) -> dict[str, Any]:
        answer = handle(exc, {"request": self.request, "view": self})
        given = item.get("id") if isinstance(item, dict) else None
        known = isinstance(given, int) and not isinstance(given, bool) and 0 < given < 2**63
        return {
            "id": given if known else None,
            "status": answer.status_code,
            "version": None,
            "measure_status": None,
            "problem": answer.data,
        }
