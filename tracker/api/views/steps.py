"""The steps of a measure's life as POST sub-resources, one view a verb; who may take it is not decided here."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.response import Response

from tracker import actions
from tracker.api.fields import Input
from tracker.api.operations import Operation
from tracker.api.serializers.steps import (
    AcknowledgeInput,
    ApplyToCloseInput,
    AssignInput,
    CloseInput,
    ReasonInput,
    ResumeInput,
)
from tracker.api.views.measures import MeasureView
from tracker.rules.lifecycle import VERB_NAMES, Verb


def _post(verb: Verb, description: Any, input_class: type[Input]) -> dict[str, Operation]:
    return {"POST": Operation(f"measures_{verb.value}", VERB_NAMES[verb], description, input_class)}


class StepView(MeasureView):
    """One verb: `act` is the action that takes the body, keyword by keyword."""

    filter_backends: tuple[type[BaseFilterBackend], ...] = ()
    verb: ClassVar[Verb]
    act: ClassVar[Any]
    operations: ClassVar[dict[str, Operation]]

    def post(self, request: Request, pk: int) -> Response:
        step = self.step(self.verb)
        type(self).act(**step, **self.given(self.operations["POST"].input_class))
        return self.answer()


class Acknowledge(StepView):
    verb = Verb.ACKNOWLEDGE
    act = staticmethod(actions.acknowledge)
    operations = _post(verb, _("牵头单位签收交办的事项，状态由“待签收”变为“办理中”。"), AcknowledgeInput)


class ApplyToClose(StepView):
    verb = Verb.APPLY_TO_CLOSE
    act = staticmethod(actions.apply_to_close)
    operations = _post(
        verb,
        _("牵头单位认为已经完成，报办理结果并申请办结；进度记为 100%，状态变为“待审核”。"),
        ApplyToCloseInput,
    )


class Assign(StepView):
    verb = Verb.ASSIGN
    act = staticmethod(actions.assign)
    operations = _post(
        verb, _("督查室把事项交办给牵头单位。签收之前可以再次交办，以更正牵头单位或时限。"), AssignInput
    )


class Return(StepView):
    verb = Verb.RETURN
    act = staticmethod(actions.send_back)
    operations = _post(verb, _("督查室退回办结申请，必须说明原因；进度恢复为申请前的数值。"), ReasonInput)


class Close(StepView):
    verb = Verb.CLOSE
    act = staticmethod(actions.close)
    operations = _post(verb, _("督查室同意办结并评定等次，事项销号。"), CloseInput)


class Suspend(StepView):
    verb = Verb.SUSPEND
    act = staticmethod(actions.suspend)
    operations = _post(verb, _("督查室暂缓办理：恢复之前不亮灯、不催办。"), ReasonInput)


class Resume(StepView):
    verb = Verb.RESUME
    act = staticmethod(actions.resume)
    operations = _post(verb, _("督查室恢复暂缓的事项。"), ResumeInput)


class Cancel(StepView):
    verb = Verb.CANCEL
    act = staticmethod(actions.cancel)
    operations = _post(verb, _("督查室撤销事项，必须说明原因。"), ReasonInput)


class Reopen(StepView):
    verb = Verb.REOPEN
    act = staticmethod(actions.reopen)
    operations = _post(verb, _("督查室重新启动已办结或已撤销的事项。"), ReasonInput)
