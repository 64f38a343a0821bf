"""What may reach the log: our own words; of others only that something happened, and where.

Third-party messages, and the texts of exceptions, may hold what a patient's file holds.
"""

import logging
import warnings
from types import TracebackType

OURS = "vcf_review"
FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def hush() -> None:
    """Make every log record of this process from now on safe to keep."""
    plain = logging.getLogRecordFactory()

    def make(*args: object, **kwargs: object) -> logging.LogRecord:
        return _safe(plain(*args, **kwargs))

    logging.setLogRecordFactory(make)
    logging.basicConfig(level=logging.WARNING, format=FORMAT, force=True)
    logging.getLogger(OURS).setLevel(logging.INFO)
    # Libraries warn with what they read; their warnings are not for whoever runs this.
    warnings.simplefilter("ignore")


def _safe(record: logging.LogRecord) -> logging.LogRecord:
    kind, trace = None, None
    if record.exc_info and record.exc_info[0]:
        kind, trace = record.exc_info[0].__name__, record.exc_info[2]
    if record.name.split(".")[0] != OURS:
        record.msg, record.args = f"(message withheld) {kind or ''}".rstrip(), ()
    record.exc_info = record.stack_info = None
    if kind:
        record.exc_text = "\n".join([*_places(trace), kind])
    return record


def _places(trace: TracebackType | None) -> list[str]:
    """The places in the code, without the values there."""
    lines = []
    while trace is not None:
        code = trace.tb_frame.f_code
        lines.append(f"  {code.co_filename}:{trace.tb_lineno} in {code.co_name}")
        trace = trace.tb_next
    return lines
