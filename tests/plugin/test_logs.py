"""What unexpected errors say is not written down: it may quote a member."""

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
