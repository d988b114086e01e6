"""Many independent networks of the recipe, trained in one `fit`. Lesson 06 explains the idea.

`Stack` holds a few networks, `SideBySide` trains stacks, and `Population` decides how many at once.
"""

import itertools
import math
import os
import time

import numpy as np

from helpers import InputError, data, models, training
from helpers.training import keras, tf

#: Networks in a stack for each CPU core, at most: about the fastest on two cores.
STACK = 5
#: Training images on which the training curve is measured, at most.
MEASURED = 10_000
#: What is measured after each epoch.
LOGGED = ("off_loss", "off_accuracy", "val_loss", "val_accuracy")
#: Inputs of the Dense layers, and the outputs of the last.
UNITS = (784, 128, 32, 10)


class Stack(keras.layers.Layer):
    """A few networks of the recipe, whose weights stand side by side in six arrays.

    All see the same images, so the first layer of all is one matrix product. In the other layers
    each network is one matrix of a batch.

    Parameters
    ----------
    size : int, networks in the stack
    seed : int, for the masks
    """

    def __init__(self, size, seed=0):
        super().__init__()
        self.size = size
        self.random = tf.random.Generator.from_seed(seed)
        inputs, first, second, outputs = UNITS
        self.kernel_1 = self.add_weight(shape=(inputs, size * first))
        self.bias_1 = self.add_weight(shape=(size * first,))
        self.kernel_2 = self.add_weight(shape=(size, first, second))
        self.bias_2 = self.add_weight(shape=(size, 1, second))
        self.kernel_3 = self.add_weight(shape=(size, second, outputs))
        self.bias_3 = self.add_weight(shape=(size, 1, outputs))
        self.rates = self.add_weight(shape=(2, size, 1, 1), trainable=False)

    def call(self, images, training=False):
        """Return the logits, shape (size, n, 10), of images of shape (n, 28, 28)."""
        pixels = tf.reshape(images, (-1, UNITS[0]))
        hidden = tf.nn.relu(tf.nn.bias_add(pixels @ self.kernel_1, self.bias_1))
        hidden = tf.transpose(tf.reshape(hidden, (-1, self.size, UNITS[1])), (1, 0, 2))
        hidden = self.dropout(hidden, self.rates[0]) if training else hidden
        hidden = tf.nn.relu(hidden @ self.kernel_2 + self.bias_2)
        hidden = self.dropout(hidden, self.rates[1]) if training else hidden
        return hidden @ self.kernel_3 + self.bias_3

    def dropout(self, hidden, rates):
        """Drop units, shape (size, n, units), of each network by its own rate and mask."""
        kept = self.random.uniform(tf.shape(hidden)) >= rates
        return tf.where(kept, hidden / (1 - rates), 0.0)

    def start(self, weights, rates):
        """Give all networks the same weights, and each its pair of dropout rates.

        `weights` are six arrays in the form of `keras.Model.get_weights`.
        """
        for own, array in zip(self.trainable_weights, weights, strict=True):
            copies = np.tile(array, self.size) if own.ndim < 3 else [array] * self.size
            own.assign(np.reshape(copies, own.shape))
        self.rates.assign(np.reshape(np.transpose(rates), self.rates.shape))

    def get_networks(self):
        """Return the weights of each network in the same form."""
        arrays = [weight.numpy() for weight in self.trainable_weights]
        kernels, biases = (np.split(array, self.size, axis=-1) for array in arrays[:2])
        return [
            [kernels[k], biases[k], *(np.squeeze(array[k]) for array in arrays[2:])]
            for k in range(self.size)
        ]


class MeanOfEach(keras.metrics.Metric):
    """The mean over images for each network, of values of shape (networks, images)."""

    def __init__(self, networks, name):
        super().__init__(name=name)
        self.total = self.add_weight(shape=(networks,), initializer="zeros", name="total")
        self.count = self.add_weight(initializer="zeros", name="count")

    def update_state(self, values):
        self.total.assign_add(tf.reduce_sum(tf.cast(values, tf.float32), axis=1))
        self.count.assign_add(tf.cast(tf.shape(values)[1], tf.float32))

    def result(self):
        return self.total / self.count


