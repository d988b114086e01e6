"""Training with the recipe of the series: Adam, cross-entropy, batches of 32, ten epochs."""

import gc
import math
import os
import shutil
import subprocess
import time
import warnings

import numpy as np

from helpers import InputError, keras, tf

# Keras says this of every dataset that is passed to `fit`, also of those that `shuffled` made.
warnings.filterwarnings("ignore", "`shuffle=True` was passed")

#: Training steps that TensorFlow runs before it returns to Python, at most.
STEPS = 625
#: Images a step when a network is only evaluated; the result does not depend on it.
EVALUATION_BATCH = 1000


def describe_device():
    """Say in one line what TensorFlow computes on.

    Returns
    -------
    str
        Name and memory of every GPU that TensorFlow sees; else the number of CPU cores, and
        whether the machine has a GPU that TensorFlow does not see.
    """
    gpus = [
        tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name)
        for gpu in tf.config.list_physical_devices("GPU")
    ]
    installed = _nvidia_smi()
    if gpus:
        memory = [row.split(", ")[-1] for row in installed] or ["memory unknown"]
        return "GPU: " + "; ".join(
            f"{gpu}, {memory[i % len(memory)]}" for i, gpu in enumerate(gpus)
        )
    line = f"CPU: {os.cpu_count()} cores"
    if installed:
        line += f". There is a GPU ({installed[0]}), but this TensorFlow does not see it"
    return line


