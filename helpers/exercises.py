"""Exercises that check themselves: what is right, what each mistake means, and hints.

A checker judges what an answer does, not how it is written. It returns nothing if the answer is
right, and otherwise a sentence that names the mistake.
"""

import collections
import copy
import html
import inspect
import textwrap

import numpy as np

from helpers import InputError

#: The checker, the hints and the model answer of each exercise, by its number such as "03.2".
CHECKERS, HINTS, MODELS = {}, {}, {}
_hints_given = collections.Counter()


def check(number, answer):
    """Judge the answer to an exercise, in one printed sentence.

    Parameters
    ----------
    number : str, such as "03.2"
    answer : object
        What the exercise asks for; `...` while it is missing.

    Raises
    ------
    InputError
        If there is no such exercise.
    """
    _known(number)
    if _missing(answer):
        verdict = "not answered yet."
    elif number in MODELS:
        verdict = "compare your answer with this one. " + MODELS[number]
    else:
        try:
            mistake = CHECKERS[number](_called(answer) if inspect.isfunction(answer) else answer)
        except _Unanswered:
            verdict = "not answered yet."
        except Exception as error:  # an answer of another kind, or a function that fails
            verdict = f"not yet. It could not be used: {type(error).__name__}, {error}."
        else:
            verdict = f"not yet. {mistake}" if mistake else "right."
    _say(number, verdict)


class _Unanswered(Exception):
    """A function of the learner still returns `...`."""


def _missing(answer):
    if isinstance(answer, str):
        return not answer.strip(". \n")
    parts = answer if isinstance(answer, tuple | list) else (answer,)
    return any(part is ... for part in parts)


def _called(function):
    """Wrap a learner's function: `...` is no answer yet, and it may change what it is given."""

    def wrapped(*arguments):
        result = function(*copy.deepcopy(arguments))
        if _missing(result):
            raise _Unanswered
        return result

    return wrapped


def hint(number):
    """Print the next hint to an exercise; after the last one, begin again.

    Raises
    ------
    InputError
        If there is no such exercise.
    """
    _known(number)
    hints = HINTS[number]
    given = _hints_given[number] % len(hints)
    _hints_given[number] += 1
    _say(number, f"hint {given + 1} of {len(hints)}. {hints[given]}")


def solution(number):
    """Return the model answer to an exercise that asks for an explanation.

    Returns
    -------
    str
        A notebook shows it folded, so that nobody reads it before a click.

    Raises
    ------
    InputError
        If there is no such exercise.
    """
    _known(number, MODELS)
    return _Folded(MODELS[number])


class _Folded(str):
    def _repr_html_(self):
        return f"<details><summary>Show a model answer</summary>{html.escape(self)}</details>"


def _known(number, numbers=HINTS):
    if number not in numbers:
        raise InputError(
            f"There is no such exercise as {number}; there are {', '.join(sorted(numbers))}."
        )


def _say(number, text):
    print(textwrap.fill(f"Exercise {number}: {text}", 90))


def _checks(number, *hints):
    """Register the checker of an exercise, and its hints."""

    def register(checker):
        CHECKERS[number], HINTS[number] = checker, hints
        return checker

    return register


def _number(number, right, mistakes, *hints, tolerance=0):
    """Register an exercise whose answer is a number, or several in order."""

    def checker(answer):
        given = np.asarray(answer, dtype=float)
        if given.size == np.size(right):  # `285,` is a tuple, and a column is a list too
            given = given.reshape(np.shape(right))
        if given.shape != np.shape(right):
            return f"The answer is {_kind(right)}, not {_kind(answer)}."
        for wrong, meaning in mistakes.items():
            if np.allclose(given, wrong, rtol=tolerance, atol=0):
                return meaning
        if not np.allclose(given, right, rtol=tolerance, atol=1e-12):
            return "That is not it; `exercises.hint` helps."
        return None

    _checks(number, *hints)(checker)


def _kind(value):
    shape = np.shape(value)
    return f"{shape[0]} numbers in order" if shape else "one number"


