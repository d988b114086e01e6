"""Checkers: right answers of any form are accepted, wrong ones refused with their own sentence."""

import re

import numpy as np
import pytest

from helpers import InputError, exercises, keras

layers = keras.layers


def network(*middle, last="softmax", units=64, activation="relu", first=None, flatten_later=False):
    return keras.Sequential(
        [
            keras.Input((28, 28)),
            first or layers.Flatten(),
            layers.Dense(units, activation=activation),
            *middle,
            *([layers.Flatten()] if flatten_later else []),
            layers.Dense(10, activation=last),
        ]
    )


def nested():
    *hidden, last = network(layers.Dropout(0.5)).layers
    return keras.Sequential([keras.Sequential(hidden), last])


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.flatten, self.hidden, self.drop, self.last = network(layers.Dropout(0.5)).layers

    def call(self, x, training=None):
        return self.last(self.drop(self.hidden(self.flatten(x)), training=training))


def functional():
    inputs = keras.Input((28, 28))
    hidden = keras.ops.relu(layers.Dense(64)(layers.Flatten()(inputs)))
    outputs = layers.Dense(10, activation="softmax")(layers.Dropout(0.5)(hidden))
    return keras.Model(inputs, outputs)


def filled_row_by_row(lists):
    pictures = np.zeros((len(lists), 28, 28), np.uint8)
    for i in range(28):
        pictures[:, i] = lists[:, 28 * i : 28 * i + 28]
    return pictures


def dropped_in_place(x, rate, kept):
    x[~kept] = 0
    x /= 1 - rate
    return x


def pooled_in_place(x):
    x[::2] = np.maximum(x[::2], x[1::2])
    x[:, ::2] = np.maximum(x[:, ::2], x[:, 1::2])
    return x[::2, ::2]


def pairs_by_hand(one, other):
    gains = [b - a for a, b in zip(one, other, strict=True)]
    mean = sum(gains) / len(gains)
    variance = sum((gain - mean) ** 2 for gain in gains) / (len(gains) - 1)
    return next(n for n in range(1, 1000) if 3 * (variance / n) ** 0.5 <= abs(mean))


def pairs_for(one, other, factor=3, **options):
    return np.ceil((factor * np.std(one - other, **options) / np.mean(one - other)) ** 2)


def told_apart(losses, factor=3, n=None):
    behind = losses - losses[losses.mean(axis=1).argmin()]
    error = behind.std(axis=1, ddof=1) / np.sqrt(n or losses.shape[1])
    return np.flatnonzero(behind.mean(axis=1) <= factor * error)


def by_deviation(deviation):
    """Return an answer to 06.2 which takes this deviation, of all losses and the lowest row's."""

    def answer(losses):
        lowest = losses[losses.mean(axis=1).argmin()]
        error = deviation(losses, lowest) / np.sqrt(losses.shape[1])
        return np.flatnonzero((losses - lowest).mean(axis=1) <= 3 * error)

    return answer


def with_a_mask_of_its_own(seed):
    def answer(x, rate, kept):
        return np.where(np.random.default_rng(seed).random(x.shape) >= rate, x / (1 - rate), 0)

    return answer


without_input = [layers.Flatten(), layers.Dense(64, "relu"), layers.Dropout(0.5)]
without_input += [layers.Dense(10, "softmax")]

move, turn = layers.RandomTranslation, layers.RandomRotation
paper = {"fill_mode": "constant"}

