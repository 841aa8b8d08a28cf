"""A brought model is judged by the crops that have been labelled here."""

from custom_components.objclass.learning.model_figures import model_figures


def test_each_class_counts_alike_however_many_crops_it_has() -> None:
    labels = ["leo"] * 8 + ["none"] * 2
    found = ["leo"] * 8 + ["none", "leo"]
    figures = model_figures(labels, found)
    assert figures is not None
    assert figures.images == 10
    assert figures.accuracy == 0.9
    assert figures.balanced_accuracy == 0.75
    assert figures.classes == {"leo": 1.0, "none": 0.5}


def test_without_labelled_crops_nothing_is_said() -> None:
    assert model_figures([], []) is None
