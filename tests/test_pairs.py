"""The one rule for a difference between runs."""

import numpy as np
import pytest
from scipy import stats

from helpers.pairs import compare, difference


def test_compare_gives_mean_and_standard_error_of_the_pairs():
    one, other = np.random.default_rng(0).normal(size=(2, 6))
    mean, error = compare(one, other)
    assert mean == pytest.approx(other.mean() - one.mean())
    assert mean / error == pytest.approx(stats.ttest_rel(other, one).statistic)


def test_one_arm_is_compared_with_many():
    one, many = np.zeros(5), np.random.default_rng(0).normal(size=(3, 4, 5))
    mean, error = compare(one, many)
    assert mean == pytest.approx(many.mean(axis=-1))
    assert error == pytest.approx(stats.sem(many, axis=-1))


@pytest.mark.parametrize(
    ("pairs", "verdict"),
    [
        ([3.1, 5.1, 3.1, 5.1, 4.1], "told apart"),
        ([-3.1, -5.1, -3.1, -5.1, -4.1], "told apart"),
        ([0.1, 2.1, 0.1, 2.1, 1.1], "not told apart"),  # 1.1 with an error of 0.45
        ([4, 4, 4.1, 4], "too few pairs for a claim"),
    ],
)
def test_difference_is_told_apart_beyond_three_errors_of_five_pairs(pairs, verdict):
    one = np.linspace(10, 20, len(pairs))
    said = difference(one, one + pairs)
    assert said.startswith(f"{np.mean(pairs):+.4f} ± {stats.sem(pairs):.4f}, {len(pairs)} pairs: ")
    assert said.endswith(f": {verdict}")


def test_a_pair_that_an_interrupt_left_incomplete_does_not_count():
    one, other = np.arange(6.0), np.array([1, 2.5, 3, 4.5, 5, np.nan])
    assert difference(one, other) == difference(one[:5], other[:5])
    assert compare(one, [other, other])[0] == pytest.approx([1.2, 1.2])