def _explain(number, model, *hints):
    """Register an exercise that asks for an explanation."""
    MODELS[number], HINTS[number] = model, hints


# Lesson 01

_number(
    "01.1",
    (784_000, 3_136_000),
    {
        (784_000, 784_000): "Each float32 number takes four bytes, a uint8 one takes one.",
        (784_000, 25_088_000): "The 32 of float32 counts bits, and a byte has eight of them.",
        (784, 3_136): "That is a single image; there are a thousand.",
        (28_000, 112_000): "An image has 28 rows of 28 pixels.",
    },
    "How many pixels has an image of 28 rows and 28 columns?",
    "A uint8 number takes one byte; 32 bits are four bytes.",
)


@_checks(
    "01.2",
    "Which two steps of arithmetic turn -1 into 0 and 1 into 255?",
    "Conversion to uint8 cuts off what stands behind the point. Round first: np.round.",
)
def _unscale(unscale):
    pixels = np.arange(256, dtype=np.uint8)
    back = np.asarray(unscale((pixels / 127.5 - 1).astype(np.float32)))
    if back.shape != pixels.shape:
        return f"256 numbers went in and an array of shape {back.shape} came out."
    if np.array_equal(np.round(back.astype(float)), pixels) and back.dtype != np.uint8:
        return f"The values are right, their type is not: {back.dtype} instead of uint8."
    if np.allclose(back.astype(float), pixels, atol=1) and (back != pixels).any():
        lost = (back != pixels).sum()
        way = "one lower: conversion cuts off, so" if (back <= pixels).all() else "changed by one:"
        return f"{lost} of the 256 grey levels come back {way} round."
    if back.dtype == np.uint8 and back.max() <= 2:
        return "Multiply before you convert: uint8 cannot hold what lies between -1 and 1."
    if not np.array_equal(back, pixels):
        return f"-1 should become 0 and 1 become 255, not {back[0]} and {back[-1]}."
    if not np.array_equal(np.asarray(unscale(pixels / 127.5 - 1)), pixels):
        return "It is right for float32 by chance only, and not for float64: round."
    return None


_explain(
    "01.3",
    "Whoever chooses by a score, chooses also what was lucky on just these images, so the score of "
    "the winner is too good. Images on which nothing was chosen have no such luck to give, and "
    "their score holds for new images too. As soon as one looks at it and changes something, the "
    "test set has become a second validation set.",
    "What would you do if the network did badly on the test set?",
    "Think of 100 networks that all guess. What score has the best of them?",
)

# Lesson 02

_number(
    "02.1",
    285,
    {
        150: "You went down the columns: 28 times the column, plus the row. Rows come first here.",
        286: "Close: rows, columns and entries are all counted from 0.",
        257: "Close: row 10 has ten full rows before it, as rows are counted from 0.",
    },
    "How many full rows stand before row 10?",
    "Entry 28 x row + column.",
)


@_checks(
    "02.2",
    "reshape can turn 784 numbers into 28 rows of 28.",
    "How many images there are is len(lists), or -1: let NumPy find out.",
)
def _unflatten(unflatten):
    images = np.random.default_rng(0).integers(0, 256, (3, 28, 28), dtype=np.uint8)
    back = np.asarray(unflatten(images.reshape(3, 784)))
    if back.shape == (28, 28):
        return "Only one picture came back, and three lists went in."
    if back.shape != images.shape:
        return f"Three lists should become an array of shape (3, 28, 28), not {back.shape}."
    if np.array_equal(back, images.transpose(0, 2, 1)):
        return "Each picture came back with its rows and columns exchanged."
    if not np.array_equal(back, images):
        return "The pixels came back in another order."
    try:
        back = np.asarray(unflatten(images[:2].reshape(2, 784)))
    except ValueError:
        back = None
    if back is None or not np.array_equal(back, images[:2]):
        return "It is right for three lists and not for two: how many there are may differ."
    return None


