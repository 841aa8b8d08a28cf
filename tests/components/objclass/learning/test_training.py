"""What a person gets from labelled crops: a head that is right, and honest about it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from custom_components.objclass.learning.augmentation import Views
from custom_components.objclass.learning.cross_validation import USUAL_PENALTY
from custom_components.objclass.learning.training import (
    TrainingError,
    TrainingResult,
    train_head,
)

from .clusters import DIMENSION, Images, images

PETS = ("charlie", "leo", "none")


def _train(data: Images, **changes: Any) -> TrainingResult:
    settings: dict[str, Any] = {
        "groups": data.groups,
        "classes": data.classes,
        "backbone": "test",
    }
    return train_head(data.embeddings, data.labels, **(settings | changes))


def _share_right(result: TrainingResult, data: Images) -> float:
    found = [result.head.predict(row).best for row in data.embeddings]
    return float(np.mean([a == b for a, b in zip(found, data.labels, strict=True)]))


def test_new_images_of_the_same_classes_are_recognised() -> None:
    result = _train(images(PETS))
    assert _share_right(result, images(PETS, seed=1)) >= 0.95


def test_the_same_images_always_give_the_same_head() -> None:
    first, second = _train(images(PETS)), _train(images(PETS))
    np.testing.assert_array_equal(first.head.weights, second.head.weights)
    assert first.head.temperature == second.head.temperature


def test_the_order_of_the_classes_is_kept_and_empty_ones_are_left_out() -> None:
    result = _train(images(["leo", "charlie"]), classes=["none", "leo", "charlie"])
    assert result.head.classes == ("leo", "charlie")
    assert result.report.left_out == ("none",)
    assert "class_without_images" in [item.key for item in result.report.advice]


def test_a_class_with_many_images_does_not_swallow_one_with_few() -> None:
    data = images({"leo": 60, "charlie": 6}, spread=1.5)
    result = _train(data)
    rare = images({"charlie": 40}, spread=1.5, seed=1)
    assert _share_right(result, rare) >= 0.8


def test_near_copies_in_one_event_do_not_flatter_the_accuracy() -> None:
    """With a random split the copies would give the answer away."""
    random = np.random.default_rng(0)
    places = np.repeat(random.normal(size=(20, DIMENSION)), 6, axis=0)
    wobble = 0.01 * random.normal(size=places.shape)
    data = Images(
        embeddings=(places + wobble).astype(np.float32),
        labels=[
            name for name in random.choice(["leo", "charlie"], 20) for _ in range(6)
        ],
        groups=[f"e{number}" for number in range(20) for _ in range(6)],
    )
    assert _train(data).report.accuracy <= 0.75
    alone = _train(data, groups=[str(number) for number in range(120)])
    assert alone.report.accuracy <= 0.75  # copies are noticed without their events
    assert alone.report.near_duplicates


def test_scores_mean_what_they_say() -> None:
    """Among new images the mean score is close to the share that is right."""
    data = images(PETS, per_event=1, spread=3.0)
    new = images(dict.fromkeys(PETS, 200), per_event=1, spread=3.0, seed=1)
    result = _train(data)
    scores = result.head.probabilities(new.embeddings).max(axis=1)
    share = _share_right(result, new)
    assert 0.5 < share < 0.98  # a task on which honesty is needed
    assert abs(scores.mean() - share) <= 0.1


def test_a_stranger_is_unfamiliar_and_the_known_are_not() -> None:
    result = _train(images(PETS))
    known = [result.head.predict(row) for row in images(PETS, seed=1).embeddings]
    stranger = [result.head.predict(row) for row in images(["bus"], seed=1).embeddings]
    assert np.mean([item.unfamiliar for item in known]) <= 0.1
    assert np.mean([item.unfamiliar for item in stranger]) >= 0.9
    assert min(item.distance or 0 for item in stranger) > np.median(
        [item.distance or 0 for item in known]
    )


def test_the_familiarity_gate_can_be_left_out() -> None:
    result = _train(images(PETS), familiarity=False)
    prediction = result.head.predict(images(["bus"]).embeddings[0])
    assert prediction.distance is None
    assert not prediction.unfamiliar


def test_altered_views_are_trained_on() -> None:
    """From far away one half of what is seen near is missing, and misleads."""
    near, new = images(["leo", "rex"], spread=1), images(["leo", "rex"], seed=1)

    def far(data: Images) -> NDArray[np.float32]:
        """Swap the classes in the first half of the dimensions."""
        leo, rex = (
            near.embeddings[[label == name for label in near.labels]].mean(axis=0)
            for name in ("leo", "rex")
        )
        sign = np.where([label == "leo" for label in data.labels], 2, -2)[:, None]
        change = (sign * (rex - leo)).astype(np.float32)
        change[:, DIMENSION // 2 :] = 0
        return data.embeddings + change

    judged = replace(new, embeddings=far(new))
    every = list(range(len(near.labels)))
    trained = _train(near, far=Views(embeddings=far(near), of=every))
    assert _share_right(trained, judged) >= 0.95
    assert _share_right(trained, new) >= 0.95
    assert _share_right(_train(near), judged) < 0.8


def test_known_images_that_were_compressed_otherwise_are_no_strangers() -> None:
    """Trained on what Frigate keeps, judged on what it sends live."""
    labelled, new, bus = images(PETS), images(PETS, seed=1), images(["bus"], seed=1)

    def otherwise(data: Images, sign: int) -> NDArray[np.float32]:
        random = np.random.default_rng(5)
        texture = random.normal(scale=0.4, size=(4, DIMENSION))
        much = 1 + np.random.default_rng(6).random((len(data.labels), 4))
        return data.embeddings + (sign * much @ texture).astype(np.float32)

    def stopped(data: NDArray[np.float32], **changes: Any) -> float:
        head = _train(labelled, **changes).head
        return float(np.mean([head.predict(row).unfamiliar for row in data]))

    every = list(range(0, len(labelled.labels), 3))
    views = Views(embeddings=otherwise(labelled, 1)[every], of=every)
    live = otherwise(new, -1)
    assert stopped(live) > 0.5
    assert stopped(live, compressed=views) < 0.1
    assert stopped(otherwise(bus, -1), compressed=views) == 1


def test_a_wrong_label_is_pointed_out() -> None:
    data = images(PETS)
    wrong = data.labels.index("leo")
    data.labels[wrong] = "charlie"
    ids = [f"sample-{number}" for number in range(len(data.labels))]
    doubtful = _train(data, ids=ids).report.doubtful_labels
    assert doubtful[0].sample == f"sample-{wrong}"
    assert (doubtful[0].label, doubtful[0].suggestion) == ("charlie", "leo")


def test_a_class_with_one_single_image_trains_and_is_asked_for_more() -> None:
    data = images({"leo": 8, "charlie": 1}, per_event=1)
    report = _train(data).report
    assert {item.name: item.accuracy is None for item in report.classes} == {
        "leo": False,
        "charlie": True,
    }
    assert ("few_images", "charlie") in [
        (item.key, item.placeholders.get("name")) for item in report.advice
    ]


def test_two_images_are_enough_to_begin_with() -> None:
    data = images({"leo": 1, "charlie": 1}, per_event=1)
    result = _train(data)
    assert result.report.accuracy is None
    assert result.report.proposed_threshold is None
    assert result.head.familiarity is None
    assert _share_right(result, data) == 1


def test_where_nothing_can_be_held_out_the_usual_penalty_is_taken() -> None:
    data = images({"leo": 1, "charlie": 1}, per_event=5)
    report = _train(data).report
    assert report.accuracy is None
    assert report.penalty == USUAL_PENALTY


@pytest.mark.parametrize(
    ("data", "changes", "key"),
    [
        (images({"leo": 3}), {"classes": ["leo", "none"]}, "too_few_classes"),
        (images(PETS), {"classes": ["leo", "none"]}, "unknown_class"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_a_reason(
    data: Images, changes: dict[str, Any], key: str
) -> None:
    with pytest.raises(TrainingError) as caught:
        _train(data, **changes)
    assert caught.value.key == key
    assert caught.value.placeholders["name"] in str(caught.value)


def test_training_without_any_image_is_refused() -> None:
    with pytest.raises(TrainingError) as caught:
        train_head(
            np.empty((0, DIMENSION), np.float32),
            [],
            groups=[],
            classes=["leo", "none"],
            backbone="test",
        )
    assert caught.value.key == "no_images"


def test_damaged_embeddings_are_refused() -> None:
    data = images(PETS)
    data.embeddings[3, 5] = np.nan
    with pytest.raises(TrainingError) as caught:
        _train(data)
    assert caught.value.key == "bad_embeddings"
