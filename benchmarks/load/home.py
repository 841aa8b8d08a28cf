"""A real Home Assistant beside a fast Frigate, with trained classifiers."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
from learning.backbone import load_backbone
from learning.backbone_model import BUNDLED
from learning.crop import decode, pixels_of
from learning.heads import HeadShelf
from learning.samples import SampleStore
from learning.samples.sample import Sample
from learning.training import TrainingResult, train_head
from numpy.typing import NDArray

from tests.stack.api import until
from tests.stack.broker import running_broker
from tests.stack.home_assistant import HomeAssistant
from tests.stack.websocket import WebSocket

from .frigate import FastFrigate
from .pictures import KINDS, crops

MONITOR: Final = Path(__file__).with_name("loop_monitor")
TRAINED_ON: Final = 10  # crops of each kind
CONFIGURATION: Final = """\
frontend:
recorder:
logbook:
media_source:
loop_monitor:
logger:
  default: warning
"""


@dataclass(frozen=True, kw_only=True)
class Classifiers:
    """So many classifiers for a label."""

    label: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Home:
    """What runs."""

    frigate: FastFrigate
    hass: HomeAssistant
    entry_id: str

    async def ask(self, command: str, **data: Any) -> Any:
        """Perform a websocket command on a connection of its own."""
        async with self.hass.api.websocket() as ws:
            return await ws.command(command, **data)

    async def status(self) -> dict[str, Any]:
        """Return what the panel shows of the one entry."""
        answer: dict[str, Any] = (await self.ask("objclass/status"))["entries"][0]
        return answer

    async def settled(self, *, at_most: int = 0, within: float = 120) -> float:
        """Wait until nothing, or so much, waits; return the monotonic time of that."""

        async def settled() -> float | None:
            waiting = (await self.status())["waiting"]
            return time.monotonic() if waiting <= at_most else None

        return await until(settled, "all looks to be made", within)

    async def setup_seconds(self) -> float:
        """Return how long the integration took to set up, as Home Assistant says."""
        for item in await self.ask("integration/setup_info"):
            if item["domain"] == "objclass":
                return float(item["seconds"])
        raise RuntimeError("The integration has not been set up")

    @asynccontextmanager
    async def without_integration(self) -> AsyncIterator[None]:
        """Do without the integration for a while."""
        entry = {"entry_id": self.entry_id}
        await self.ask("config_entries/disable", **entry, disabled_by="user")
        try:
            yield
        finally:
            await self.ask("config_entries/disable", **entry, disabled_by=None)
            await self.hass.api.wait_for_entry(self.entry_id, within=120)

    async def restart(self) -> None:
        """Restart, and wait for the integration."""
        await self.hass.restart()
        await self.hass.api.wait_for_entry(self.entry_id, within=120)

    async def add(self, wanted: Sequence[Classifiers], *, samples: int) -> None:
        """Create classifiers that are trained and keep so many crops, and restart."""
        async with self.hass.api.websocket() as ws:
            ids = [
                await self._create(ws, item.label, number)
                for item in wanted
                for number in range(item.count)
            ]
        await self.hass.stop()
        kept = await asyncio.to_thread(kept_crops, samples)
        folder = self.hass.folder / "objclass" / self.entry_id
        for classifier_id in ids:
            await asyncio.to_thread(fill, folder / classifier_id, kept)
        await self.hass.start()
        await self.hass.api.wait_for_entry(self.entry_id, within=120)

    async def _create(self, ws: WebSocket, label: str, number: int) -> str:
        created = await ws.command(
            "objclass/create",
            entry_id=self.entry_id,
            data={
                "name": f"{label} {number}",
                "labels": [label],
                "classes": [*KINDS],
                "kind": "sub_label",
            },
        )
        await self.hass.api.wait_for_entry(self.entry_id, within=120)
        return str(created["classifier_id"])


@asynccontextmanager
async def running_home(folder: Path, *, cameras: int) -> AsyncIterator[Home]:
    """Run a home with so many cameras, and no classifier yet."""
    _install_monitor(folder / "home_assistant")
    async with (
        running_broker(folder) as broker,
        FastFrigate(
            mqtt_host=broker.host,
            mqtt_port=broker.port,
            cameras=cameras,
            labels=("bird", "cat", "dog"),
        ) as frigate,
        HomeAssistant(folder / "home_assistant", configuration=CONFIGURATION) as hass,
    ):
        await hass.api.add_mqtt(broker)
        flow = await hass.api.start_flow("objclass")
        await flow.submit({"next_step_id": "manual"})
        added = await flow.submit({"url": frigate.url, "verify_ssl": True, "login": {}})
        entry_id = added["result"]["entry_id"]
        await hass.api.wait_for_entry(entry_id)
        yield Home(frigate=frigate, hass=hass, entry_id=entry_id)


class Alone:
    """A second event loop with nothing to do: how late the machine alone makes it."""

    async def __aenter__(self) -> Self:
        """Start it."""
        self._process = await asyncio.create_subprocess_exec(
            "python3",
            MONITOR / "lateness.py",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        """End it."""
        if self._process.stdin:
            self._process.stdin.close()
        await self._process.wait()

    async def take(self) -> dict[str, dict[str, float]]:
        """Return figures in ms since the last time; see `Lateness.take`."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            raise RuntimeError("The pipes are gone")
        stdin.write(b"\n")
        figures: dict[str, dict[str, float]] = json.loads(await stdout.readline())
        return figures


@dataclass(frozen=True, kw_only=True)
class Crop:
    """A drawn crop, what it shows, and its embedding."""

    kind: str
    number: int  # within its kind
    jpeg: bytes
    vector: NDArray[np.float32]


def kept_crops(count: int) -> list[Crop]:
    """Draw so many crops, the same number of each kind, and look at them."""
    backbone = load_backbone()
    return [
        Crop(
            kind=name,
            number=number,
            jpeg=jpeg,
            vector=backbone.embed(pixels_of(decode(jpeg), backbone.size)),
        )
        for kind, name in enumerate(KINDS)
        for number, jpeg in enumerate(crops(kind, count // len(KINDS)))
    ]


def trained_on(kept: Sequence[Crop]) -> TrainingResult:
    """Train on the first ones of each kind."""
    labelled = [crop for crop in kept if crop.number < TRAINED_ON]
    return train_head(
        np.stack([crop.vector for crop in labelled]),
        [crop.kind for crop in labelled],
        groups=[str(number) for number in range(len(labelled))],
        classes=(*KINDS, "none"),
        backbone=BUNDLED.identity(),
        familiarity=False,
    )


def fill(folder: Path, kept: Sequence[Crop]) -> None:
    """Put a head and crops into a classifier's folder, while nobody has it open."""
    result = trained_on(kept)
    HeadShelf(folder).put(result.head, result.report)
    store = SampleStore(folder)
    try:
        for crop in kept:
            sample = Sample(
                id=f"kept-{crop.kind}-{crop.number}",
                event_id=f"kept-{crop.kind}-{crop.number}",
                camera="camera_0",
                time=time.time() - 86400 + crop.number,
                label=crop.kind if crop.number < TRAINED_ON else None,
            )
            # Else they would be looked at after the start, beside what is measured.
            store.add(sample, crop.jpeg, crop.vector, result.head.backbone)
    finally:
        store.close()


def _install_monitor(folder: Path) -> None:
    link = folder / "custom_components" / MONITOR.name
    link.parent.mkdir(parents=True)
    # Else the repository's package of that name, which is on the path, would hide it.
    (link.parent / "__init__.py").touch()
    link.symlink_to(MONITOR, target_is_directory=True)
