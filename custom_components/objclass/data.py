"""What a loaded config entry holds."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from homeassistant.config_entries import ConfigEntry
from homeassistant.exceptions import ServiceValidationError

from .const import DOMAIN

if TYPE_CHECKING:
    from .classifier import AnyClassifier
    from .frames import FrameWatch
    from .frigate.client import FrigateClient
    from .frigate.models import FrigateConfig
    from .history.history import History
    from .objects.pipeline import Pipeline
    from .runtime.worker import Worker


@dataclass(frozen=True, slots=True, kw_only=True)
class FrigateSide:
    """A Frigate: the way to it, the pipeline for what it says, and its past."""

    client: FrigateClient
    pipeline: Pipeline
    history: History

    @property
    def config(self) -> FrigateConfig:
        """Its configuration, as of set-up."""
        return self.pipeline.frigate

    @property
    def available(self) -> bool:
        """Whether it runs and can be heard."""
        return self.pipeline.available


@dataclass(slots=True, kw_only=True)
class ObjclassData:
    """What a loaded config entry holds; `classifiers` by subentry id.

    `frigate` is None in an entry for Home Assistant's own cameras. `unique_ids` are
    those of all entities that exist now.
    """

    frigate: FrigateSide | None
    frames: FrameWatch
    worker: Worker
    classifiers: dict[str, AnyClassifier]
    unique_ids: set[str] = field(default_factory=set)

    def need_frigate(self) -> FrigateSide:
        """Return the Frigate. Raises ServiceValidationError where there is none."""
        if self.frigate is None:
            raise ServiceValidationError(
                translation_domain=DOMAIN, translation_key="without_frigate"
            )
        return self.frigate


type ObjclassConfigEntry = ConfigEntry[ObjclassData]
