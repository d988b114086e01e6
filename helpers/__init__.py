"""What the lessons share: loading, drawing, training and widgets.

Every module can be read in five minutes. The idea that a lesson teaches stands in that lesson.
"""

import importlib
import os

# Set before TensorFlow is imported: TensorFlow's C++ library would print its start-up notes into a
# lesson, and a `keras.json` in the home folder could name another backend than TensorFlow.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")


class InputError(ValueError):
    """Something the reader can mend, said in one sentence.

    In a notebook the sentence stands alone, without a traceback.
    """

    def _render_traceback_(self):  # IPython shows these lines instead of a traceback
        return [f"{type(self).__name__}: {self}"]


def import_quietly(name):
    """Import `keras` or `tensorflow` without the notes that TensorFlow prints.

    TensorFlow 2.21 writes some to standard error before it reads TF_CPP_MIN_LOG_LEVEL, and later
    warns whoever trains many networks in one process, which is what these lessons do. Exceptions
    still pass.

    Parameters
    ----------
    name : str

    Returns
    -------
    module
    """
    standard_error = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        importlib.import_module("tensorflow").get_logger().setLevel("ERROR")
        return importlib.import_module(name)
    finally:
        os.dup2(standard_error, 2)
        os.close(standard_error)
