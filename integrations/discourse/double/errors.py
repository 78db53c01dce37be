"""What Discourse answers when it refuses: statuses, error types and bodies (application_controller)."""

from collections.abc import Mapping, Sequence

Json = dict[str, object]

NOT_PERMITTED = "You are not permitted to view the requested resource."


class Refused(Exception):
    """The forum refuses a request. Carries the status and the JSON body of the answer."""

    def __init__(
        self,
        status: int,
        errors: Sequence[str] = (),
        *,
        error_type: str | None = None,
        action: str | None = None,
        extra: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__("; ".join(errors) or str(status))
        self.status = status
        body: Json = {"action": action} if action else {}
        body["errors"] = list(errors)
        if error_type:
            body["error_type"] = error_type
        body.update(extra or {})
        self.body = body
        self.headers = dict(headers or {})


def not_found(message: str = "The requested URL or resource could not be found.") -> Refused:
    """Gone, never there, or not for this reader."""
    return Refused(404, [message], error_type="not_found")


def invalid_access(message: str = NOT_PERMITTED) -> Refused:
    """Known, but not for this reader."""
    return Refused(403, [message], error_type="invalid_access")


def not_logged_in() -> Refused:
    """Only for members."""
    return Refused(403, ["You need to be logged in to do that."], error_type="not_logged_in")


def missing(name: str) -> Refused:
    """A required parameter is missing or empty."""
    return Refused(400, [f"param is missing or the value is empty: {name}"])


def invalid_parameters(what: str) -> Refused:
    """A parameter has a value that cannot be."""
    return Refused(400, [f"You supplied invalid parameters to the request: {what}"], error_type="invalid_parameters")


def record_invalid(*errors: str) -> Refused:
    """A record failed its validations."""
    return Refused(422, errors, error_type="record_invalid")


def failed(*errors: str, action: str | None = None, status: int = 422) -> Refused:
    """A controller says what went wrong; ``action`` is sent for posts."""
    return Refused(status, errors, action=action)


def rate_limited(wait: int, *, code: str | None = None, what: str = "performed this action too many times") -> Refused:
    """Too much in too short a time; ``wait`` in seconds."""
    left = f"{wait} second" + ("" if wait == 1 else "s")
    headers = {"Retry-After": str(wait)} | ({"Discourse-Rate-Limit-Error-Code": code} if code else {})
    return Refused(
        429,
        [f"You’ve {what}. Please wait {left} before trying again."],
        error_type="rate_limit",
        extra={"extras": {"wait_seconds": wait, "time_left": left}},
        headers=headers,
    )


def read_only() -> Refused:
    """The site takes no writes at the moment."""
    return Refused(503, ["The site is in read only mode. Interactions are disabled."], error_type="read_only")