#: For each exercise right answers in several forms, and wrong ones with words of their sentence.
ANSWERS = {
    "01.1": (
        [(784_000, 3_136_000), [784e3, 3136e3], np.array([784_000, 3_136_000])],
        {
            (784_000, 784_000): "four bytes",
            (784_000, 25_088_000): "bits",
            (784, 3_136): "thousand",
            (1, 2): "hint",
            784_000: "2 numbers",
        },
    ),
    "01.2": (
        [
            lambda x: np.round((x + 1) * 127.5).astype(np.uint8),
            lambda x: (255 * (x + 1) / 2 + 0.5).astype("uint8"),
            lambda x: [np.uint8(round(127.5 * (float(value) + 1))) for value in x],
        ],
        {
            lambda x: ((x + 1) * 127.5).astype(np.uint8): "cuts off",
            lambda x: (x + 1) * 127.5: "type of the numbers",
            lambda x: np.round(x + 1).astype(np.uint8): "Multiply before",
            lambda x: np.round(np.abs(x) * 255).astype(np.uint8): "of the numbers",
            lambda x: np.ceil((x + 1) * 127.5).astype(np.uint8): "of the numbers",
            lambda x: x[:5].astype(np.uint8): "shape",
        },
    ),
    "02.1": (
        [(17, 24), [17.0, 24.0], np.array([17, 24]), divmod(500, 28)],
        {(24, 17): "columns", (18, 25): "from 0", (17, 23): "first column", (1, 2): "hint"},
    ),
    "02.2": (
        [
            lambda x: x.reshape(-1, 28, 28),
            lambda x: np.array([row.reshape(28, 28) for row in x]),
            filled_row_by_row,
        ],
        {
            lambda x: x[0].reshape(28, 28): r"not \(28, 28\)",
            lambda x: x.reshape(-1, 28, 28).squeeze(): r"not \(28, 28\)",
            lambda x: x.reshape(-1, 28, 28).transpose(0, 2, 1): "exchanged",
            lambda x: x: r"\(3, 784\)",
            lambda x: x.reshape(-1, 28, 28)[::-1]: "of the numbers",
            lambda x: x.reshape(3, 28, 28): "cannot reshape",
        },
    ),
    "03.1": (
        [50_890, 784 * 64 + 64 + 650.0],
        {50_816: "bias", 50_240: "second one", 50_880: "last layer", 50_826: "hint"},
    ),
    "03.2": (
        [
            lambda x, rate, kept: np.where(kept, x / (1 - rate), 0),
            lambda x, rate, kept: (x * kept / (1 - rate)).tolist(),
            dropped_in_place,
        ],
        {
            lambda x, rate, kept: x * kept: "not scaled",
            lambda x, rate, kept: x * kept * (1 - rate): "became smaller",
            lambda x, rate, kept: x * kept / rate: "not by the share",
            lambda x, rate, kept: x * ~kept / (1 - rate): "keeps what should",
            lambda x, rate, kept: x * kept / 0.8: "instead of",
            lambda x, rate, kept: x * kept / 0.6: "of the numbers",
            lambda x, rate, kept: x * kept / kept.mean(): "instead of",
            **{with_a_mask_of_its_own(seed): "instead of|of the numbers" for seed in range(30)},
            lambda x, rate, kept: x.sum(): "shape",
            lambda x, rate: x: "TypeError",
        },
    ),
    "03.3": (
        [
            network(layers.Dropout(0.5)),
            network(layers.ReLU(), layers.Dropout(0.5), activation=None),
            network(layers.Activation("relu"), layers.Dropout(0.5), activation=None),
            network(layers.Dropout(0.5), activation=layers.ReLU()),
            network(layers.Dropout(0.5), first=layers.Reshape((784,))),
            network(layers.ReLU(), layers.Dropout(0.5)),
            keras.Sequential([layers.Reshape((28, 28, 1)), *network(layers.Dropout(0.5)).layers]),
            keras.Sequential(without_input),
            functional(),
            nested(),
            Subclassed(),
            keras.Sequential([*network(layers.Dropout(0.5), last=None).layers, layers.Softmax()]),
        ],
        {
            network(): "One dropout layer, of rate 0.5",
            network(layers.Dropout(0.5), first=layers.Identity()): "flattened first",
            network(layers.Dropout(0.5), first=layers.Reshape((28, 28, 1)), flatten_later=True): (
                "flattened first"
            ),
            network(layers.Dropout(0.5), last=None): "add up to 1",
            network(layers.Dropout(0.5), last="log_softmax"): "add up to 1",
            network(layers.Dropout(0.2)): "of rate 0.5",
            network(layers.GaussianDropout(0.5)): "of rate 0.5",
            network(layers.Dropout(0.5), units=32): "64 and 10 units",
            network(layers.BatchNormalization(), layers.Dropout(0.5)): "64 and 10 units",
            network(layers.Dropout(0.5), activation="leaky_relu"): "behind the hidden layer only",
            network(layers.Dropout(0.5), activation="relu6"): "behind the hidden layer only",
            network(layers.Dropout(0.5), activation=None): "behind the hidden layer only",
            network(
                layers.Dropout(0.5), first=layers.Identity(), flatten_later=True
            ): "flattened first",
            keras.Sequential(
                [
                    *network(layers.Dropout(0.5), activation=None, last="relu").layers,
                    layers.Softmax(),
                ]
            ): "behind the hidden layer only",
            keras.Sequential([*network().layers, layers.Dropout(0.5)]): "belongs between",
            keras.Sequential(
                [*network(layers.Dropout(0.5), last="relu").layers, layers.Softmax()]
            ): "behind the hidden layer only",
            keras.Sequential([*network(layers.Dropout(0.5)).layers, layers.Softmax()]): "twice",
        },
    ),
    "04.1": ([3_910, 3910.0], {3_900: "round up", 391: "ten", 500_000: "batch", 3_907: "Each"}),
    "04.2": (
        [
            lambda x, t, w: 2 * x.T @ (x @ w - t) / len(x),
            lambda x, t, w: (
                sum(2 * row * (row @ w - y) for row, y in zip(x, t, strict=True)) / len(x)
            ),
            lambda x, t, w: (2 * x * (x @ w - t)[:, None]).mean(axis=0),
        ],
        {
            lambda x, t, w: x.T @ (x @ w - t) / len(x): "twice",
            lambda x, t, w: 2 * x.T @ (x @ w - t): "by n",
            lambda x, t, w: x.T @ (x @ w - t): "instead of",
            lambda x, t, w: 2 * x.T @ (t - x @ w) / len(x): "sign",
            lambda x, t, w: 2 * (x @ w - t) / len(x): "for w",
            lambda x, t, w: ((x @ w - t) ** 2).mean(): "shape",
            lambda x, t, w: 2 * x @ (x @ w - t) / len(x): "ValueError",
            lambda x, t, w: 2 * x.T @ (x @ w - t) / len(w): "instead of",
            lambda x, t, w: 2 * x.T @ (x @ w - t) / 4: "instead of",
        },
    ),
    "05.1": (
        [0.28, 100 * np.sqrt(0.98 * 0.02 / 2500)],
        {0.14: "10,000", 0.0028: "points", 0.000784: "root", 3: "hint"},
    ),
    "05.2": (
        [
            lambda a, b: pairs_for(a, b, ddof=1),
            lambda a, b: int(pairs_for(b, a, ddof=1)),
            pairs_by_hand,
        ],
        {
            lambda a, b: pairs_for(a, b): "ddof=1",
            lambda a, b: pairs_for(a, b, 1, ddof=1): "three standard errors",
            lambda a, b: np.ceil(3 * np.std(b - a, ddof=1) / abs(np.mean(b - a))): "Square",
            lambda a, b: np.floor((3 * np.std(b - a, ddof=1) / np.mean(b - a)) ** 2): "Round up",
            lambda a, b: np.floor((3 * np.std(b - a, ddof=1) / np.mean(b - a)) ** 2) + 1: "65",
            lambda a, b: pairs_by_hand(a, b) - 1: "instead of",
            lambda a, b: pairs_for(a, b, 2, ddof=1): "instead of",
            lambda a, b: np.ceil((3 * np.std(a, ddof=1) / np.mean(b - a)) ** 2): "instead of",
            lambda a, b: np.ceil((3 * np.std(b - a, ddof=1) / np.median(b - a)) ** 2): "instead of",
            lambda a, b: np.ceil((3 * np.std(b - a, ddof=1) / abs(b - a).mean()) ** 2): (
                "instead of"
            ),
            lambda a, b: np.ceil(
                9 * (a.var(ddof=1) + b.var(ddof=1)) / np.mean(a - b) ** 2
            ): "pairs",
            lambda a, b: len(a): "instead of",
        },
    ),
    "06.1": (
        [0.002, 0.012 / np.sqrt(36)],
        {
            0.012: "single",
            0.000333: "root",
            0.012 / np.sqrt(35): "hint",
            0.072: "hint",
            0.006: "three",
            1: "hint",
        },
    ),
    "06.2": (
        [
            told_apart,
            lambda x: [int(i) for i in told_apart(x)],
            lambda x: np.where(np.isin(np.arange(len(x)), told_apart(x))),
            lambda x: set(told_apart(x)),
        ],
        {
            lambda x: [int(x.mean(axis=1).argmin())]: "alone",
            lambda x: told_apart(x, 1): "three standard errors",
            lambda x: told_apart(x, n=1): "number of seeds",
            by_deviation(lambda x, low: (x - low).std(axis=1)): "ddof=1",
            by_deviation(lambda x, low: np.hypot(x.std(axis=1, ddof=1), low.std(ddof=1))): "pairs",
            by_deviation(lambda x, low: low.std(ddof=1)): "instead of",
            by_deviation(lambda x, low: 2**0.5 * low.std(ddof=1)): "instead of",
            by_deviation(lambda x, low: x.std(axis=1, ddof=1)): "instead of",
            by_deviation(lambda x, low: 2**0.5 * x.std(axis=1, ddof=1)): "instead of",
            by_deviation(lambda x, low: (x - low).std(ddof=1)): "instead of",
            lambda x: told_apart(x, 2): "instead of",
            lambda x: told_apart(x, n=len(x)): "instead of",
            lambda x: told_apart(x, 3 - 1e-9): "instead of",  # a tie is not told apart
            lambda x: np.delete(told_apart(x), 0): "instead of",
            lambda x: np.isin(np.arange(len(x)), told_apart(x)): "mask",
            lambda x: range(1, 3): "instead of",
            lambda x: [0, 4]: "instead of",
        },
    ),
    "07.1": ([1024, 2.0**10], {80: "multiply", 24: "hint", 1023: "drops all", 64: "hint"}),
    "07.2": (
        [
            lambda p: np.exp(np.log(p).mean(0)) / np.exp(np.log(p).mean(0)).sum(1)[:, None],
            lambda p: (
                np.prod(p ** (1 / len(p)), 0) / np.prod(p ** (1 / len(p)), 0).sum(1, keepdims=1)
            ),
        ],
        {
            lambda p: p.mean(axis=0): "plain mean",
            lambda p: np.prod(p, axis=0) ** (1 / len(p)): "add up to 1",
            lambda p: np.log(p).mean(axis=0): "np.exp",
            lambda p: np.prod(p, axis=0) / np.prod(p, axis=0).sum(axis=1, keepdims=True): "root",
            lambda p: p[0]: "numbers are not",
        },
    ),
    "08.1": (
        [(12, 12, 8, 208), [12, 12, 8, 208]],
        {
            (12, 12, 8, 200): "bias",
            (14, 14, 8, 208): "24 places",
            (24, 24, 8, 208): "halves",
            (1, 2, 3, 4): "hint",
        },
    ),
    "08.2": (
        [
            [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
            np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]]) / 8,
            np.array([[-0.1, -0.2, -0.1], [-0.2, -0.4, -0.2], [0.3, 0.6, 0.3]], np.float32),
            (np.full(3, -1), np.ones(3), np.zeros(3)),
            np.reshape([[-1] * 3, [0] * 3, [1] * 3], (3, 3, 1, 1)),  # as Conv2D holds it
        ],
        {
            "zeros": "give 0",
            "ones": "add up to 0",
            "upside down": "ink above and paper below",
            "on its side": "right or left",
            "flat": "three rows of three",
            "line": "other sign",
            "nan": "three rows of three",
        },
    ),
    "08.3": (
        [
            lambda x: x.reshape(14, 2, 14, 2).max(axis=(1, 3)),
            pooled_in_place,
            lambda x: np.array(
                [[x[i : i + 2, j : j + 2].max() for j in range(0, 28, 2)] for i in range(0, 28, 2)]
            ),
        ],
        {
            lambda x: x.reshape(14, 2, 14, 2).mean(axis=(1, 3)): "mean",
            lambda x: x[::2, ::2]: "first number",
            lambda x: x.reshape(14, 14, 2, 2).max(axis=(2, 3)): "axes",
            lambda x: x.max(): "shape",
            lambda x: x[1::2, 1::2]: "of the numbers",
            lambda x: pooled_in_place(np.maximum(x, 0)): "of the numbers",
        },
    ),
    "09.1": (
        [
            (-1.22, 0, 1.22),
            (-1.2, 0, 1.2),
            np.array([-1, 0, 1]) * np.sqrt(1.5),
            [-1.2247, 0.0, 1.2247],
        ],
        {
            (-2, 0, 2): "now divide",
            (-1, 0, 1): "not by 2",
            (-0.75, 0, 0.75): "square root",
            (0, 0.5, 1): "0..1",
            4: "3 numbers",
        },
    ),
    "09.2": (
        [lambda a, n, m: m * a + (1 - m) * n, lambda a, n, m: a + (1 - m) * (n - a)],
        {
            lambda a, n, m: (1 - m) * a + m * n: "exchanged",
            lambda a, n, m: (a + n) / 2: "how much of the old",
            lambda a, n, m: m * a + n: "share of the new",
            lambda a, n, m: a + 1: "instead of",
            lambda a, n, m: a + (1 - m) * n: "instead of",
        },
    ),
    "10.1": (
        [15 / 360, 0.0417, 0.042],
        {15: "full turn", 15 / 180: "360", np.deg2rad(15): "radians", 0.5: "hint"},
    ),
    "10.2": (
        [
            [move(4 / 28, 4 / 28, **paper), turn(5 / 360, **paper)],
            (turn((-5 / 360, 5 / 360), **paper), move((-1 / 7, 1 / 7), (-1 / 7, 1 / 7), **paper)),
            keras.Sequential([move(4 / 28, 4 / 28, **paper), turn(5 / 360, **paper)]),
            lambda: [move(4 / 28, 4 / 28, **paper), turn(5 / 360, **paper)],
            [keras.Sequential([move(4 / 28, 4 / 28, **paper)]), turn(5 / 360, **paper)],
            [move(4 / 28, 0.0, **paper), move(0.0, 4 / 28, **paper), turn(5 / 360, **paper)],
        ],
        {
            "flip": "no flips",
            "reflect": "Paper should come in",
            "far": "4 of 28 pixels",
            "one direction": "all four sides",
            "wide turn": "up to 5 degrees",
            "no turn": "RandomRotation",
            "one side": "all four sides",
            "turned to one side": "either side",
            "twice": "4 of 28 pixels",
            "ink at the rim": "Paper should come in",
            "flip within": "no flips",
            "resized": "Only move and turn",
        },
    ),
    "11.1": (
        [(8, 20), [8.0, 20.0]],
        {
            (20, 8): "height comes first",
            (20, 20): "proportions",
            (20, 50): "longer side",
            (11, 28): "box",
            (28, 28): "hint",
            (1, 2): "hint",
        },
    ),
    "11.2": (
        [
            lambda photo, paper: photo / paper < 2 / 3,
            lambda photo, paper: photo < paper * 0.66,
            lambda photo, paper: paper - photo.astype(float) > paper / 3,
        ],
        {
            lambda photo, paper: photo / paper > 2 / 3: "where the paper is",
            lambda photo, paper: photo < 128: "in the shade counts",
            lambda photo, paper: photo < 100: "not as asked for",
            lambda photo, paper: photo < paper / 2: "not as asked for",
            lambda photo, paper: photo < paper * 0.75: "not as asked for",
            lambda photo, paper: photo < paper * 2 / 3: "not as asked for",  # 2 * paper in uint8
            lambda photo, paper: paper - photo > paper / 3: "uint8",
            lambda photo, paper: paper.astype(float) - photo > 60: "divide by the paper",
            lambda photo, paper: (photo / paper < 2 / 3).astype(int): "type of the numbers",
            lambda photo, paper: (photo / paper < 2 / 3).ravel(): "shape",
        },
    ),
    "12.1": ([30, 30.0], {18_750: "steps", 1_875: "in an epoch", 3: "one epoch", 7: "hint"}),
    "12.2": (
        [
            lambda x, kernels, biases: x @ kernels + biases[:, None],
            lambda x, kernels, biases: [x @ k + b for k, b in zip(kernels, biases, strict=True)],
        ],
        {
            lambda x, kernels, biases: x @ kernels: "biases are missing",
            lambda x, kernels, biases: (x @ kernels).sum(axis=0): r"shape \(3, 3, 2\)",
            lambda x, kernels, biases: x @ kernels + biases: "an axis for the images",
        },
    ),
}
NAMED = {
    "zeros": np.zeros((3, 3)),
    "ones": np.ones((3, 3)),
    "upside down": np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]]),
    "on its side": np.array([[-1, 0, 1]] * 3),
    "flat": np.zeros(9),
    "line": [[-1] * 3, [2] * 3, [-1] * 3],
    "nan": np.full((3, 3), np.nan),
    "flip": [layers.RandomFlip()],
    "flip within": [keras.Sequential([layers.RandomFlip()]), turn(5 / 360, **paper)],
    "resized": [layers.RandomZoom(0.3, **paper), turn(5 / 360, **paper)],
    "reflect": [move(4 / 28, 4 / 28), turn(5 / 360)],
    "far": [move(0.3, 0.3, **paper), turn(5 / 360, **paper)],
    "one direction": [move(4 / 28, 0.0, **paper), turn(5 / 360, **paper)],
    "wide turn": [move(4 / 28, 4 / 28, **paper), turn(45 / 360, **paper)],
    "no turn": [move(4 / 28, 4 / 28, **paper)],
    "one side": [move((0.0, 1 / 7), (0.0, 1 / 7), **paper), turn(5 / 360, **paper)],
    "turned to one side": [move(4 / 28, 4 / 28, **paper), turn((0.0, 5 / 360), **paper)],
    "twice": [*[move(4 / 28, 4 / 28, **paper)] * 2, turn(5 / 360, **paper)],
    "ink at the rim": [move(4 / 28, 4 / 28, **paper, fill_value=1.0), turn(5 / 360, **paper)],
}


