"""What can go wrong when talking to Frigate."""


class FrigateError(Exception):
    """Frigate did not do what it was asked. The text never carries a credential."""


class FrigateConnectionError(FrigateError):
    """Frigate cannot be reached, or did not answer in time."""


class FrigateCertificateError(FrigateConnectionError):
    """Nobody that this machine trusts has signed Frigate's certificate."""


class FrigateAuthError(FrigateError):
    """Frigate wants a log-in, or refuses the one that was given."""


class FrigatePermissionError(FrigateError):
    """The account may not do this (Frigate's HTTP 403)."""


class FrigateNotFoundError(FrigateError):
    """Frigate does not know the object, picture or endpoint (HTTP 404)."""


class FrigateResponseError(FrigateError):
    """Frigate answered, but not with what was asked for.

    `status` is the HTTP status, 200 when the body is at fault.
    """

    def __init__(self, message: str, *, status: int) -> None:
        super().__init__(message)
        self.status = status


class InvalidMessageError(ValueError):
    """A message or an answer lacks what every Frigate sends, or is not JSON."""
