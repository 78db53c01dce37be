"""Structured logs, one event a line."""

import logging
import sys

import structlog

from plugin.settings import Settings

_OURS = ("PluginError", "HostError", "Invalid", "Unavailable", "Misconfigured", "NotFound", "Conflict", "Forbidden")


def _without_blanks(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """What was found by reading follows from no delivery, and has no id of one."""
    if event.get("trace_id") == "":
        del event["trace_id"]
    return event


def _without_words(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Drop what exceptions say: a database quotes the row, and Python the value, that it did not like. Their kind and where they came from stay."""
    found = event.get("exception")
    if isinstance(found, list):
        for one in found:
            if one.get("exc_type") not in _OURS:
                one["exc_value"] = ""
            one["exc_notes"], one["exceptions"] = [], []
    return event


def _as_lines(_logger: object, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    """Exceptions for people: what was raised, and where, the innermost place last."""
    found = event.get("exception")
    if isinstance(found, list):
        lines: list[str] = []
        for one in found:
            lines.append(f"{one.get('exc_type', '')}: {one.get('exc_value', '')}".rstrip(": "))
            lines += [f"  {frame['filename']}:{frame['lineno']} {frame['name']}" for frame in one.get("frames", ())]
        event["exception"] = "\n".join(lines)
    return event


class _Libraries(logging.Handler):
    """What libraries log, as events of ours: a server writes tracebacks, an event loop the exceptions of tasks, and both hold whatever was being worked on."""

    def emit(self, record: logging.LogRecord) -> None:
        # The text with its places open, and no more than its first line: values and what follows are somebody's.
        said = str(record.msg).strip().partition("\n")[0]
        structlog.get_logger().log(record.levelno, "library", logger=record.name, said=said, exc_info=record.exc_info)


def _take_over() -> None:
    """Everything that libraries log goes one way, whoever configured it before."""
    root = logging.getLogger()
    for name in ("uvicorn", "uvicorn.error", "uvicorn.asgi"):
        found = logging.getLogger(name)
        found.handlers.clear()
        found.propagate, found.disabled = True, False
        found.setLevel(logging.NOTSET)
    root.handlers[:] = [*(one for one in root.handlers if not isinstance(one, _Libraries)), _Libraries(logging.WARNING)]


def configure_logging(settings: Settings) -> None:
    """Log events as the settings say. Values are named one by one where they are logged: no body, address, name or secret ever is."""
    renderers: list[structlog.typing.Processor] = (
        [structlog.processors.JSONRenderer()] if settings.log_json else [_as_lines, structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())]
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            _without_blanks,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            _without_words,
            *renderers,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, settings.log_level.upper())),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    _take_over()