_explain(
    "02.3",
    "A dense layer gives each entry of the list a weight of its own and does not know which pixels "
    "are neighbours. Mixed up by one rule, each pixel still has its own place, and the same "
    "weights can be learned there. A shift moves ink to places whose weights were learned for "
    "other ink, and differently for each digit.",
    "What does the network know about which entries of the list are neighbours?",
    "After the mixing, where does the ink of a pixel land: always in the same place?",
)

# Lesson 03

_number(
    "03.1",
    50_890,
    {
        50_816: "Each unit also learns a bias: 64 in one layer and 10 in the other.",
        50_240: "That is the first layer; the second one learns too.",
        50_880: "The biases of the last layer are missing.",
        50_826: "The biases of the first layer are missing.",
    },
    "784 numbers reach each of 64 units.",
    "Then 64 numbers reach each of 10 units, and every unit has a bias.",
)


@_checks(
    "03.2",
    "Where kept is False the output is 0; where it is True it is larger than the input.",
    "By how much must the survivors grow, so that the mean stays?",
)
def _dropout(dropout):
    x, rate = np.array([[1.0, 2.0, -3.0, 4.0]]), 0.4
    kept = np.array([[True, False, True, True]])
    given = np.asarray(dropout(x, rate, kept))
    expected = np.where(kept, x / 0.6, 0)
    if given.shape != x.shape:
        return f"The output should have the shape of x, {x.shape}, not {given.shape}."
    if np.allclose(given, np.where(kept, 0, x / 0.6)) or np.allclose(given, np.where(kept, 0, x)):
        return "It keeps what should be dropped and drops what should be kept."
    if np.allclose(given, np.where(kept, x, 0)):
        return "The survivors are not scaled up: the mean sinks when units are dropped."
    if np.allclose(given, np.where(kept, x * 0.6, 0)):
        return "The survivors became smaller: divide by 1 - rate instead of multiplying."
    if np.allclose(given, np.where(kept, x / rate, 0)):
        return "Divide by the share that is kept, 1 - rate, not by the share that is dropped."
    if np.allclose(given, np.where(kept, x / 0.8, 0)):
        return f"That is right for a rate of 0.2 only; use `rate`, which is {rate} here."
    if not np.allclose(given, expected):
        return "The survivors should be x / (1 - rate), and all others 0."
    return None


@_checks(
    "03.3",
    "keras.Sequential takes a list of layers, beginning with keras.Input((28, 28)).",
    "Dropout stands between the two dense layers: what the last layer says is not dropped.",
)
def _network(network):
    steps = getattr(network, "operations", network.layers)  # keras.ops.relu is no layer
    kinds = [type(layer).__name__ for layer in steps]
    kinds = ["Flatten" if kind == "Reshape" else kind for kind in kinds]
    dense = [layer for layer in network.layers if type(layer).__name__ == "Dense"]
    if "Flatten" not in kinds:
        return "Dense layers take a list of numbers: the picture has to be flattened first."
    if len(dense) != 2 or [layer.units for layer in dense] != [64, 10]:
        return "There should be two dense layers, of 64 and of 10 units."
    if "Dropout" not in kinds:
        return "There is no dropout in it."
    if kinds.index("Dropout") > kinds.index("Dense", kinds.index("Dense") + 1):
        return "Dropout after the output layer would set some of the ten answers to zero."
    if kinds.index("Dropout") < kinds.index("Dense"):
        return "Dropout stands before the hidden layer and drops pixels: put it behind that layer."
    rates = [layer.rate for layer in network.layers if type(layer).__name__ == "Dropout"]
    if rates != [0.5]:
        return f"There should be one dropout layer of rate 0.5, not {rates}."
    activations = [_activation(layer) for layer in steps]
    if "relu" not in activations:
        return "Without ReLU after it the hidden layer adds nothing that one layer could not do."
    if activations.count("softmax") > 1:
        return "Softmax is applied twice, which makes all answers nearly equal."
    hidden, last = (place for place, kind in enumerate(kinds) if kind == "Dense")
    if "relu" not in activations[hidden:last]:
        return "ReLU belongs behind the hidden layer, before the next dense layer."
    if kinds.index("Flatten") > hidden:
        return "Flatten stands behind the hidden layer, which then sees single rows: put it first."
    outputs = np.array(network(np.random.default_rng(0).random((2, 28, 28)), training=False))
    if not np.allclose(outputs.sum(axis=1), 1, atol=1e-4):
        return "The ten outputs do not add up to 1: softmax is missing."
    return None


