"""What the lessons share: loading, drawing, training and widgets.

The idea that a lesson teaches stands in that lesson. Helpers take Keras and TensorFlow from here.
"""

import importlib
import os

# Set before TensorFlow is imported, which would print start-up notes into a lesson, leave Keras to
# another backend, and use oneDNN, often faster, on newer Intel processors only.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
_backend = os.environ.get("KERAS_BACKEND", "tensorflow")
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")

#: Keras's settings in the lessons, whatever a `keras.json` of another project asks for.
SETTINGS = {"floatx": "float32", "epsilon": 1e-7, "image_data_format": "channels_last"}


class InputError(ValueError):
    """Something the reader can mend, in one sentence; notebooks show it without a traceback."""

    def _render_traceback_(self):  # IPython shows these lines instead of a traceback
        return [f"{type(self).__name__}: {self}"]


def __getattr__(name):
    """Import Keras or TensorFlow when a module asks for `helpers.keras` or `helpers.tf`.

    TensorFlow 2.21 writes to standard error before it reads TF_CPP_MIN_LOG_LEVEL, and later warns
    whoever trains many networks in one process, as these lessons do. Exceptions still pass.
    """
    if name not in ("keras", "tf"):
        raise AttributeError(f"module 'helpers' has no attribute {name!r}")
    standard_error = os.dup(2)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        globals()["tf"] = importlib.import_module("tensorflow")
        globals()["keras"] = importlib.import_module("keras")
    finally:
        os.dup2(standard_error, 2)
        os.close(standard_error)
    globals()["tf"].get_logger().setLevel("ERROR")
    _settle(globals()["keras"].config)
    return globals()[name]


def _settle(config):
    """Set aside other settings than those of the lessons, and say in a line which they were."""
    if config.backend() != "tensorflow":
        raise InputError("Keras was imported with another backend: restart the kernel.")
    others = [f"backend {_backend}"] if _backend != "tensorflow" else []
    for name, value in SETTINGS.items():
        if (found := getattr(config, name)()) != value:
            others.append(f"{name} {found}")
            getattr(config, f"set_{name}")(value)
    if others:
        print(f"Settings of your Keras are set aside in this lesson: {', '.join(others)}.")
