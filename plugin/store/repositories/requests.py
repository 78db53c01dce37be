"""Requests for mentorship."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from plugin.domain.requests import OPEN, Request, RequestState
from plugin.store.repositories.base import Repository
from plugin.store.tables import requests


class Requests(Repository):
    """Who asks whom. What they wrote is sealed."""

    def put(self, request: Request) -> None:
        """Insert or replace a request."""
        plain = ("program_id", "mentee_id", "mentor_id", "chain_id", "rank", "created_at", "asked_at", "expires_at", "answered_at", "reason", "mentorship_id")
        values: dict[str, object] = {name: getattr(request, name) for name in plain}
        self._put(requests, [values | {"request_id": request.id, "state": request.state.value, "words": request.words}])

    def get(self, request_id: int) -> Request | None:
        """The request with this id."""
        row = self._one(self._select(requests).where(requests.c.request_id == request_id))
        return None if row is None else _request(row)

    def chain(self, chain_id: int) -> list[Request]:
        """The choices that were made together, in their order."""
        return [_request(row) for row in self._rows(self._select(requests).where(requests.c.chain_id == chain_id).order_by(requests.c.rank))]

    def of_mentor(self, mentor_id: int, *, states: Sequence[RequestState]) -> list[Request]:
        """Requests to a mentor in these states, the oldest first."""
        columns = requests.c
        statement = self._select(requests).where(columns.mentor_id == mentor_id, columns.state.in_([one.value for one in states]))
        return [_request(row) for row in self._rows(statement.order_by(columns.created_at, columns.chain_id, columns.rank))]

    def of_mentee(self, mentee_id: int, *, states: Sequence[RequestState] = tuple(RequestState)) -> list[Request]:
        """Requests of a mentee in these states, the oldest first."""
        columns = requests.c
        statement = self._select(requests).where(columns.mentee_id == mentee_id, columns.state.in_([one.value for one in states]))
        return [_request(row) for row in self._rows(statement.order_by(columns.created_at, columns.chain_id, columns.rank))]

    def open_of_program(self, program_id: int) -> list[Request]:
        """Requests of a program that wait."""
        columns = requests.c
        statement = self._select(requests).where(columns.program_id == program_id, columns.state.in_([one.value for one in OPEN]))
        return [_request(row) for row in self._rows(statement.order_by(columns.created_at, columns.chain_id, columns.rank))]

    def of_program(self, program_id: int) -> list[Request]:
        """All requests of a program."""
        return [
            _request(row)
            for row in self._rows(
                self._select(requests).where(requests.c.program_id == program_id).order_by(requests.c.created_at, requests.c.chain_id, requests.c.rank)
            )
        ]


def _request(row: Row[*tuple[Any, ...]]) -> Request:
    return Request(
        id=row.request_id,
        program_id=row.program_id,
        mentee_id=row.mentee_id,
        mentor_id=row.mentor_id,
        state=RequestState(row.state),
        chain_id=row.chain_id,
        rank=row.rank,
        words=row.words,
        created_at=row.created_at,
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        answered_at=row.answered_at,
        reason=row.reason,
        mentorship_id=row.mentorship_id,
    )