def _activation(layer):
    """Name what a layer applies at its end: of `Dense`, of `Activation`, or as `ReLU` does."""
    activation = getattr(layer, "activation", type(layer))
    return getattr(activation, "__name__", type(activation).__name__).lower()


_explain(
    "03.4",
    "In training, each unit is there with probability 1 - rate. Divided by 1 - rate its mean stays "
    "what it was, so the next layer gets sums of the usual size. At inference all units are there, "
    "nothing is divided, and the mean is the same again: nothing has to be changed when the "
    "training is over.",
    "What is the mean of a number that is 0 in one case of five and x otherwise?",
    "What would the next layer see at inference, if training did not divide?",
)

# Lesson 04

_number(
    "04.1",
    3_910,
    {
        3_900: "The last batch of an epoch is smaller, and it is a step too: round up.",
        391: "That is one epoch; there are ten.",
        390: "Round up, and count ten epochs.",
        500_000: "One step for each batch, not for each image.",
        3_906: "Each epoch ends with a smaller batch: round up before you multiply by ten.",
        3_907: "Each epoch ends with a smaller batch: round up before you multiply by ten.",
    },
    "How many batches of 128 does it take to pass 50,000 images once?",
    "390 full batches leave some images over.",
)


@_checks(
    "04.2",
    "probabilities[np.arange(len(labels)), labels] picks one number of each row.",
    "Take the natural logarithm, change its sign, and average.",
)
def _cross_entropy(cross_entropy):
    probabilities = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.5, 0.25, 0.25], [0.3, 0.3, 0.4]])
    labels = np.array([0, 2, 1, 0])
    chosen = probabilities[np.arange(4), labels]
    right = -np.log(chosen).mean()
    given = np.asarray(cross_entropy(probabilities, labels), dtype=float)
    if given.shape != ():
        return "Average over the images: the loss of a batch is one number."
    meanings = {
        np.log(
            chosen
        ).mean(): "The sign is missing: probabilities lie below 1, their logarithms below 0.",
        -np.log(chosen).sum(): "That is the sum over the images; the loss is their mean.",
        -np.log2(chosen).mean(): "That is the logarithm to base 2; Keras takes the natural one.",
        -np.log10(chosen).mean(): "That is the logarithm to base 10; Keras takes the natural one.",
        -np.log(
            probabilities.max(axis=1)
        ).mean(): "You took the largest probability of each image, not that of its label.",
        -np.log(chosen.mean()): "First the logarithm of each, then the mean.",
        -np.log(probabilities).mean(): "Only the probability of the label counts, not all of them.",
    }
    return _meaning(given, right, meanings)


def _meaning(given, right, meanings):
    """Return what a wrong number means, or None if it is right."""
    if np.isclose(given, right, rtol=1e-4):
        return None
    for wrong, meaning in meanings.items():
        if np.isclose(given, wrong, rtol=1e-5):
            return meaning
    return f"For a small example it gives {given:.4f} instead of {right:.4f}."


_explain(
    "04.3",
    "The two are measured differently. The training accuracy of an epoch is taken with dropout on, "
    "which hides units, and averaged over the whole epoch, of which the beginning was worse. The "
    "validation accuracy is taken at the end of the epoch with dropout off. Measured in the same "
    "way, the training images are read better.",
    "When, during an epoch, is each of the two measured?",
    "What does dropout do in training, and what at validation?",
)

# Lesson 05

