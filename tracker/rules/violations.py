"""How a rule says no: one exception family with a stable code, a Chinese message and the field it concerns."""


class RuleViolation(Exception):
    """A supervision rule refused a step.

    `code` is stable English for programs, `message` is Chinese for people, `field` names the input it concerns or is None.
    """

    code = "rule_violation"

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code is not None:
            self.code = code


class NotAllowed(RuleViolation):
    """The person may not do this, whatever the state."""

    code = "not_allowed"


class WrongState(RuleViolation):
    """The step does not lead anywhere from the measure's present status."""

    code = "wrong_state"


class InvalidInput(RuleViolation):
    """Something that must be given is missing or does not fit."""

    code = "invalid_input"


class Outdated(RuleViolation):
    """Somebody else changed the measure since the caller read it."""

    code = "outdated"
