"""A classifier at work, whatever it looks at."""

from pathlib import Path

from homeassistant.core import HomeAssistant

from ..const import DOMAIN
from ..learning.backbone import Backbone
from ..learning.look import Look
from ..learning.model_head import AnyHead
from ..learning.samples.sample import Sample
from ..runtime.worker import Worker
from ..settings import ClassifierSettings
from .samples import Samples
from .telling import Telling
from .trainings import Trainings


def classifier_folder(hass: HomeAssistant, entry_id: str, classifier_id: str) -> Path:
    """Return where the files of a classifier are."""
    return Path(hass.config.path(DOMAIN, entry_id, classifier_id))


class Classifier:
    """One classifier of one entry, from set-up to unload.

    `samples` are what it has kept, and `trainings` what came of their labels. Whoever
    does something for it says so with `telling`.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry_id: str,
        classifier_id: str,
        settings: ClassifierSettings,
        worker: Worker,
    ) -> None:
        self.id = classifier_id
        self.settings = settings
        self.folder = classifier_folder(hass, entry_id, classifier_id)
        self.telling = Telling(hass, classifier_id)
        self.samples = Samples(self.folder, settings, worker, self.telling)
        self.trainings = Trainings(
            self.folder, settings, worker, self.telling, self.samples
        )
        self._worker = worker

    @property
    def backbone(self) -> Backbone:
        """The backbone in use."""
        return self._worker.backbone

    @property
    def head(self) -> AnyHead | None:
        """What classifies: a model that was brought, else the trained head."""
        return self.trainings.model or self.trainings.trained_head

    @property
    def heads(self) -> dict[str, AnyHead]:
        """Its head by its id, as a look takes heads; empty as long as there is none."""
        head = self.head
        return {self.id: head} if head else {}

    async def async_load(self) -> None:
        """Open the files; those that are damaged stop nothing that does without."""
        await self._worker.run(self._load)

    def _load(self) -> None:
        self.samples.load()
        self.trainings.load()

    def sample_of(
        self,
        seen: Look,
        *,
        sample_id: str,
        event_id: str | None,
        camera: str,
        time: float,
        source: str,
    ) -> Sample:
        """Return what there is to note about a look."""
        prediction = seen.predictions.get(self.id)
        return Sample(
            id=sample_id,
            event_id=event_id,
            camera=camera,
            time=time,
            source=source,
            scores=prediction.scores if prediction else {},
            distance=prediction.distance if prediction else None,
            unfamiliar=prediction.unfamiliar if prediction else False,
        )