_number(
    "05.1",
    0.28,
    {
        0.14: "That is the standard error of 10,000 images; here there are 2,500.",
        0.0028: "The question asks for percentage points: times 100.",
        0.0784: "Take the square root of accuracy x (1 - accuracy) / images.",
        0.000784: "Take the square root, and then percentage points: times 100.",
        28.0: "A hundred times too much: 0.0028 is 0.28 percentage points.",
        0.56: "That is two standard errors.",
    },
    "The formula stands in this lesson: sqrt(accuracy x (1 - accuracy) / images).",
    "A quarter of the images gives twice the error of 10,000.",
    tolerance=0.02,
)


@_checks(
    "05.2",
    "np.argmin tells where the lowest loss stands, counted from 0.",
    "Count how many epochs have passed since the lowest loss so far; stop when it is `patience`.",
)
def _stop(stop):
    falling, late = [3.0, 2.0, 1.0], [0.5, 0.4, 0.45, 0.46, 0.47, 0.1]
    for losses, patience, right in (
        ([0.5, 0.3, 0.31, 0.32, 0.33], 2, (4, 2)),
        (falling, 2, (3, 3)),
        (late, 3, (5, 2)),
        (late, 4, (6, 6)),
        ([0.5, 0.6, 0.4, 0.45, 0.3, 0.35], 2, (6, 5)),
        ([0.5, 0.3, 0.4, 0.35, 0.36, 0.2], 3, (5, 2)),
    ):
        given = tuple(int(value) for value in stop(losses, patience))
        if given == right:
            continue
        stopped, best = right
        example = f"For losses {losses} and a patience of {patience}"
        if given == (best, stopped):
            return "First the epoch in which training stops, then the epoch of the lowest loss."
        if given == (stopped - 1, best - 1):
            return "Epochs are counted from 1 here."
        if given == (stopped, stopped) and best != stopped:
            return "The weights of the lowest loss are kept, not those of the last epoch."
        if given[0] == len(losses) != stopped:
            return f"{example} training goes on to the end instead of stopping."
        if given[1] == int(np.argmin(losses)) + 1 != best:
            return f"{example} you used losses of epochs that were never trained."
        return f"{example} it gives {given} instead of {right}."
    return None


_explain(
    "05.3",
    "The score of the best epoch, of the best rate or of the best seed is partly luck on the "
    "images that chose it. If these are the test images, the luck is reported as skill. The recipe "
    "passes the test images as validation data; as long as nothing is chosen by them no harm is "
    "done, but whoever then stops early or picks a rate has chosen by them.",
    "What is chosen by the validation curves?",
    "Lesson 05 let networks guess and took the best of them. What was wrong with its score?",
)

# Lesson 06

_number(
    "06.1",
    64,
    {
        12: "That is two choices for each unit, added; they multiply.",
        36: "Each unit has two choices, and there are six: two multiplied by itself six times.",
        63: "The mask that drops all six units is one as well.",
        720: "The order of the units does not change; each is kept or dropped.",
    },
    "How many masks are there for one unit, and for two?",
    "Each further unit doubles their number.",
)


@_checks(
    "06.2",
    "First the mean over seeds of each rate, then the rate with the lowest.",
    "The standard error of a difference of two means is sqrt((s1**2 + s2**2) / seeds).",
    "Keep the rates whose difference to the lowest is at most three such errors.",
)
def _equally_good(equally_good):
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(5, 4))
    noise = (noise - noise.mean(axis=1, keepdims=True)) / noise.std(axis=1, ddof=1, keepdims=True)
    losses = np.array([[0.20], [0.10], [0.102], [0.118], [0.125]]) + 0.01 * noise
    order = [2, 0, 4, 1, 0, 0, 3, 0]  # other rows, and more of them
    answers = []
    for rows in (losses, losses[order]):
        found = equally_good(rows)
        found = found if hasattr(found, "dtype") else list(found)
        found = np.ravel(np.asarray(found))
        if found.dtype == bool:
            return "A mask says which rows; return their numbers: np.flatnonzero(mask)."
        answers.append(sorted(int(i) for i in found))
    given = answers[0]
    if given == [1, 2, 3]:
        if answers[1] != [0, 3, 6]:
            return f"For eight rates and four seeds it gives {answers[1]} instead of [0, 3, 6]."
        return None
    return {
        (1,): "That is the lowest alone; which others cannot be told apart from it?",
        (1, 2): "Ask for three standard errors of the difference, which holds both deviations.",
        (
            1,
            2,
            3,
            4,
        ): "Too many: divide by the number of seeds, and add squared deviations, not deviations.",
        (0, 4): "These are the rates that can be told apart; the question asks for the others.",
        (
            0,
            1,
            2,
            3,
            4,
        ): "All of them: rate 0 is ten deviations away. Compare means, not single runs.",
    }.get(tuple(given), f"For a small example it gives {given} instead of [1, 2, 3].")