def said(number, answer, capsys, **options):
    """Return what `check` prints of an answer, on one line."""
    exercises.check(number, answer, **options)
    return " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("number", ANSWERS)
def test_right_answers_are_accepted(number, capsys):
    right, _ = ANSWERS[number]
    exercise = exercises.EXERCISES[number]
    own = [exercise.right] if hasattr(exercise, "right") else []
    for answer in [*right, *own]:
        assert said(number, answer, capsys) == f"Exercise {number}: right."


@pytest.mark.parametrize("number", ANSWERS)
def test_wrong_answers_are_refused_each_with_its_sentence(number, capsys):
    _, wrong = ANSWERS[number]
    for answer, meaning in wrong.items():
        answer = NAMED.get(answer, answer) if isinstance(answer, str) else answer
        printed = said(number, answer, capsys)
        assert printed.startswith(f"Exercise {number}: not yet. "), printed
        assert re.search(meaning, printed), printed


NUMBERS = [n for n, each in exercises.EXERCISES.items() if isinstance(each, exercises.Number)]


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_may_be_rounded_where_they_are_not_whole_and_come_in_any_shape(number, capsys):
    right = np.ravel(exercises.EXERCISES[number].right)
    whole = np.all(right == np.round(right))
    rounded = [[float(f"{value:.{digits}g}") for value in right] for digits in (2, 3)]
    for answer in (right, right[None], right[:, None], *([] if whole else rounded)):
        assert said(number, answer, capsys).endswith("right."), answer
    for place in range(right.size):
        wrong = right.astype(float)
        wrong[place] += 1 if whole else 0.05 * right.max()
        assert "not yet" in said(number, wrong, capsys), wrong