class SideBySide(keras.Model):
    """Stacks of networks, trained at once; TensorFlow computes on several stacks in parallel.

    Parameters
    ----------
    stacks, size : int, number of stacks, and networks in each
    batch_size : int
    """

    def __init__(self, stacks, size, batch_size):
        super().__init__()
        self.stacks = [Stack(size, seed) for seed in range(stacks)]
        self.batch_size = batch_size
        self.mean_loss = MeanOfEach(stacks * size, "loss")
        self.mean_accuracy = MeanOfEach(stacks * size, "accuracy")
        self.compile(training.FusedAdam(), jit_compile=False)
        self.optimizer.build(self.trainable_weights)
        self.built = True

    def call(self, images, training=False):
        """Return the logits of all networks, shape (networks, n, 10)."""
        return tf.concat([stack(images, training=training) for stack in self.stacks], axis=0)

    def train_step(self, data):
        """Train for an epoch, which is one step to Keras.

        `data` is ((images, labels), orders), with an order of the images for each stack.
        """
        (images, labels), orders = data
        self.train_epoch(images, labels, orders)
        return {"steps": self.optimizer.iterations}  # Keras wants to log something

    @tf.function  # for the loop: Keras traces `train_step` as it stands
    def train_epoch(self, images, labels, orders):
        for start in tf.range(0, tf.shape(orders)[1], self.batch_size):
            batches = orders[:, start : start + self.batch_size]
            self.train_batch(images, labels, batches)

    def train_batch(self, images, labels, batches):
        """Take one step of Adam, each stack on its own batch."""
        total = 0.0
        with tf.GradientTape() as tape:
            for stack, batch in zip(self.stacks, tf.unstack(batches), strict=True):
                logits = stack(tf.gather(images, batch), training=True)
                losses = _losses(logits, tf.gather(labels, batch))
                # A weight changes the loss of its own network only: a single term of this sum. So
                # its derivative is the same as if the network were alone.
                total += tf.reduce_sum(tf.reduce_mean(losses, axis=1))
        weights = self.trainable_weights
        self.optimizer.apply_gradients(zip(tape.gradient(total, weights), weights, strict=True))

    def test_step(self, data):
        """Measure all networks on a batch, with dropout off."""
        images, labels = data[0], tf.cast(data[1], tf.int32)
        logits = self(images, training=False)
        self.mean_loss.update_state(_losses(logits, labels))
        self.mean_accuracy.update_state(tf.argmax(logits, axis=-1, output_type=tf.int32) == labels)
        return self.get_metrics_result()


def _losses(logits, labels):
    """Return the cross-entropy of each network on each image, shape (networks, n), in nats."""
    copies = tf.broadcast_to(tf.cast(labels, tf.int32), tf.shape(logits)[:2])
    return tf.nn.sparse_softmax_cross_entropy_with_logits(copies, logits)


def initial_weights(seed):
    """Draw the weights of one network as Keras's Dense does: uniform kernels, biases of zero.

    The range is that of Glorot and Bengio (2010), `keras.initializers.GlorotUniform`.
    """
    rng = np.random.default_rng(seed)
    weights = []
    for inputs, outputs in itertools.pairwise(UNITS):
        limit = np.sqrt(6 / (inputs + outputs))
        weights += [rng.uniform(-limit, limit, (inputs, outputs)), np.zeros(outputs)]
    return [weight.astype(np.float32) for weight in weights]