_explain(
    "06.3",
    "Opened once, the test set tells how good the chosen rate is on new images. If the rate had "
    "been chosen by it, its score would hold some luck. Opening it for a second try, because the "
    "first disappointed, is a choice as well.",
    "What would you do with the answer, if you did not like it?",
)

# Lesson 07

_number(
    "07.1",
    (12, 12, 8, 208),
    {
        (12, 12, 8, 200): "Each of the eight kernels has a bias.",
        (14, 14, 8, 208): "Without padding, a kernel of 5 x 5 fits in 24 places of a row of 28.",
        (24, 24, 8, 208): "Pooling comes after the convolution and halves both sides.",
        (12, 12, 8, 26): "There are eight kernels of 26 numbers.",
        (13, 13, 8, 208): "Without padding, a kernel of 5 x 5 fits in 24 places of a row of 28.",
    },
    "In how many places does a stencil of width 5 fit into a row of 28?",
    "Eight kernels of 5 x 5 weights, and a bias for each.",
)


@_checks(
    "07.2",
    "Where there is no edge the nine products must cancel: the kernel adds up to 0.",
    "Paper above, ink below: which row of the kernel must be negative?",
)
def _edge(kernel):
    kernel = np.asarray(kernel, dtype=float)
    if kernel.shape != (3, 3):
        return f"The kernel should be 3 x 3, not of shape {kernel.shape}."
    if not np.isfinite(kernel).all():
        return "All nine must be numbers."
    if abs(kernel.sum()) > 1e-6:
        return "It also answers where all is ink: its nine numbers must add up to 0."
    if np.abs(kernel.sum(axis=0)).max() > 1e-6:
        return (
            "It also answers where ink begins to the right or left: each column must add up to 0."
        )
    steps = kernel[2].sum(), kernel[1:].sum()  # ink in the last row, or in the last two
    if max(steps) < 1e-6 and min(steps) < -1e-6:
        return "It answers with a negative sum: it looks for ink above and paper below."
    if min(steps) < -1e-6:
        return "Where ink begins it answers with one sign, and a row farther with the other."
    if max(steps) < 1e-6:
        return "Paper above and ink below give 0 as well."
    return None


@_checks(
    "07.3",
    "Rows 0 and 1 belong together, 2 and 3, and so on; columns likewise.",
    "image.reshape(14, 2, 14, 2) has an axis for the two rows and one for the two columns.",
)
def _max_pool(max_pool):
    image = np.random.default_rng(0).random((28, 28))
    blocks = image.reshape(14, 2, 14, 2)
    given = np.asarray(max_pool(image))
    if given.shape != (14, 14):
        return f"28 x 28 numbers become 14 x 14, not {given.shape}."
    for wrong, meaning in (
        (blocks.mean(axis=(1, 3)), "That is the mean of each block, not its largest number."),
        (image[::2, ::2], "That is the first number of each block, not its largest."),
        (
            image.reshape(14, 14, 2, 2).max(axis=(2, 3)),
            "The four numbers come from one row: the axes are in the wrong order.",
        ),
    ):
        if np.allclose(given, wrong):
            return meaning
    if not np.allclose(given, blocks.max(axis=(1, 3))):
        return "Some numbers are not the largest of their block of two rows and two columns."
    return None