@pytest.mark.parametrize("axis", [0, -1])
@pytest.mark.parametrize("number", ["01.2", "04.2", "05.2", "06.2", "09.2"])
def test_functions_may_return_numbers_with_axes_of_length_one(number, axis, capsys):
    def longer(*given):
        return np.expand_dims(exercises.EXERCISES[number].right(*given), axis)

    def wrong(*given):
        return longer(*given) + 1

    assert said(number, longer, capsys).endswith("right.")
    assert "should have the shape" not in said(number, wrong, capsys)


TOLD_BY_PROPERTY = {"03.3", "08.2", "10.2"}
ANSWERED_BY_FUNCTIONS = {"10.2"} | {
    number
    for number, exercise in exercises.EXERCISES.items()
    if isinstance(exercise, exercises.Function)
}


@pytest.mark.parametrize("number", sorted(set(ANSWERS) - TOLD_BY_PROPERTY))
def test_every_mistake_of_the_tables_is_told_by_its_own_sentence(number, capsys):
    for wrong, meaning in exercises.EXERCISES[number].mistakes:
        assert said(number, wrong, capsys) == f"Exercise {number}: not yet. {meaning}"


@pytest.mark.parametrize("number", sorted(TOLD_BY_PROPERTY))
def test_every_property_is_told_by_some_answer(number, capsys):
    right, wrong = ANSWERS[number]
    answers = [NAMED.get(each, each) if isinstance(each, str) else each for each in wrong]
    printed = {said(number, answer, capsys) for answer in answers}
    for _, meaning in exercises.EXERCISES[number].faults(right[0]):
        assert f"Exercise {number}: not yet. {meaning}" in printed


