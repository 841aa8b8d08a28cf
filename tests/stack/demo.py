"""The demo: broker, simulated Frigate and Home Assistant, from nothing to live results.

    scripts/demo [--check] [--images DIR] [--speed N]

It does over Home Assistant's own API what a person does with the mouse: adds the
integrations, creates a classifier, collects examples from Frigate's past, labels them
(the simulation knows the truth), trains, and watches. With --check it exits with 0 only
when Home Assistant showed, and Frigate was told, what each camera really showed.
"""

import argparse
import asyncio
import contextlib
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.frigate_sim.objects import SimObject
from tests.frigate_sim.photos import read_folders
from tests.frigate_sim.sim import FrigateSim

from .api import Api, ApiError, until
from .broker import running_broker
from .home_assistant import HomeAssistant
from .processes import ProcessEndedError
from .sign_in import PASSWORD, USERNAME

CLASSIFIER = "Our animals"
PAST_OBJECTS = 120
MOST_WALKS = 5
# Whoever walks past and is none of the classes; the drawn cast has a stray cat.
STRANGERS = frozenset({"stray"})
CAMERAS = ("front_door", "back_yard")
LOOKS = "Leo is the orange cat, Charlie the grey one; the white one is a stray."


type Teacher = Callable[[Stage], Awaitable[None]]


class CheckError(Exception):
    """What the demo shows is not what happened; the text says what."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """Everything that runs, and the classifier in it."""

    sim: FrigateSim
    hass: HomeAssistant
    label: str
    classes: Sequence[str]
    entry_id: str

    @property
    def api(self) -> Api:
        """Home Assistant's API."""
        return self.hass.api


def say(text: str) -> None:
    """Tell what happens."""
    sys.stdout.write(f"\033[1m==>\033[0m {text}\n")
    sys.stdout.flush()


async def run(arguments: argparse.Namespace, teacher: Teacher | None = None) -> None:
    """Bring everything up, train, and then check or stay.

    A `teacher` labels and trains in place of one who knows the truth.
    """
    images = class_folders(arguments.images) if arguments.images else None
    with tempfile.TemporaryDirectory(prefix="objclass-demo-") as name:
        folder = Path(name)
        say("Starting the MQTT broker")
        async with running_broker(folder) as broker:
            say("Starting the simulated Frigate")
            async with FrigateSim(
                mqtt_port=broker.port,
                images=images,
                past_events=PAST_OBJECTS,
                speed=arguments.speed,
                version="0.18.0",
            ) as sim:
                say("Starting Home Assistant (the first start takes half a minute)")
                async with HomeAssistant(folder / "home_assistant") as hass:
                    await hass.api.add_mqtt(broker)
                    try:
                        stage = await set_up(sim, hass)
                        await (teacher(stage) if teacher else teach(stage, sim.truths))
                        await (check(stage) if arguments.check else stay(stage))
                    except CheckError, ApiError, TimeoutError:
                        show_log(hass.log)
                        raise


async def set_up(sim: FrigateSim, hass: HomeAssistant) -> Stage:
    """Add the integration and a classifier."""
    flow = await hass.api.start_flow("objclass")
    await flow.submit({"next_step_id": "manual"})
    added = await flow.submit({"url": sim.url, "verify_ssl": True, "login": {}})
    if added["type"] != "create_entry":
        raise CheckError(f"The integration could not be added: {added}")
    entry_id = added["result"]["entry_id"]
    await hass.api.wait_for_entry(entry_id)
    cast = sim.world.cast.values()
    label = next(iter(cast)).label
    classes = sorted({who.name for who in cast if who.label == label} - STRANGERS)
    subentry = await hass.api.start_subentry_flow(entry_id, "classifier")
    created = await subentry.submit(
        {
            "name": CLASSIFIER,
            "labels": [label],
            "classes": classes,
            "kind": "sub_label",
            "filter": {},
            "rules": {
                "threshold": 0.8,
                "min_attempts": 3,
                "agreement": 0.6,
                "max_attempts": 16,
                "save_attempts": 200,
            },
        }
    )
    if created["type"] != "create_entry":
        raise CheckError(f"The classifier could not be created: {created}")
    await hass.api.wait_for_entry(entry_id)
    say(f"Added the classifier {CLASSIFIER!r} for {label}: {', '.join(classes)}")
    return Stage(sim=sim, hass=hass, label=label, classes=classes, entry_id=entry_id)


async def teach(stage: Stage, truths: Mapping[str, str]) -> None:
    """Collect examples, label them with what they are, by event id, and train."""
    collected = await stage.api.call_for_response(
        "objclass.collect", classifier=CLASSIFIER, count=PAST_OBJECTS
    )
    by_class: dict[str, list[str]] = {}
    for sample in collected["samples"]:
        truth = truths[sample["event_id"]]
        name = truth if truth in stage.classes else "none"
        by_class.setdefault(name, []).append(sample["id"])
    for name, ids in by_class.items():
        await stage.api.call(
            "objclass.label",
            classifier=CLASSIFIER,
            samples=ids,
            **{"class": name},
        )
    trained = await stage.api.call_for_response("objclass.train", classifier=CLASSIFIER)
    say(
        f"Trained on {trained['images']} in {trained['seconds']:.2f} s; "
        f"cross-validated accuracy {trained['accuracy']:.0%}"
    )