_explain(
    "07.4",
    "A kernel combines neighbours. Mixed up, the pixels under it have nothing to do with each "
    "other, and the same kernel, used everywhere, finds nothing that would mean the same "
    "everywhere. The dense network gives each pixel weights of its own and can learn any order.",
    "Which pixels does a kernel combine?",
)

# Lesson 08


@_checks(
    "08.1",
    "The mean is 4. What is the variance?",
    "Divide by the square root of the mean of the squares: (4 + 0 + 4) / 3.",
)
def _normalised(answer):
    given = np.asarray(answer, dtype=float)
    if given.shape != (3,):
        return f"Three numbers in order are asked for, not {given.shape}."
    for wrong, meaning in (
        ((-2, 0, 2), "The mean is subtracted; now divide by the standard deviation."),
        (
            (-1, 0, 1),
            "Batch normalisation takes the variance of this batch, divided by 3, not by 2.",
        ),
        ((-0.75, 0, 0.75), "You divided by the variance; its square root is asked for."),
        ((0, 0.5, 1), "That scales to 0..1; here the mean becomes 0 and the variance 1."),
    ):
        if np.allclose(given, wrong, atol=0.005):
            return meaning
    if not np.allclose(given, np.array([-1, 0, 1]) * np.sqrt(1.5), atol=0.01):
        return "Subtract the mean, then divide by the standard deviation."
    return None


@_checks(
    "08.2",
    "A moving average keeps a share `momentum` of what it was.",
    "The rest, 1 - momentum, comes from the batch.",
)
def _update(update):
    given = float(update(10.0, 20.0, 0.9))
    meanings = {
        19.0: "Old and new are exchanged: with a momentum of 0.9 the average hardly moves.",
        15.0: "That is the plain mean of old and new; momentum says how much is kept.",
        29.0: "The share of the new is 1 - momentum.",
        27.0: "The shares of old and new add up to 1.",
        12.0: "The old is kept in full: the shares of old and new add up to 1.",
    }
    mistake = _meaning(given, 11.0, meanings)
    if mistake or np.isclose(float(update(3.0, 8.0, 0.6)), 5.0):
        return mistake
    return "Right for 10, 20 and a momentum of 0.9, wrong for others: does it use all three?"


_explain(
    "08.3",
    "Normalising a batch makes an image depend on the others it came with. A digit that is read "
    "alone has no company, and its answer must not change with it. So inference uses the averages "
    "that training has gathered, the same for every image.",
    "What is left of a batch of one image, after its mean is subtracted?",
)

# Lesson 09

_number(
    "09.1",
    15 / 360,
    {
        15: "Keras counts angles as shares of a full turn.",
        15 / 180: "A full turn has 360 degrees.",
        np.deg2rad(15): "Those are radians; Keras counts shares of a full turn.",
        15 / 100: "Keras counts angles as shares of a full turn, not in percent.",
        30 / 360: "The factor reaches to both sides: 15 degrees either way are 15 / 360.",
    },
    "How large a share of a full turn are 15 degrees?",
    tolerance=0.01,
)


