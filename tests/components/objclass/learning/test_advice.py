"""Advice names what is missing, and how much of it."""

import numpy as np

from custom_components.objclass.learning.advice import advise
from custom_components.objclass.learning.evaluation import Advice, ClassReport


def _class(name: str, images: int, *, infrared: int | None = None) -> ClassReport:
    return ClassReport(
        name=name,
        images=images,
        events=images,
        infrared=infrared,
        accuracy=None,
        precision=None,
    )


def _advice(*classes: ClassReport) -> list[Advice]:
    return [*advise(classes, [], np.zeros((len(classes),) * 2, int))]


def test_a_class_without_nights_is_told_how_many_more_pictures_it_needs() -> None:
    (advice,) = _advice(_class("leo", 20, infrared=10), _class("rex", 20, infrared=0))
    assert advice.key == "few_infrared"
    assert advice.placeholders == {"name": "rex", "wanted": "7"}
    assert "7 more images of rex at night" in advice.text
    # With that many more, it is content.
    assert not _advice(_class("leo", 20, infrared=10), _class("rex", 27, infrared=7))


def test_nobody_is_sent_out_at_night_when_no_class_has_night_pictures() -> None:
    assert not _advice(_class("leo", 20, infrared=1), _class("rex", 20, infrared=0))
    assert not _advice(_class("leo", 20), _class("rex", 20))


def test_a_small_class_is_told_how_many_pictures_are_missing() -> None:
    advice = _advice(_class("leo", 20), _class("rex", 6))
    assert [(item.key, item.placeholders["wanted"]) for item in advice] == [
        ("few_images", "14")
    ]
