"""What may reach the log: our own words, and of others only that something happened."""

import logging

_OURS = "vcf_review"


class Quiet(logging.Filter):
    """Drops the messages of third-party loggers, whose arguments may hold patient data."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep our lines; reduce the rest to logger, level and the kind of error."""
        if record.name.split(".")[0] == _OURS:
            if record.exc_info:
                record.exc_text = _where(record)
                record.exc_info = None
            return True
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        record.msg, record.args = f"(message withheld) {kind}".strip(), ()
        record.exc_info = record.exc_text = None
        return True


def _where(record: logging.LogRecord) -> str:
    """The trace without its message: the places in the code, and the kind of error."""
    if not record.exc_info or record.exc_info[0] is None:
        return ""
    lines, trace = [], record.exc_info[2]
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"  {code.co_filename}:{trace.tb_lineno} in {code.co_name}")
        trace = trace.tb_next
    return "\n".join([*lines, record.exc_info[0].__name__])
