"""Says of dates that took their year from outside their words that a person gave it, where one did."""

from dataclasses import replace

from tracker.plan_document import YEAR_OF_DOCUMENT, ParsedMeasure, ParsedPlan

GIVEN = "，年份由人工填写"


def with_given_year(parsed: ParsedPlan) -> ParsedPlan:
    """The plan as it was read with a given year; the parser says of any year that it was the document's."""

    def said(measure: ParsedMeasure) -> ParsedMeasure:
        sources = (
            source._replace(reason=source.reason.replace(YEAR_OF_DOCUMENT, GIVEN))
            for source in measure.provenance
        )
        return measure._replace(provenance=tuple(sources))

    return replace(
        parsed,
        sections=tuple(
            replace(section, measures=tuple(map(said, section.measures))) for section in parsed.sections
        ),
    )
