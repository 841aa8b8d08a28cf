"""What to add next, in plain words: read from the figures of a training."""

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from .evaluation import Advice, ClassReport

FEW_IMAGES = 10
ENOUGH_IMAGES = 20
FEW_EVENTS = 4
UNEVEN = 5  # times as many images as the smallest class
FEW_INFRARED = 0.1  # share of a class's images, when others have more
ENOUGH_INFRARED = 0.25
CONFUSED = 0.15  # share of a class's images that go to one other class


def advise(
    classes: Sequence[ClassReport],
    left_out: Sequence[str],
    confusion: NDArray[np.int_],
) -> tuple[Advice, ...]:
    """Return the most useful advice first; nothing when all is well."""
    advice = [
        Advice(
            key="class_without_images",
            placeholders={"name": name},
            text=f"Label some images as {name}: it has none and is never recognised.",
        )
        for name in left_out
    ]
    for item in sorted(classes, key=lambda item: item.images):
        advice += _for_class(item)
    advice += _for_pairs(classes, confusion)
    advice += _for_balance(classes)
    return tuple(advice)


def _for_class(item: ClassReport) -> list[Advice]:
    name = item.name
    if item.images < FEW_IMAGES:
        wanted = str(ENOUGH_IMAGES - item.images)
        return [
            Advice(
                key="few_images",
                placeholders={
                    "name": name,
                    "images": str(item.images),
                    "wanted": wanted,
                },
                text=f"Label about {wanted} more images of {name}:"
                f" it has only {item.images}.",
            )
        ]
    if item.events < FEW_EVENTS:
        return [
            Advice(
                key="few_events",
                placeholders={"name": name, "events": str(item.events)},
                text=f"Label {name} on other days and places: its images come from"
                f" {item.events} visit(s) only.",
            )
        ]
    return []


def _for_pairs(
    classes: Sequence[ClassReport], confusion: NDArray[np.int_]
) -> list[Advice]:
    advice = []
    for number, item in enumerate(classes):
        judged = int(confusion[number].sum())
        mistakes = confusion[number].copy()
        mistakes[number] = 0
        other = int(mistakes.argmax())
        if judged and mistakes[other] >= max(2, CONFUSED * judged):
            pair = {"name": item.name, "other": classes[other].name}
            share = f"{100 * int(mistakes[other]) // judged}"
            advice.append(
                Advice(
                    key="confused",
                    placeholders={**pair, "percent": share},
                    text=f"Label more images that tell {item.name} from"
                    f" {classes[other].name}: {share} % of it is taken for that.",
                )
            )
    return advice


def _for_balance(classes: Sequence[ClassReport]) -> list[Advice]:
    advice = []
    smallest = min(classes, key=lambda item: item.images)
    largest = max(classes, key=lambda item: item.images)
    if largest.images > UNEVEN * smallest.images and smallest.images >= FEW_IMAGES:
        advice.append(
            Advice(
                key="uneven",
                placeholders={"name": smallest.name, "other": largest.name},
                text=f"Label more images of {smallest.name}: {largest.name} has"
                f" {largest.images}, it has {smallest.images}.",
            )
        )
    return advice + _for_nights(classes)


def _for_nights(classes: Sequence[ClassReport]) -> list[Advice]:
    infrared = {
        item: item.infrared / item.images
        for item in classes
        if item.infrared is not None
    }
    if max(infrared.values(), default=0) < 3 * FEW_INFRARED:
        return []
    advice = []
    for item, share in infrared.items():
        if share >= FEW_INFRARED:
            continue
        # So many that they are this share of all its images, themselves included.
        missing = (ENOUGH_INFRARED - share) * item.images / (1 - ENOUGH_INFRARED)
        wanted = str(ceil(missing))
        advice.append(
            Advice(
                key="few_infrared",
                placeholders={"name": item.name, "wanted": wanted},
                text=f"Label {wanted} more images of {item.name} at night: others"
                " have them, and else darkness itself is taken for the difference.",
            )
        )
    return advice
