"""Exercises that check themselves: whether an answer is right, and what a mistake means.

A module of exercises is found by its name. The tests walk through the same mistakes as `check`.
"""

import copy
import importlib
import inspect
import pkgutil
import textwrap

import numpy as np

from helpers import InputError

EXERCISES = {}  # all of them, by their numbers such as "03.2"
_tries = {}  # how often each was tried in this session, and the last verdict


class Exercise:
    """What an exercise asks for. Made in the module of its lesson, it joins `EXERCISES`."""

    accepted = "right."

    def __init__(self, number):
        self.mistakes = []
        EXERCISES[number] = self

    def mistake(self, wrong, sentence):
        """Add a wrong answer, or a function that tells one, and what is said of it."""
        self.mistakes.append((wrong, sentence))

    def judge(self, answer):
        """Return None if an answer is right, otherwise a sentence."""


class Explain(Exercise):
    """The answer is text, to be compared with the model answer that is folded in the lesson."""

    accepted = "written down. Compare it with the model answer that is folded below."


class Number(Exercise):
    """The answer is a number, or several in order; each may be off by a share, `tolerance`."""

    def __init__(self, number, right, tolerance=1e-9):
        super().__init__(number)
        self.right, self.tolerance = right, tolerance

    def judge(self, answer):
        given, count = np.ravel(np.asarray(answer, dtype=float)), np.size(self.right)
        if given.size != count:
            return f"The answer is {f'{count} numbers in order' if count > 1 else 'one number'}."
        for value, sentence in ((self.right, None), *self.mistakes):
            if np.allclose(given, value, rtol=self.tolerance, atol=1e-9):
                return sentence
        return "That is not it; a hint is folded above."


def _plain(result):
    """Return an array; axes of length one around a number, or a row of them, do not count."""
    result = np.asarray(result)
    return result.squeeze() if result.size == max(result.shape, default=1) else result


class Function(Exercise):
    """The answer is a function; a mistake is a wrong one, which does the same on all examples.

    An example is a tuple of arguments. `form` brings results that mean the same into one form;
    `dtype` is their type, where it matters.
    """

    def __init__(self, number, right, examples, form=_plain, dtype=None):
        super().__init__(number)
        self.right, self.examples, self.form, self.dtype = right, examples, form, dtype

    def judge(self, answer):
        given, right = self.results(answer), self.results(self.right)
        if self.dtype not in (None, given[0].dtype):
            return f"The type of the numbers should be {self.dtype}, not {given[0].dtype}."
        for function, sentence in ((self.right, None), *self.mistakes):
            if all(map(_same, given, self.results(function))):
                return sentence
        pairs = zip(self.examples, given, right, strict=True)
        example, got, wanted = next(each for each in pairs if not _same(*each[1:]))
        if got.ndim != wanted.ndim or (got.shape != wanted.shape and wanted.size > 10):
            return f"The result should have the shape {wanted.shape}, not {got.shape}."
        if wanted.size > 10:
            return f"{np.mean(~np.isclose(got, wanted)):.0%} of the numbers are not as asked for."
        shown = [f"an array of shape {v.shape}" if np.ndim(v) > 1 else f"{v}" for v in example]
        got, wanted = (np.round(result, 4).tolist() for result in (got, wanted))
        return f"For {' and '.join(shown)} it gives {got} instead of {wanted}."

    def results(self, function):
        """Return for each example what a function makes of it."""
        return [self.form(function(*example)) for example in self.examples]


class Property(Exercise):
    """The answer is looked at by `faults`, which yields whether it has each, and its sentence."""

    def __init__(self, number, faults):
        super().__init__(number)
        self.faults = faults

    def judge(self, answer):
        return next((sentence for has, sentence in self.faults(answer) if has), None)


def _same(one, other):
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-4, atol=1e-6)


def _answered(answer):
    """Return an answer, unless it is still `...`; a function gets copies of its arguments."""
    parts = answer if isinstance(answer, tuple | list) else (answer,)
    if any(part is ... for part in parts) or (isinstance(answer, str) and not answer.strip(". \n")):
        raise NotImplementedError
    if answer is None:
        raise ValueError("None is no answer")
    if not inspect.isfunction(answer):
        return answer
    return lambda *arguments: _answered(answer(*copy.deepcopy(arguments)))


def check(number, answer, *, solution=False):
    """Judge the answer to an exercise, `...` while it is missing, in one printed sentence.

    A `solution`, as lessons hold it folded, is judged but does not count for the `summary`.
    """
    if number not in EXERCISES:
        raise InputError(f"There is no exercise {number}; there are {', '.join(EXERCISES)}.")
    exercise = EXERCISES[number]
    try:
        mistake = exercise.judge(_answered(answer))
        verdict = f"not yet. {mistake}" if mistake else exercise.accepted
    except NotImplementedError:
        verdict = "not answered yet."
    except Exception as error:  # an answer of another kind, or a function that fails
        verdict = f"not yet. It could not be used: {type(error).__name__}, {error}."
    if not solution:
        tries, _ = _tries.get(number, (0, ""))
        _tries[number] = tries + (verdict != "not answered yet."), verdict
    print(textwrap.fill(f"Exercise {number}: {verdict}", 90))


def summary():
    """Print a line for each exercise that was met in this session: right, open, or tried."""
    for number, (tries, verdict) in sorted(_tries.items()):
        state = verdict.split(".")[0] if verdict.startswith(("right", "written")) else "tried"
        said = f"{state}, {tries} {'try' if tries == 1 else 'tries'}" if tries else "open"
        print(f"Exercise {number}: {said}")


for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
