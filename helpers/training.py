"""Training with the recipe of the series: Adam, cross-entropy, batches of 32, ten epochs."""

import gc
import math
import os
import time
import warnings

import numpy as np

from helpers import InputError, data, keras, tf

# Keras says this of every dataset that is passed to `fit`, also of those that `shuffled` made.
warnings.filterwarnings("ignore", "`shuffle=True` was passed")

#: Training steps that TensorFlow runs before it returns to Python, at most.
STEPS = 625
#: Images a step when a network is only evaluated; the result does not depend on it.
EVALUATION_BATCH = 1000


def count_cores():
    """Count the CPU cores that this process may use; on macOS and Windows, all."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def one_thread_per_operation():
    """Let TensorFlow use one CPU thread for each operation; call it before the first operation.

    Handing out the work on a matrix of 32 rows takes longer than the work. Results stay the same.
    """
    if tf.config.threading.get_intra_op_parallelism_threads() != 1:
        try:
            tf.config.threading.set_intra_op_parallelism_threads(1)
        except RuntimeError:
            print("TensorFlow is already running: restart the kernel to change its threads.")


def steps_per_execution(images, batch_size=32):
    """Choose how many steps TensorFlow runs before it returns to Python.

    They are an epoch's, in as few equal parts as `STEPS` allows: of 1,875 steps a third, 625.
    """
    steps = math.ceil(images / batch_size)
    return math.ceil(steps / math.ceil(steps / STEPS))


def progress(title):
    """Return a function that says in one line how far something is: call it with done, total."""
    began = time.perf_counter()
    print(f"{title} ...", end="", flush=True)

    def report(done, total):
        seconds = time.perf_counter() - began
        left = seconds / done * (total - done)
        if done < total:
            print(f"\r{title}: {done / total:.0%}, about {left:.0f} s left   ", end="", flush=True)
        else:
            print(f"\r{title}: {seconds:.0f} s{' ' * 20}")

    return report


class EpochLine(keras.callbacks.Callback):
    """Print one line after each epoch, if `show`, and log its duration as ``seconds``."""

    def __init__(self, show=True):
        super().__init__()
        self.show = show

    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        logs["seconds"] = time.perf_counter() - self.started
        if not math.isfinite(logs["loss"]):
            raise InputError("The loss is no number any more: take a smaller learning rate.")
        if self.show:
            order = sorted(logs, key=lambda n: (n == "seconds", "val_" in n, "accuracy" in n))
            print(f"epoch {epoch + 1:2}", *(f"{name} {logs[name]:.4f}" for name in order), sep="  ")


def shuffled(images, labels, batch_size=32):
    """Cut training data into batches, a `tf.data.Dataset`, in a new random order in every epoch.

    Given arrays, `keras.Model.fit` shuffles them itself. But after `keras.utils.set_random_seed` it
    draws the same order in every epoch (Keras 3.13 to 3.15 on TensorFlow), and a network without
    dropout then overfits more than it should. These are new each time, and fixed by the seed.
    """
    with tf.device("CPU"):
        images, labels = tf.constant(images), tf.constant(labels)
    order = tf.data.Dataset.range(len(labels)).shuffle(len(labels)).batch(batch_size)
    pairs = order.map(lambda chosen: (tf.gather(images, chosen), tf.gather(labels, chosen)))
    # A thread of its own, so that its tasks do not wait behind those of the network, and none that
    # tunes it: `fit` would wait for that one to wake up at its end, up to 40 s in TensorFlow 2.21.
    options = tf.data.Options()
    options.autotune.enabled = False
    options.threading.private_threadpool_size = 1
    return pairs.prefetch(16).with_options(options)


def checked(*sets, batch_size=1):
    """Return sets, pairs (images, labels), with float32 images, or raise an InputError.

    It says what is wrong with them, or with the batch size.
    """
    if not isinstance(batch_size, int | np.integer) or batch_size < 1:
        raise InputError(f"A batch size of {batch_size!r} is not possible: take 1, 2, 3 ...")
    pairs = [data.check_pairs(*some) for some in sets]
    if not all(np.min(x, initial=0) >= 0 and np.max(x, initial=0) <= 1 for x, _ in pairs):
        raise InputError("The images are not scaled to [0, 1]: pass them through data.scale first.")
    return [(images.astype(np.float32, copy=False), labels) for images, labels in pairs]


def fit(
    model,
    training_set,
    validation_set=None,
    *,
    epochs=10,
    batch_size=32,
    optimizer="adam",
    callbacks=(),
):
    """Compile and train a model with the recipe of the series, and return what Keras logs.

    A set is a pair (images, labels): shape (n, 28, 28), float32 in 0..1, and (n,), integers. The
    log is a dict of arrays of shape (epochs,): ``loss`` (in nats) and ``accuracy`` with dropout on,
    averaged over the epoch, ``val_loss`` and ``val_accuracy`` after it, ``seconds`` of training.
    """
    sets = training_set, *([] if validation_set is None else [validation_set])
    (x, y), *others = checked(*sets, batch_size=batch_size)
    gc.collect()  # networks that a cell run again has replaced wait in cycles to be freed
    model.compile(
        optimizer=optimizer,
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=steps_per_execution(len(x), batch_size),
    )
    log = model.fit(
        shuffled(x, y, batch_size),
        epochs=epochs,
        validation_data=others[0] if others else None,
        validation_batch_size=EVALUATION_BATCH,
        verbose=0,
        callbacks=[EpochLine(show=False), *callbacks],
    )
    return {name: np.array(values) for name, values in log.history.items()}
