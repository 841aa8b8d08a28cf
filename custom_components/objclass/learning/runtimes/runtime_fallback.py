"""Runs on the first choice while that works, and on a second one when it does not."""

import logging
import time
from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .runtime import Form, Runtime, check_picture

_LOGGER = logging.getLogger(__name__)

RETRY_AFTER: Final = 15.0
"""Seconds after which a first choice that comes and goes is tried again."""

type Report = Callable[[Exception | None], None]
"""Is told, in whatever thread runs, why the first choice is lost; None: it is back."""


class FallbackRuntime:
    """A runtime made of two that compute the same embeddings.

    `make` returns the first choice, checked; it raises where that cannot be had. With
    `again` it is asked anew some time after the first choice was lost, else never.
    Nothing is asked before the first picture.
    """

    def __init__(
        self,
        make: Callable[[], Runtime],
        second: Runtime,
        *,
        again: bool,
        report: Report = lambda _: None,
    ) -> None:
        self._make = make
        self.second = second
        self._again = again
        self._report = report
        self._first: Runtime | None = None
        self._lost = False
        self._next_try: float | None = 0.0

    @property
    def name(self) -> str:
        """Which of the two ran last, or runs next."""
        return self._in_use.name

    @property
    def threads(self) -> int:
        """How many threads that one was told to use."""
        return self._in_use.threads

    @property
    def form(self) -> Form:
        """What goes into both, and what comes out."""
        return self.second.form

    def run(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return new numbers, shape (form.output_size,), for one picture."""
        check_picture(image, self.form.input_shape)
        try:
            if self._first is None and self._is_due():
                self._first = self._make()
                self._note(None)
            if self._first is not None:
                return self._first.run(image)
        except Exception as error:  # noqa: BLE001  drivers, networks: anything may fail
            self._note(error)
        return self.second.run(image)

    @property
    def _in_use(self) -> Runtime:
        return self._first or self.second

    def _is_due(self) -> bool:
        return self._next_try is not None and time.monotonic() >= self._next_try

    def _note(self, error: Exception | None) -> None:
        """Remember, and tell once, that the first choice is lost or there again."""
        if error is not None:
            self._first = None
            self._next_try = time.monotonic() + RETRY_AFTER if self._again else None
        if self._lost == (error is not None):
            return
        self._lost = error is not None
        if error is None:
            _LOGGER.info("%s is used again", self.name)
        else:
            _LOGGER.warning("%s is used instead: %s", self.name, error)
        self._report(error)
