"""What a line of the log holds: a refused request is one line, a fault of ours brings its traceback."""

import logging


class OneLineForRefusals(logging.Filter):
    """Takes the traceback off what Django logs about an answer below 500: who may not, or what is not there, is no fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = record.exc_text = None
        return True