@_checks(
    "09.2",
    "RandomTranslation takes shares of the height and of the width: 4 pixels are 4 / 28.",
    'Blank paper comes in with fill_mode="constant".',
)
def _house_numbers(layers):
    layers = layers() if inspect.isfunction(layers) else layers
    layers = list(getattr(layers, "layers", layers))  # of a Sequential too
    kinds = {type(layer).__name__: layer for layer in layers}
    if "RandomFlip" in kinds:
        return "A mirrored digit is no digit, and an upside-down 6 is a 9: no flips."
    missing = {"RandomTranslation", "RandomRotation"} - set(kinds)
    if missing:
        return f"There is no {' and no '.join(sorted(missing))} in it."
    if any(getattr(layer, "fill_mode", "constant") != "constant" for layer in layers):
        return "The picture is continued at its rim by mirroring or repeating; let paper come in."
    if any(getattr(layer, "fill_value", 0) for layer in layers):
        return "What comes in at the rim should be paper, which is 0: leave fill_value alone."
    dot = np.zeros((400, 28, 28, 1), np.float32)
    dot[:, 13:15, 13:15] = 1
    for layer in layers:
        if type(layer).__name__ == "RandomTranslation":
            dot = layer(dot, training=True)
    moved = np.array(dot)[..., 0]
    rows, columns = (moved.sum(axis=axis) @ np.arange(28) / 4 - 13.5 for axis in (2, 1))
    if min(np.abs(rows).max(), np.abs(columns).max()) < 0.5:
        return "The digits move in one direction only; there are two."
    reaches = -rows.min(), rows.max(), -columns.min(), columns.max()
    if min(reaches) < 0.1:
        return "The digits move to one side only; they sit off the middle to either side."
    for reach in reaches:
        if not 3.4 < reach < 4.2:
            return f"The digits move by up to {reach:.1f} pixels; 4 of 28 are asked for."
    low, high = sorted(kinds["RandomRotation"].factor)
    if not np.isclose(-low, high):
        return "The digits turn to one side more than to the other; give one number."
    if not np.isclose(high, 5 / 360, rtol=0.2):
        return f"The digits turn by up to {360 * high:.0f} degrees; 5 are asked for."
    return None


_explain(
    "09.3",
    "Small changes teach a network to read digits that are moved, turned or resized a little. "
    "MNIST's test digits were centred and scaled like the training digits, so as they are they "
    "hardly ask for it; moved digits ask for just that. Changes can also keep a network from "
    "memorising, but this one had memorised little, so there was little to prevent.",
    "Which of the two kinds of test digits look like what the changes make?",
)

# Lesson 10

_number(
    "10.1",
    (8, 20),
    {
        (20, 8): "The height comes first, and this drawing is wider than it is high.",
        (20, 20): "The proportions stay as they are: only the longer side measures 20.",
        (20, 50): "The longer side measures 20, not the height.",
        (11, 28): "The box measures 20; 28 is the whole picture.",
        (28, 28): "That is the whole picture, after `centre`.",
    },
    "Which side is the longer one, and how long will it be?",
    "The other side shrinks by the same factor.",
)


@_checks(
    "10.2",
    "Ink is dark on a photo and bright in MNIST: 255 - photo exchanges them.",
    "Paper of 200 becomes 55 then, and that is not 0. Choose a limit between ink and paper.",
)
def _from_photo(from_photo):
    rng = np.random.default_rng(0)
    photo = rng.integers(160, 230, (60, 40), dtype=np.uint8)
    photo[20:40, 15:25] = rng.integers(20, 90, (20, 10))
    ink = photo < 125
    given = np.asarray(from_photo(photo.copy()))
    if given.shape != photo.shape:
        return f"A photo of shape {photo.shape} should keep it, not become {given.shape}."
    if not given[ink].any():
        return "No ink is left."
    if given[ink].mean() < given[~ink].mean():
        return "Paper is brighter than ink: exchange dark and bright."
    if given[~ink].any():
        return "Some of the paper is not 0, and `cut_out` would take it for ink."
    if given.max() <= 1:
        return "Ink should be bright on the scale from 0 to 255, not 1."
    if given[ink].min() < 100:
        return "Some of the ink is lost or faint."
    if given.dtype != np.uint8:
        return f"The values are right, their type is not: {given.dtype} instead of uint8."
    return None


_explain(
    "10.3",
    "No. The test accuracy holds for digits that come from where the test images came from, and "
    "were prepared as they were. Hers may differ in both: another pen, another school, another way "
    "of drawing a 7. How many of them it reads, only a test on digits of hers can say, and that "
    "takes hundreds of them to tell 99% from 97%.",
    "For which digits was the accuracy measured?",
    "How could you find out, and how many of her digits would that take?",
)
