"""The states of a frame classifier's cameras, kept for the next start."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from .confirmation import State
from .files import write_atomically

_FILE: Final = "states.json"


def read_states(folder: Path) -> dict[str, State]:
    """Return the kept states by camera; what cannot be read is not known any more."""
    try:
        kept = json.loads((folder / _FILE).read_bytes())
        return {camera: State(**values) for camera, values in kept.items()}
    except OSError, ValueError, TypeError, AttributeError:
        return {}


def write_states(folder: Path, states: Mapping[str, State]) -> None:
    """Keep the states of all cameras. Raises OSError."""
    kept = {camera: asdict(state) for camera, state in states.items()}
    write_atomically(folder / _FILE, json.dumps(kept).encode(), durable=False)