def _nvidia_smi():
    """List "name, memory" of each NVIDIA GPU of the machine, as its driver reports them."""
    if not shutil.which("nvidia-smi"):
        return []
    query = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"]
    try:
        answer = subprocess.run(query, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return answer.stdout.splitlines() if answer.returncode == 0 else []


def one_thread_per_operation():
    """Let TensorFlow use one CPU thread for each operation; call it before the first operation.

    A matrix of 32 rows is too small to share between threads: handing out the work takes longer
    than the work. Results stay the same. Does nothing once it is set, so a cell can be rerun.
    """
    if tf.config.threading.get_intra_op_parallelism_threads() != 1:
        try:
            tf.config.threading.set_intra_op_parallelism_threads(1)
        except RuntimeError:
            print("TensorFlow is already running: restart the kernel to change its threads.")


def steps_per_execution(images, batch_size=32):
    """Choose how many steps TensorFlow runs before it returns to Python.

    Parameters
    ----------
    images : int, images in the training set
    batch_size : int

    Returns
    -------
    int
        The steps of an epoch, divided into as few equal parts as `STEPS` allows: 625 for 60,000
        images in batches of 32, where an epoch is 1,875 steps.
    """
    steps = math.ceil(images / batch_size)
    return math.ceil(steps / math.ceil(steps / STEPS))


class EpochLine(keras.callbacks.Callback):
    """Print one line after each epoch, and log its duration as ``seconds``.

    Parameters
    ----------
    show : bool; False logs without printing
    """

    def __init__(self, show=True):
        super().__init__()
        self.show = show

    def on_epoch_begin(self, epoch, logs=None):
        self.started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        seconds = time.perf_counter() - self.started
        if self.show:
            names = [name for name in logs if name != "seconds"]
            names.sort(key=lambda name: ("val_" in name, "accuracy" in name))
            values = "   ".join(f"{name} {logs[name]:.4f}" for name in names)
            print(f"epoch {epoch + 1:2}   {values}   {seconds:4.1f} s")
        logs["seconds"] = seconds


def light(dataset):
    """Give a dataset one thread of its own, and none that tunes it.

    Tasks of the dataset then do not wait behind those of the network. And the thread that tunes can
    hold up the end of `fit`: TensorFlow 2.21 waits for it to wake up, which it does 20 and then
    41 s after the start.
    """
    options = tf.data.Options()
    options.autotune.enabled = False
    options.threading.private_threadpool_size = 1
    return dataset.with_options(options)


def batches(images, labels):
    """Prepare data for evaluation once, which Keras would do anew after each epoch.

    Parameters
    ----------
    images : array of shape (n, ...)
    labels : array of shape (n,)

    Returns
    -------
    tf.data.Dataset
        Of pairs (images, labels), `EVALUATION_BATCH` at a time.
    """
    with tf.device("CPU"):
        images, labels = tf.constant(images), tf.constant(labels)
    starts = tf.data.Dataset.range(0, len(labels), EVALUATION_BATCH)
    return light(
        starts.map(
            lambda start: (
                images[start : start + EVALUATION_BATCH],
                labels[start : start + EVALUATION_BATCH],
            )
        )
    )


def shuffled(images, labels, batch_size=32):
    """Cut training data into batches, in a new random order in every epoch.

    Given arrays, `keras.Model.fit` shuffles them itself. But after `keras.utils.set_random_seed` it
    draws the same order in every epoch (Keras 3.13 to 3.15 on TensorFlow), and a network without
    dropout then overfits more than it should. These orders are new each time, and the seed still
    fixes all of them.

    Parameters
    ----------
    images : array of shape (n, ...)
    labels : array of shape (n,)
    batch_size : int

    Returns
    -------
    tf.data.Dataset
        Of pairs (images, labels); the last batch may be smaller.
    """
    with tf.device("CPU"):
        images, labels = tf.constant(images), tf.constant(labels)
    order = tf.data.Dataset.range(len(labels)).shuffle(len(labels)).batch(batch_size)
    pairs = order.map(lambda chosen: (tf.gather(images, chosen), tf.gather(labels, chosen)))
    return light(pairs.prefetch(16))


class FusedAdam(keras.optimizers.Adam):
    """Keras's Adam with its update as one operation, where Keras takes a dozen.

    The operation is TensorFlow's own, with the same formula; weights differ from those of Keras's
    Adam by rounding. Of Adam's options only the learning rate, the betas and epsilon are heeded.
    """

    def reset(self):
        """Forget all steps taken, as if training began."""
        for variable in (self._iterations, *self._momentums, *self._velocities):
            variable.assign(tf.zeros_like(variable))

    def apply(self, grads, trainable_variables=None):
        if trainable_variables is not None:
            self.build(trainable_variables)
        step = tf.cast(self.iterations + 1, tf.float32)
        powers = tf.pow(self.beta_1, step), tf.pow(self.beta_2, step)
        slots = zip(self._trainable_variables, self._momentums, self._velocities, strict=True)
        for gradient, variables in zip(grads, slots, strict=True):
            var, m, v = (variable.value.handle for variable in variables)
            tf.raw_ops.ResourceApplyAdam(
                var=var,
                m=m,
                v=v,
                beta1_power=powers[0],
                beta2_power=powers[1],
                lr=self.learning_rate,
                beta1=self.beta_1,
                beta2=self.beta_2,
                epsilon=self.epsilon,
                grad=gradient,
            )
        self.iterations.assign_add(1)


class DropoutOff(keras.callbacks.Callback):
    """After each epoch, measure loss and accuracy on the training data with dropout off.

    They join the other values of the epoch as ``off_loss`` and ``off_accuracy``.

    Parameters
    ----------
    images, labels : arrays, the training data
    """

    def __init__(self, images, labels):
        super().__init__()
        self.batches = batches(images, labels)

    def on_epoch_end(self, epoch, logs=None):
        values = self.model.evaluate(self.batches, verbose=0, return_dict=True)
        logs.update({f"off_{name}": value for name, value in values.items()})


def restart(model, seed):
    """Draw the initial weights of a compiled model anew, so that it can be trained once more.

    A new model would have to be translated for TensorFlow first, which takes seconds and memory.

    Parameters
    ----------
    model : keras.Model, compiled
    seed : int, set for everything random (`keras.utils.set_random_seed`)

    Returns
    -------
    keras.Model
        The same model as if it were new; only the optimizer's learning rate stays as it was.
    """
    if not int(model.optimizer.iterations):
        gc.collect()  # a model that a cell run again has replaced waits in a cycle to be freed
    keras.utils.set_random_seed(seed)
    fresh = keras.models.clone_model(model)
    for own, new in zip(model.variables, fresh.variables, strict=True):
        own.assign(new)  # also moving averages, and the random state of dropout
    for variable in model.optimizer.variables:
        if variable.name != "learning_rate":
            variable.assign(keras.ops.zeros_like(variable))
    return model


def check_scaled(training_set):
    """Return a pair (images, labels), or raise an InputError if the images are not scaled."""
    images, _ = training_set
    if len(images) and np.max(images[0]) > 1:
        raise InputError("The images are not scaled to [0, 1]: pass them through data.scale first.")
    return training_set


def fit(
    model,
    training_set,
    validation_set,
    *,
    epochs=10,
    batch_size=32,
    optimizer="adam",
    callbacks=(),
    training_curve=True,
):
    """Compile and train with the recipe of the series, and measure the training data as well.

    Parameters
    ----------
    model : keras.Model, trained in place
    training_set, validation_set : pairs (images, labels)
        Images of shape (n, 28, 28), float32 in 0..1; labels of shape (n,), integers 0 to 9. A
        validation set of None leaves out ``val_loss`` and ``val_accuracy``.
    epochs, batch_size : int
    optimizer : str or keras.optimizers.Optimizer
    callbacks : sequence of keras.callbacks.Callback
    training_curve : bool
        False leaves out ``off_loss`` and ``off_accuracy``, which can take a third of the time.

    Returns
    -------
    dict from str to array of shape (epochs,)
        ``loss`` and ``accuracy`` as Keras logs them (dropout on, averaged over the epoch),
        ``val_loss`` and ``val_accuracy``, and ``off_loss`` and ``off_accuracy``: the training data
        with dropout off, after the epoch. Losses are in nats. ``seconds``: the duration of each
        epoch. Early stopping shortens the arrays to the epochs that were run.
    """
    x, y = check_scaled(training_set)
    gc.collect()  # networks that a cell run again has replaced wait in cycles to be freed
    model.compile(
        optimizer=optimizer,
        loss="sparse_categorical_crossentropy",
        metrics=["accuracy"],
        steps_per_execution=steps_per_execution(len(x), batch_size),
    )
    measured = [DropoutOff(x, y)] if training_curve else []
    model.fit(
        shuffled(x, y, batch_size),
        epochs=epochs,
        validation_data=validation_set and batches(*validation_set),
        verbose=0,
        callbacks=[*measured, EpochLine(show=False), *callbacks],
    )
    return {name: np.array(values) for name, values in model.history.history.items()}