class Population:
    """Networks of the recipe for every rate, seed and, where given, size of the training set.

    Parameters
    ----------
    rates : sequence of float, or of pairs of floats, 0 up to but not including 1
        The rate of both Dropout layers, or the rate of each.
    seeds : sequence of int
        Networks with the same seed start with the same weights and see the images in the same
        order, so that rates are compared on equal terms. Their dropout masks differ.
    sizes : sequence of int, optional
        Sizes of class-balanced subsets of the training images; all images if left out, or where
        the size is their number.

    Attributes
    ----------
    log : dict from str to array of shape (rates, seeds, epochs), or (sizes, rates, seeds, epochs)
        ``off_loss`` and ``off_accuracy`` on training images (the first `MEASURED` at most),
        ``val_loss`` and ``val_accuracy`` on validation images: measured after each epoch with
        dropout off, losses in nats. NaN where training did not come to it, as after an interrupt.

    Raises
    ------
    InputError
        If a rate is outside its range, a sequence is empty, or seeds or sizes hold one twice.
    """

    def __init__(self, rates, seeds, sizes=None):
        self.rates = [models.check_rates(*np.broadcast_to(rate, 2).tolist()) for rate in rates]
        self.seeds = list(seeds)
        self.sizes = None if sizes is None else list(sizes)
        for name, values in {"rates": self.rates, "seeds": self.seeds, "sizes": self.sizes}.items():
            if values is not None and not len(values):
                raise InputError(f"A population needs {name}: give at least one.")
        for values in (self.seeds, self.sizes or []):
            if len(set(values)) < len(values):
                raise InputError(f"Something is named twice in {values}: give each value once.")
        if not all(isinstance(seed, (int, np.integer)) and seed >= 0 for seed in self.seeds):
            raise InputError(f"Seeds are whole numbers from 0 on, unlike some of {self.seeds}.")
        self.log, self._weights = {}, {}

    def fit(
        self, training_set, validation_set, *, epochs=10, batch_size=32, callbacks=(), show=True
    ):
        """Train every network from its initial weights.

        Training goes in rounds of networks that run side by side: about `STACK` for each CPU core,
        or all of them on a GPU (which was not measured). On a CPU, the same call on the same
        machine gives the same result.

        Parameters
        ----------
        training_set, validation_set : pairs (images, labels)
            Images of shape (n, 28, 28), float32 in 0..1; labels of shape (n,), integers 0 to 9.
        epochs, batch_size : int
        callbacks : sequence of keras.callbacks.Callback, called in every round
            To Keras an epoch is one batch, and the logs hold an array with a value for each network
            of the round; so callbacks that read a single value, as EarlyStopping does, do not fit.
        show : bool; True prints a line after each round

        Returns
        -------
        dict
            The attribute `log`, which after an interrupt holds the epochs that were finished.
        """
        x, y = training.check_scaled(training_set)
        subsets = [_subset(y, size) for size in self.sizes or [len(y)]]
        shape = len(subsets), len(self.rates), len(self.seeds)
        log = {name: np.full((*shape, epochs), np.nan, np.float32) for name in LOGGED}
        self.log = log if self.sizes else {name: values[0] for name, values in log.items()}
        self._weights = {}
        rounds = _rounds(len(self.rates), len(self.seeds))
        model = SideBySide(*rounds.shape[1:], batch_size)
        source = tf.data.Dataset.from_tensors((x, y)).repeat()
        validation = training.batches(*validation_set)
        for i, subset in enumerate(subsets):
            measured = training.DropoutOff(x[subset[:MEASURED]], y[subset[:MEASURED]])
            for networks in rounds:
                began = time.perf_counter()
                seeds, rates = np.divmod(networks, len(self.rates))
                model.optimizer.reset()
                for stack, seed, of_each in zip(model.stacks, seeds[:, 0], rates, strict=True):
                    weights = initial_weights(self.seeds[seed])
                    stack.start(weights, [self.rates[rate] for rate in of_each])
                orders = _orders(subset, [self.seeds[seed] for seed in seeds[:, 0]], epochs)
                model.fit(
                    training.light(tf.data.Dataset.zip(source, orders)),
                    epochs=epochs,
                    steps_per_epoch=1,
                    validation_data=validation,
                    verbose=0,
                    callbacks=[measured, _Record(log, i, rates, seeds), *callbacks],
                )
                trained = [weights for stack in model.stacks for weights in stack.get_networks()]
                places = zip(rates.flat, seeds.flat, strict=True)
                new = {(i, *place): weights for place, weights in zip(places, trained, strict=True)}
                self._weights = new | self._weights
                if show:
                    total, seconds = np.prod(shape), time.perf_counter() - began
                    print(f"{len(self._weights)} of {total} networks trained ({seconds:.0f} s)")
        return self.log

    def network(self, rate, seed, size=None):
        """Return one trained network as an ordinary Keras model.

        Parameters
        ----------
        rate, seed, size : as given to the population

        Returns
        -------
        keras.Sequential

        Raises
        ------
        InputError
            If it is not part of the population, or its training did not end.
        """
        rates = models.check_rates(*np.broadcast_to(rate, 2).tolist())
        asked = {"size": size, "rates": rates, "seed": seed}
        known = [self.sizes or [None], self.rates, self.seeds]
        try:
            place = tuple(values.index(v) for values, v in zip(known, asked.values(), strict=True))
            weights = self._weights[place]
        except (ValueError, KeyError):
            raise InputError(
                f"There is no trained network with {asked} in this population."
            ) from None
        model = models.dense_dropout(*rates)
        model.set_weights(weights)
        return model


class _Record(keras.callbacks.Callback):
    """Write what was measured after each epoch to its places in the log.

    A network that a later round repeats keeps the values of its first training.
    """

    def __init__(self, log, size, rates, seeds):
        super().__init__()
        self.log, self.places = log, (size, rates.ravel(), seeds.ravel())

    def on_epoch_end(self, epoch, logs=None):
        for name, values in self.log.items():
            before = values[(*self.places, epoch)]
            values[(*self.places, epoch)] = np.where(np.isnan(before), logs[name], before)


def _rounds(rates, seeds):
    """Arrange networks for training: in rounds, of stacks, of networks with the same seed.

    Returns
    -------
    array of shape (rounds, stacks, size), integers
        ``seed * rates + rate`` of each network. Left-over places repeat other networks.
    """
    on_gpu = _on_gpu()
    size = rates if on_gpu else math.ceil(rates / math.ceil(rates / STACK))
    numbers = np.arange(seeds * rates).reshape(seeds, rates)
    stacks = numbers[:, np.arange(math.ceil(rates / size) * size) % rates].reshape(-1, size)
    together = len(stacks) if on_gpu else STACK * os.cpu_count() // size
    rounds = math.ceil(len(stacks) / together)
    together = math.ceil(len(stacks) / rounds)
    return stacks[np.arange(rounds * together) % len(stacks)].reshape(rounds, together, size)


def _on_gpu():
    return bool(tf.config.list_physical_devices("GPU"))


def _subset(labels, size):
    """Return the places of `size` images, the same number of each digit, or of all images."""
    places = np.arange(len(labels))
    return places if size == len(labels) else data.balanced_subset(places, labels, size)[0]


def _orders(places, seeds, epochs):
    """Shuffle the places of the training images anew for each epoch, by each of the seeds."""
    generators = [np.random.default_rng(seed) for seed in seeds]
    return tf.data.Dataset.from_generator(
        lambda: ([rng.permutation(places) for rng in generators] for _ in range(epochs)),
        output_signature=tf.TensorSpec((len(seeds), None), tf.int64),
    )
