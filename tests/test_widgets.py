"""Widgets: every control acts."""

import numpy as np
import pytest

from helpers import results, widgets

UNITS = np.abs(np.random.default_rng(0).normal(size=128))


@pytest.mark.parametrize(
    "explorer",
    [lambda: widgets.mask_explorer(UNITS), lambda: widgets.curve_explorer(results.study())],
    ids=["masks", "curves"],
)
def test_an_explorer_answers_every_control(explorer):
    controls, *pictures, sentence = explorer().children
    seen = {(sentence.value, *(bytes(picture.value) for picture in pictures))}
    for control in controls.children:
        options = getattr(control, "options", None)
        values = [control.min, control.max] if options is None else options
        values = [value[1] if isinstance(value, tuple) else value for value in values]
        for value in set(values) - {control.value}:
            control.value = value
            drawn = sentence.value, *(bytes(picture.value) for picture in pictures)
            assert drawn not in seen, f"{control.description} changed nothing"
            assert all(picture.startswith(b"\x89PNG") for picture in drawn[1:])
            seen.add(drawn)
