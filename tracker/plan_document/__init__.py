"""Pure parser of plan documents: a file in, frozen dataclasses out; knows neither Django nor the rules."""

from .clauses import YEAR_OF_DOCUMENT, parse_clause
from .errors import DocumentError
from .model import (
    FieldSource,
    Leftover,
    Milestone,
    OutlineNode,
    ParsedClause,
    ParsedMeasure,
    ParsedPlan,
    ParsedSection,
    Problem,
    SourceDocument,
    named,
)
from .package_safety import check_package, check_unpacking
from .plan import UNNAMED_SECTION, check_plan, parse_plan
from .reading import read_bytes, read_document
from .render import clause_to_json, plan_to_json, plan_to_text

__all__ = [
    "UNNAMED_SECTION",
    "YEAR_OF_DOCUMENT",
    "DocumentError",
    "FieldSource",
    "Leftover",
    "Milestone",
    "OutlineNode",
    "ParsedClause",
    "ParsedMeasure",
    "ParsedPlan",
    "ParsedSection",
    "Problem",
    "SourceDocument",
    "check_package",
    "check_plan",
    "check_unpacking",
    "clause_to_json",
    "named",
    "parse_clause",
    "parse_plan",
    "plan_to_json",
    "plan_to_text",
    "read_bytes",
    "read_document",
]