async def check(stage: Stage) -> None:
    """Let everyone walk past, and compare what is said with the truth.

    One who is never sure enough about is a reason to look at the next, as in life; a
    wrong name is not.
    """
    for number, name in enumerate(stage.classes):
        camera = CAMERAS[number % len(CAMERAS)]
        for _ in range(MOST_WALKS):
            say(f"{name} walks past {camera}")
            if await check_walk(stage, name, camera):
                break
        else:
            raise CheckError(
                f"{name} walked past {MOST_WALKS} times, and was not named"
            )
    say("Home Assistant showed, and Frigate was told, what the cameras showed.")


async def check_walk(stage: Stage, name: str, camera: str) -> bool:
    """Tell whether whoever walks past was named.

    Raises CheckError when the name is wrong, or was not told to Frigate.
    """
    async with (
        stage.api.websocket() as websocket,
        websocket.subscribe(
            "subscribe_events", event_type="objclass_result"
        ) as results,
    ):
        walk = stage.sim.walk(name, camera)
        while True:
            result = (await results.next(within=120))["data"]
            if result["event_id"] == walk.id and result["final"]:
                break
    if result["outcome"] != "assigned":
        say(f"  {result['outcome']} after {result['attempts']} counted attempts")
        return False
    sensor = await class_sensor(stage.api, stage.entry_id, camera)
    state = await stage.api.state(sensor)
    if state is None or state["attributes"].get("event_id") != walk.id:
        raise CheckError(f"{sensor} does not show {walk.id}, but {state}")
    sub_label = await _told(walk)
    for who, told in (("Home Assistant", state["state"]), ("Frigate", sub_label)):
        if told != name:
            raise CheckError(f"{name} walked past, and {who} shows {told}")
    score = state["attributes"]["score"]
    say(f"  {sensor} is {name}, Frigate's sub label too (score {score:.2f})")
    return True


async def _told(walk: SimObject) -> str | None:
    """Return the sub label that Frigate gets, a moment after Home Assistant knows."""

    async def look() -> str | None:
        return walk.sub_label[0] if walk.sub_label else None

    with contextlib.suppress(TimeoutError):
        return await until(look, "Frigate to be told", within=60)
    return None


async def class_sensor(api: Api, entry_id: str, camera: str) -> str:
    """Return the sensor with the class of a camera."""
    async with api.websocket() as websocket:
        for entity in await websocket.command("config/entity_registry/list"):
            if (
                entity["config_entry_id"] == entry_id
                and entity["translation_key"] == "class"
                and entity["unique_id"].endswith(f"-{camera}")
            ):
                return str(entity["entity_id"])
    raise CheckError(f"There is no sensor for {camera}")


async def stay(stage: Stage) -> None:
    """Let animals walk past until somebody presses Ctrl-C."""
    looks = f"\n     {LOOKS}" if "leo" in stage.classes else ""
    sys.stdout.write(
        f"""
  Home Assistant   {stage.hass.url}
  User, password   {USERNAME}, {PASSWORD}
  Cameras          {stage.sim.url}/sim/

  Make a classifier of your own, in three minutes:
  1. Object Classifier in the sidebar, "New classifier".
  2. Choose {stage.label}, and add the classes {" and ".join(stage.classes)}.{looks}
  3. Tap the crops of each class, then "Done: train".
  4. "Its sensors": the next one that walks past and is recognised changes them.

  What else to look at:
  - The classifier {CLASSIFIER}, which was trained in the same way: label what was seen,
    see how good it is, and why something was called what it was called.
  - Settings > Devices & services > Object Classifier > {CLASSIFIER}: what was last
    seen on each camera, who is in view, the last crop, and the accuracy.
  - Settings > Tools > Actions > Object Classifier: collect, label, train, classify.
  - The log of it all: {stage.hass.log}

  Somebody walks past every few seconds. Ctrl-C ends everything.

"""
    )
    sys.stdout.flush()
    names = sorted(stage.sim.world.cast)
    number = 0
    while True:
        stage.sim.walk(names[number % len(names)], CAMERAS[number % len(CAMERAS)])
        number += 1
        await asyncio.sleep(12 / stage.sim.world.speed)


def show_log(log: Path) -> None:
    """Print what the integration said last, and everything that went wrong."""
    lines = log.read_text(errors="replace").splitlines()
    wanted = [line for line in lines if "objclass" in line or " ERROR " in line]
    sys.stderr.write("\n".join(wanted[-40:]) + "\n")


def class_folders(folder: Path) -> Path:
    """Return the folder of class folders: this one, or the first in it that is one."""
    for candidate in (folder, *sorted(p for p in folder.iterdir() if p.is_dir())):
        with contextlib.suppress(ValueError):
            read_folders(candidate)
            return candidate
    raise CheckError(f"{folder} has no class folders with photos in them")


def parse(words: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/demo", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add: Any = parser.add_argument
    add("--check", action="store_true", help="prove that it works, and end")
    add("--images", type=Path, metavar="DIR", help="photos: a folder per class")
    add("--speed", type=float, metavar="N", default=1.0, help="animals N times as fast")
    return parser.parse_args(words)


async def main() -> int:
    """Run until done, or until somebody ends it."""
    arguments = parse()
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("not in a task")
    for name in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(name, task.cancel)
    try:
        await run(arguments)
    except (CheckError, ApiError, TimeoutError, ProcessEndedError) as err:
        sys.stderr.write(f"\033[1;31mFailed:\033[0m {err}\n")
        return 1
    except asyncio.CancelledError:
        say("Everything was ended.")
        return 130 if arguments.check else 0
    return 0


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(asyncio.run(main()))
