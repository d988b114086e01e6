"""Exercises that check themselves: whether an answer is right, and what a mistake means.

`lesson_03.py` holds the exercises of lesson 03, and so on. A mistake is written once, as data: a
wrong answer or a wrong function, and its sentence. The tests run through the same tables.
"""

import copy
import importlib
import pkgutil
import textwrap

import numpy as np

from helpers import InputError

#: The exercises of all lessons, by their numbers such as "03.2".
EXERCISES = {}
_tries = {}  # how often each was tried in this session, and the last verdict


class Exercise:
    """An exercise: `judge` returns None for a right answer, else what is to be said of it.

    `mistakes` are pairs: a wrong answer, or what tells one, and its sentence. Made in the module of
    its lesson, an exercise joins `EXERCISES`.
    """

    def __init__(self, number, *mistakes):
        self.mistakes = mistakes
        EXERCISES[number] = self


class Explain(Exercise):
    """The answer is an explanation, to be compared with the one that is folded in the lesson."""

    def judge(self, answer):
        return None


class Number(Exercise):
    """The answer is a number, or several in order; `tolerance` is a share of the largest."""

    def __init__(self, number, right, *mistakes, tolerance=1e-9):
        super().__init__(number, *mistakes)
        self.right, self.tolerance = right, tolerance

    def judge(self, answer):
        given, count = np.asarray(answer, dtype=float).ravel(), np.size(self.right)
        if given.size != count:
            return f"The answer is {f'{count} numbers in order' if count > 1 else 'one number'}."
        for value, meaning in ((self.right, None), *self.mistakes):
            largest = np.abs(value).max()
            if np.allclose(given, np.ravel(value), rtol=0, atol=self.tolerance * largest):
                return meaning
        return "That is not it; a hint is folded above."


class Function(Exercise):
    """The answer is a function, which is compared with the right one on examples.

    If it does on all of them what a wrong function does, the sentence of that one is told. `form`
    brings results that mean the same into the same form; `dtype` is their type, if it matters.
    """

    def __init__(self, number, right, examples, *mistakes, form=np.asarray, dtype=None):
        super().__init__(number, *mistakes)
        self.right, self.examples, self.form, self.dtype = right, examples, form, dtype

    def judge(self, answer):
        given, right = self.results(answer), self.results(self.right)
        if all(map(_same, given, right)):
            typed = not self.dtype or all(result.dtype == self.dtype for result in given)
            return None if typed else f"The values are right, the type is not: {given[0].dtype}."
        for function, meaning in self.mistakes:
            if all(map(_same, given, self.results(function))):
                return meaning
        pairs = zip(self.examples, given, right, strict=True)
        example, got, wanted = next(each for each in pairs if not _same(*each[1:]))
        if isinstance(got, Exception):
            raise got
        if got.ndim != wanted.ndim or (got.shape != wanted.shape and wanted.size > 10):
            return f"The result should have the shape {wanted.shape}, not {got.shape}."
        if wanted.size > 10:
            return f"{np.mean(~np.isclose(got, wanted)):.0%} of the numbers are not as asked for."
        shown = [f"an array of shape {v.shape}" if np.ndim(v) > 1 else f"{v}" for v in example]
        got, wanted = (np.round(result, 4).tolist() for result in (got, wanted))
        return f"For {' and '.join(shown)} it gives {got} instead of {wanted}."

    def results(self, function):
        """Return for each example what a function makes of a copy of it, or its exception."""
        made = []
        for example in self.examples:
            try:
                result = function(*copy.deepcopy(example))
                made.append(Unanswered() if _missing(result) else self.form(result))
            except Exception as error:  # whatever a learner's function may raise
                made.append(error)
        return made


class Property(Exercise):
    """The answer is judged by what it is like: the first mistake that it has is told.

    `view` makes of an answer what the mistakes, functions that tell one, look at.
    """

    def __init__(self, number, view, *mistakes):
        super().__init__(number, *mistakes)
        self.view = view

    def judge(self, answer):
        seen = self.view(answer)
        return next((meaning for has, meaning in self.mistakes if has(seen)), None)


class Unanswered(Exception):
    """A function of the learner still returns `...`."""


def _same(one, other):
    """Tell whether two results are the same numbers, or errors of the same kind."""
    if isinstance(one, Exception) or isinstance(other, Exception):
        return type(one) is type(other)
    return one.shape == other.shape and np.allclose(one, other, rtol=1e-4, atol=1e-6)


def _missing(answer):
    if isinstance(answer, str):
        return not answer.strip(". \n")
    parts = answer if isinstance(answer, tuple | list) else (answer,)
    return any(part is ... for part in parts)


def check(number, answer, *, solution=False):
    """Judge the answer to an exercise, `...` while it is missing, in one printed sentence.

    A `solution`, as lessons hold it folded, is judged but does not count for the `summary`.
    """
    if number not in EXERCISES:
        raise InputError(f"There is no exercise {number}; there are {', '.join(EXERCISES)}.")
    verdict = _verdict(EXERCISES[number], answer)
    if not solution:
        tries, _ = _tries.get(number, (0, ""))
        _tries[number] = tries + (verdict != "not answered yet."), verdict
    print(textwrap.fill(f"Exercise {number}: {verdict}", 90))


def _verdict(exercise, answer):
    if _missing(answer):
        return "not answered yet."
    if isinstance(exercise, Explain):
        return "written down. Compare it with the model answer that is folded below."
    try:
        mistake = exercise.judge(answer)
    except Unanswered:
        return "not answered yet."
    except Exception as error:  # an answer of another kind, or a function that fails
        return f"not yet. It could not be used: {type(error).__name__}, {error}."
    return f"not yet. {mistake}" if mistake else "right."


def summary():
    """Print a line for each exercise that was met in this session: right, open, or tried."""
    for number, (tries, verdict) in sorted(_tries.items()):
        state = verdict.split(".")[0] if verdict.startswith(("right", "written")) else "tried"
        said = f"{state}, {tries} {'try' if tries == 1 else 'tries'}" if tries else "open"
        print(f"Exercise {number}: {said}")


for _module in pkgutil.iter_modules(__path__):
    importlib.import_module(f"{__name__}.{_module.name}")
