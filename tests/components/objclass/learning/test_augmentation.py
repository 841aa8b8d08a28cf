"""Altered views: the detail that distance takes away, and what compression does."""

import numpy as np
from PIL import Image

from custom_components.objclass.learning.augmentation import (
    COMPRESSED_IN_ALL,
    FAR_PER_CLASS,
    compressed,
    far_view,
    pictures_from_far,
    pictures_to_compress,
)


def test_a_picture_from_far_away_has_lost_its_detail_and_nothing_else() -> None:
    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (14, 14, 3), np.uint8)
    flat = np.kron(coarse, np.ones((16, 16, 1), np.uint8))
    detail = random.integers(0, 256, (224, 224, 3), np.uint8)

    assert far_view(flat).shape == (224, 224, 3)
    assert far_view(flat).dtype == np.uint8
    assert np.abs(far_view(flat).astype(int) - flat).mean() < 15
    assert far_view(detail).std() < 0.6 * detail.std()
    assert abs(far_view(detail).mean() - detail.mean()) < 1


def test_the_same_picture_always_gives_the_same_view() -> None:
    picture = np.random.default_rng(1).integers(0, 256, (224, 224, 3), np.uint8)
    np.testing.assert_array_equal(far_view(picture), far_view(picture))


def test_a_compressed_picture_shows_the_same_with_less_of_its_texture() -> None:
    random = np.random.default_rng(2)
    coarse = np.kron(random.integers(60, 200, (7, 9, 3)), np.ones((20, 20, 1)))
    fine = np.clip(coarse + random.normal(0, 12, coarse.shape), 0, 255)
    picture = Image.fromarray(fine.astype(np.uint8))

    stored = compressed(picture)

    assert (stored.size, stored.mode) == (picture.size, "RGB")
    rest = np.asarray(stored) - coarse
    assert abs(rest.mean()) < 2
    assert rest[5:15, 5:15].std() < 0.9 * (fine - coarse)[5:15, 5:15].std()


def test_a_few_pictures_of_every_class_are_seen_from_far_away() -> None:
    labels = ["leo"] * 30 + ["charlie"] * 3
    chosen = [labels[place] for place in pictures_from_far(labels)]
    assert chosen == ["leo"] * FAR_PER_CLASS + ["charlie"] * 3


def test_a_few_pictures_in_all_are_compressed_of_each_class_as_many() -> None:
    labels = ["leo"] * 30 + ["charlie"] * 3 + ["none"] * 30
    chosen = [labels[place] for place in pictures_to_compress(labels)]
    assert chosen == ["leo"] * 3 + ["charlie"] * 3 + ["none"] * 2
    assert pictures_to_compress(["leo", "charlie"]) == [0, 1]
    many = [f"cat {number}" for number in range(COMPRESSED_IN_ALL + 4)] * 2
    assert pictures_to_compress(many) == list(range(COMPRESSED_IN_ALL))


def test_labelling_more_keeps_the_far_views_and_compresses_at_most_as_many() -> None:
    labels = ["leo"] * 30 + ["charlie"] * 3
    more = [*labels, "leo", "charlie"]
    assert set(pictures_from_far(labels)) <= set(pictures_from_far(more))
    before = set(pictures_to_compress(labels))
    assert len(set(pictures_to_compress(more)) - before) <= 1
    assert pictures_to_compress([*labels, *["leo"] * 9]) == sorted(before)