@pytest.mark.parametrize("number", exercises.EXERCISES)
def test_missing_answers_are_no_mistakes(number, capsys):
    for answer in (..., "...", "", (..., ...), (1, ...)):
        assert said(number, answer, capsys) == f"Exercise {number}: not answered yet."


@pytest.mark.parametrize("number", sorted(ANSWERED_BY_FUNCTIONS))
def test_a_function_that_fails_or_is_not_written_yet_is_said_to_be_so(number, capsys):
    def fails(*arguments):
        raise ZeroDivisionError("no")

    printed = said(number, fails, capsys)
    assert printed.endswith("It could not be used: ZeroDivisionError, no.")
    assert said(number, lambda *arguments: ..., capsys).endswith("not answered yet.")
    assert said(number, lambda *arguments: None, capsys).endswith("ValueError, None is no answer.")


@pytest.mark.parametrize("number", ANSWERS)
@pytest.mark.parametrize("answer", [None, "forty", [], {}, np.nan, keras], ids=str)
def test_answers_of_another_kind_are_refused_in_one_sentence(number, answer, capsys):
    assert said(number, answer, capsys).startswith(f"Exercise {number}: not yet. ")


def test_an_explanation_is_to_be_compared(capsys):
    assert "Compare it with the model answer" in said("01.3", "Because.", capsys)
    assert "not yet" in said("01.3", None, capsys)


