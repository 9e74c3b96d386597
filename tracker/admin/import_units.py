"""Settles the units of a draft that nobody knows: several made at once as looked at, or one recorded as another name of a known one."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from tracker.admin.import_notes import MOST_NOTES
from tracker.importing.proposal import ImportProposal
from tracker.importing.units import NewUnit, add_alias, before_alias, create_units, propose_units
from tracker.models import Department, Plan, User
from tracker.rules.violations import InvalidInput

_FIELDS = ("name", "code", "kind", "alias")


class AskAgain(InvalidInput):
    """The alias may be wrong for others: it is recorded only when the same is said once more. `index` is the unit's on the page."""

    def __init__(self, words: str, *, index: str, department: str) -> None:
        super().__init__(words)
        self.index, self.department = index, department


def settle_units(request: HttpRequest, do: str, plan: Plan | None) -> None:
    """What “unit-create-3” or “unit-alias-3” asks for the third unknown name, “unit-create-taken” for all that are ticked.

    Raises RuleViolation.
    """
    actor = request.user
    if not isinstance(actor, User):
        raise PermissionDenied
    what, _sep, index = do.removeprefix("unit-").partition("-")
    if what == "create":
        wanted = (
            [name.removeprefix("unit-take-") for name in request.POST if name.startswith("unit-take-")]
            if index == "taken"
            else [index]
        )
        if not wanted:
            raise InvalidInput("请先勾选要新建的单位。")
        made = create_units(actor=actor, units=[_new(request, one) for one in wanted])
        messages.success(request, f"已新建单位{''.join(f'“{unit}”' for unit in made)}。")
        return
    printed, name = _typed(request, "printed", index), _typed(request, "alias", index)
    department = Department.objects.filter(name=name, active=True).first()
    if what != "alias" or department is None:
        raise InvalidInput(f"请选择“{printed}”是哪个已有单位的别名。")
    doubt = before_alias(printed, department, plan=plan)
    if doubt and _typed(request, "sure", index) != department.name:
        raise AskAgain(
            f"{doubt}。别名对所有方案有效；确实是同一单位的，请再点一次“记为它的别名”。",
            index=index,
            department=department.name,
        )
    add_alias(actor=actor, printed=printed, department=department)
    messages.success(
        request, f"已把“{printed}”记为“{department}”的别名，对所有方案有效；记错了可在“单位”中删去。"
    )


def _typed(request: HttpRequest, name: str, index: str) -> str:
    return request.POST.get(f"unit-{name}-{index}", "").strip()


def _new(request: HttpRequest, index: str) -> NewUnit:
    return NewUnit(*(_typed(request, name, index) for name in ("printed", "name", "code", "kind")))


def unit_choices(
    request: HttpRequest, proposal: ImportProposal, row_pages: dict[str, int], asked: AskAgain | None
) -> list[dict[str, Any]]:
    """One entry an unknown unit for the template; after a refusal with what was typed."""
    found = []
    for index, proposed in enumerate(propose_units(proposal.unknown[:MOST_NOTES])):
        shown = {
            "name": proposed.unit.name,
            "code": proposed.code,
            "kind": proposed.kind,
            "alias": proposed.alike.name if proposed.alike and proposed.nearly_the_same else "",
        }
        again = request.POST.get(f"unit-printed-{index}") == proposed.unit.name
        if again:
            shown |= {name: request.POST.get(f"unit-{name}-{index}", shown[name]) for name in _FIELDS}
        asks = asked is not None and asked.index == str(index)
        found.append(
            {
                "found": proposed,
                "shown": shown,
                "kind_name": Department.Kind(shown["kind"]).label if shown["kind"] in Department.Kind else "",
                "taken": f"unit-take-{index}" in request.POST if again else not shown["alias"],
                "sure": asked.department if asked is not None and asks else "",
                "question": asked.message if asked is not None and asks else "",
                "open": asks,
                "places": [
                    {"number": number, "page": row_pages.get(number, 1)} for number in proposed.unit.numbers
                ],
            }
        )
    return found
