"""What the lessons share: loading, drawing, training and widgets.

Every module can be read in five minutes. The idea that a lesson teaches stands in that lesson.
"""

import contextlib
import logging
import os

# Set before TensorFlow is imported: TensorFlow's C++ library would print its start-up notes into a
# lesson, and a `keras.json` in the home folder could name another backend than TensorFlow.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
# A lesson trains many networks in one process; TensorFlow takes that for a mistake and warns.
logging.getLogger("tensorflow").setLevel(logging.ERROR)


class InputError(ValueError):
    """Something the reader can mend, said in one sentence.

    In a notebook the sentence stands alone, without a traceback.
    """

    def _render_traceback_(self):  # IPython shows these lines instead of a traceback
        return [f"{type(self).__name__}: {self}"]


@contextlib.contextmanager
def quiet():
    """Discard what compiled code writes to standard error; Python's exceptions still pass.

    For importing TensorFlow 2.21, whose first notes come before it reads TF_CPP_MIN_LOG_LEVEL.
    """
    kept = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