def test_unknown_exercises_are_named():
    with pytest.raises(InputError, match=r"no exercise 03\.9; there are 01\.1, .*, 12\.3"):
        exercises.check("03.9", 1)


def test_summary_says_what_is_right_open_and_tried(capsys, monkeypatch):
    monkeypatch.setattr(exercises, "_tries", {})
    for answer in (..., (24, 17), (18, 25), (17, 24)):
        exercises.check("02.1", answer)
    exercises.check("03.1", ...)
    exercises.check("03.1", 50_890, solution=True)
    exercises.check("01.3", "Because.")
    exercises.check("06.1", 12)
    capsys.readouterr()
    exercises.summary()
    assert capsys.readouterr().out.splitlines() == [
        "Exercise 01.3: written down, 1 try",
        "Exercise 02.1: right, 3 tries",
        "Exercise 03.1: open",
        "Exercise 06.1: tried, 1 try",
    ]


def test_every_exercise_has_right_and_wrong_answers_here():
    kinds = exercises.EXERCISES.items()
    explained = [number for number, each in kinds if isinstance(each, exercises.Explain)]
    assert sorted([*ANSWERS, *explained]) == sorted(exercises.EXERCISES)
    right = sum(len(right) for right, _ in ANSWERS.values())
    wrong = sum(len(wrong) for _, wrong in ANSWERS.values())
    print(f"{len(ANSWERS)} exercises, {right} right and {wrong} wrong answers tried")
    assert min(right, wrong) > 60
