"""What unexpected errors say is not written down: it may quote a member."""

import json
import logging

import pytest
import structlog

from plugin.errors import Unavailable
from plugin.logs import configure_logging
from tests.conftest import make_settings


@pytest.mark.parametrize("as_json", [True, False])
def test_an_error_is_logged_by_its_kind_and_place_without_its_words(capsys: pytest.CaptureFixture[str], as_json: bool) -> None:
    configure_logging(make_settings(log_level="info", log_json=as_json))
    log = structlog.get_logger()

    def work(private: str) -> None:
        raise ExceptionGroup(f"many of {private}", [ValueError(f"one of {private}")])

    try:
        try:
            work("canary-words")
        except ExceptionGroup as cause:
            raise KeyError("canary-words") from cause
    except KeyError as error:
        log.warning("unexpected_error", lookup="1", exc_info=error)
    log.warning("unexpected_error", exc_info=Unavailable("the database does not answer"))
    said = capsys.readouterr().err
    assert "canary-words" not in said
    assert "KeyError" in said
    assert "ExceptionGroup" in said
    assert "test_logs.py" in said
    assert "the database does not answer" in said


async def test_what_a_library_logs_is_its_own_text_without_values(capsys: pytest.CaptureFixture[str]) -> None:
    """A server writes down the traceback of a request that failed, an event loop what a task failed of; at no level are words in it."""
    root = logging.getLogger()
    before = root.handlers[:]
    try:
        configure_logging(make_settings(log_level="debug"))
        configure_logging(make_settings(log_level="debug"))
        error = ValueError("canary-words")
        logging.getLogger("uvicorn.error").error("Exception in ASGI application\n", exc_info=error)
        structlog.get_logger().debug("unexpected_error", exc_info=error)
        logging.getLogger("asyncio").error("Task exception was never retrieved\nfuture: <Task exception=ValueError('canary-words')>")
        logging.getLogger("some").warning("refused %s", "canary-words")
        logging.getLogger("some").info("asked %s", "canary-words")
    finally:
        root.handlers[:] = before
    said = capsys.readouterr().err
    assert "canary-words" not in said
    lines = [json.loads(line) for line in said.splitlines()]
    assert [one["event"] for one in lines] == ["library", "unexpected_error", "library", "library"], "once each, whatever the libraries had configured"
    assert lines[0]["exception"][0]["exc_type"] == "ValueError"
    assert [one["said"] for one in (lines[0], *lines[2:])] == ["Exception in ASGI application", "Task exception was never retrieved", "refused %s"]
