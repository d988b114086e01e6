"""Many independent networks of the recipe, trained side by side in one plain loop.

K networks are six arrays with an axis for the networks in front. Lesson 12 explains the idea.
"""

import itertools
import math

import numpy as np

from helpers import InputError, models, tf, training

#: Networks in a stack on a CPU; with more, an epoch takes long before anything is reported.
STACK = 6
#: Training images on which the training curve is measured, at most.
MEASURED = 10_000
LOGGED = ("off_loss", "off_accuracy", "val_loss", "val_accuracy")


def initial_weights(seed, units=models.UNITS):
    """Draw one network's weights as Keras's Dense does: six float32 arrays, biases zero.

    Kernels are uniform in the range of Glorot and Bengio (2010), as Keras's `GlorotUniform`.
    """
    rng = np.random.default_rng(seed)
    weights = []
    for inputs, outputs in itertools.pairwise((784, *units, 10)):
        limit = np.sqrt(6 / (inputs + outputs))
        weights += [rng.uniform(-limit, limit, (inputs, outputs)), np.zeros((1, outputs))]
    return [weight.astype(np.float32) for weight in weights]


def new_stack(rates, seeds, units=models.UNITS):
    """Set up K networks, for K pairs of dropout rates and K seeds, as a dict.

    ``weights`` are six variables of shape (K, ...), ``means`` and ``squares`` Adam's running means
    of their slopes and squared slopes, ``rates`` those of each hidden unit, shape (K, 1, 160).
    """
    arrays = list(map(np.stack, zip(*(initial_weights(s, units) for s in seeds), strict=True)))
    return {
        "weights": [tf.Variable(array) for array in arrays],
        "means": [tf.Variable(np.zeros_like(array)) for array in arrays],
        "squares": [tf.Variable(np.zeros_like(array)) for array in arrays],
        "rates": tf.constant(np.repeat(rates, units, axis=1)[:, None], tf.float32),
        "seeds": tf.constant(seeds, tf.int32),
    }


def forward(weights, images, masks=(1.0, 1.0)):
    """Compute the logits of K networks, shape (K, n, 10).

    `images` have the shape (K, n, 784), or (1, n, 784) if all see the same; `masks` are factors
    for the two layers of hidden units, of shapes (K, n, 128) and (K, n, 32).
    """
    kernel1, bias1, kernel2, bias2, kernel3, bias3 = weights
    hidden = tf.nn.relu(images @ kernel1 + bias1) * masks[0]
    hidden = tf.nn.relu(hidden @ kernel2 + bias2) * masks[1]
    # The last bias as a product with ones. Added like the others, its slope would be a sum over
    # rows of ten, which TensorFlow rounds differently at different places of a stack.
    return hidden @ kernel3 + tf.ones_like(hidden[..., :1]) @ bias3


def cross_entropy(logits, labels):
    """Return the loss of each network on each image, shape (K, n), in nats."""
    labels = tf.broadcast_to(labels, tf.shape(logits)[:2])
    return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)


def draw_masks(stack, count, step):
    """Draw masks for `count` images: 0 for a dropped unit, 1 / (1 - rate) for a kept one.

    A network's seed and the step fix its masks, whatever stands beside it.
    """
    units = [bias.shape[2] for bias in stack["weights"][1:4:2]]
    shape = count, sum(units)
    draws = [tf.random.stateless_uniform(shape, (s, step)) for s in tf.unstack(stack["seeds"])]
    kept = tf.cast(tf.stack(draws) >= stack["rates"], tf.float32)
    return tf.split(kept / (1 - stack["rates"]), units, axis=2)


def take_step(stack, images, labels, step, learning_rate=0.001):
    """Take one step of Adam, each network of a stack on a batch of its own.

    `images` have the shape (K, n, 784), `labels` (K, n); `step` counts from 1.
    """
    masks = draw_masks(stack, tf.shape(labels)[1], step)
    with tf.GradientTape() as tape:
        losses = cross_entropy(forward(stack["weights"], images, masks), labels)
        # A weight changes the loss of its own network only, one term of this sum. So its slope is
        # the same as if the network were alone.
        total = tf.reduce_sum(tf.reduce_mean(losses, axis=1))
    slopes = tape.gradient(total, stack["weights"])
    powers = tf.pow((0.9, 0.999), tf.cast(step, tf.float32))
    parts = zip(stack["weights"], stack["means"], stack["squares"], slopes, strict=True)
    for weight, mean, square, slope in parts:
        # Adam with Keras's settings, as one operation of TensorFlow; Keras's own takes a dozen.
        tf.raw_ops.ResourceApplyAdam(
            var=weight.handle,
            m=mean.handle,
            v=square.handle,
            grad=slope,
            lr=learning_rate,
            beta1=0.9,
            beta2=0.999,
            beta1_power=powers[0],
            beta2_power=powers[1],
            epsilon=1e-7,
        )


@tf.function
def train(stacks, images, labels, orders, step, batch_size, learning_rate=0.001):
    """Take steps through the images; return how many were taken since the start, a tensor.

    `stacks`, from `new_stack`, are changed in place, each on a core of its own; `images` and
    `labels` are tensors from `as_tensors`; `orders` for each stack the places of images in order,
    int, shape (K, m). `step`, an int tensor, says how many steps were taken before.
    """
    for start in tf.range(0, tf.shape(orders[0])[1], batch_size):
        step += 1
        for stack, order in zip(stacks, orders, strict=True):
            batch = order[:, start : start + batch_size]
            some = tf.gather(images, batch), tf.gather(labels, batch)
            take_step(stack, *some, step, learning_rate)
    return step


@tf.function
def measure(stacks, images, labels):
    """Measure all networks with dropout off: losses in nats and accuracies, shape (2, K)."""
    sums = tf.zeros((2, sum(len(stack["seeds"]) for stack in stacks)))
    for start in tf.range(0, len(labels), training.EVALUATION_BATCH):
        batch = slice(start, start + training.EVALUATION_BATCH)
        some = images[None, batch]
        logits = tf.concat([forward(stack["weights"], some) for stack in stacks], axis=0)
        right = tf.argmax(logits, axis=2, output_type=tf.int32) == labels[batch]
        losses = cross_entropy(logits, labels[batch])
        sums += tf.reduce_sum([losses, tf.cast(right, tf.float32)], axis=2)
    return sums / len(labels)


class Population:
    """Networks of the recipe for every rate and every seed.

    A seed fixes a network's start, its order of images and the numbers behind its masks, so that
    rates are compared in pairs. On a CPU it is the same network whatever is trained beside it.

    `rates` are numbers, 0 up to but not including 1, for both Dropout layers, or pairs of them, one
    for each; `seeds` whole numbers from 0 on; `learning_rate` is that of Adam.

    `log` is a dict of float32 arrays of shape (rates, seeds, epochs): ``off_loss`` (nats) and
    ``off_accuracy`` on the first `MEASURED` training images, ``val_loss`` and ``val_accuracy`` on
    validation images, after each epoch, dropout off. NaN where an interrupt came first.
    """

    def __init__(self, rates, seeds, units=models.UNITS, learning_rate=0.001):
        self.units, self.learning_rate = tuple(units), learning_rate
        try:
            self.rates, self.seeds = [_pair(rate) for rate in rates], list(seeds)
        except TypeError:  # a single number
            self.rates = self.seeds = []
        if not self.rates or not self.seeds:
            raise InputError("Give lists, with at least one of each: [0, 0.2] and [0, 1].")
        whole = all(isinstance(seed, int | np.integer) and seed >= 0 for seed in self.seeds)
        if not whole or len(set(self.seeds)) < len(self.seeds):
            raise InputError(f"Seeds are different whole numbers from 0 on, unlike {self.seeds}.")
        self.log, self._trained = {}, {}

    def fit(self, training_set, validation_set, *, epochs=10, batch_size=32, report=None):
        """Train every network from its start, some of them at a time, and return the `log`.

        The sets are pairs (images, labels) as for `training.fit`. `report`, instead of a line that
        says how far training is, is called with how many epochs of networks are done, and of all.
        """
        sets = training.checked(training_set, validation_set, batch_size=batch_size)
        training_set, validation_set = (as_tensors(*some) for some in sets)
        measured = [part[:MEASURED] for part in training_set], validation_set
        networks = [(rates, seed) for seed in self.seeds for rates in self.rates]
        total = len(networks) * epochs
        report = report or training.progress(f"{len(networks)} networks, {epochs} epochs each")
        rows = np.full((len(LOGGED), len(networks), epochs), np.nan, np.float32)
        table = rows.reshape(len(LOGGED), len(self.seeds), len(self.rates), epochs)
        self.log = dict(zip(LOGGED, table.swapaxes(1, 2), strict=True))  # views: `rows` fills them
        self._trained = {}
        settings = tf.constant(batch_size), tf.constant(self.learning_rate)
        for chosen in _rounds(len(networks)):
            parts = [zip(*(networks[i] for i in each), strict=True) for each in chosen]
            stacks = [new_stack(*part, self.units) for part in parts]
            places = np.concatenate(chosen)
            shuffles = [np.random.default_rng(networks[i][1]) for i in places]
            step = tf.constant(0)
            for epoch in range(epochs):
                orders = [rng.permutation(len(training_set[1])) for rng in shuffles]
                orders = np.array_split(np.array(orders, np.int32), len(stacks))
                step = train(stacks, *training_set, orders, step, *settings)
                values = [measure(stacks, *part) for part in measured]
                rows[:, places, epoch] = np.concatenate(values)
                report(places[0] * epochs + (epoch + 1) * len(places), total)
            for stack, each in zip(stacks, chosen, strict=True):
                for k, i in enumerate(each):
                    self._trained[networks[i]] = [array[k].numpy() for array in stack["weights"]]
        return self.log

    def network(self, rate, seed):
        """Return one trained network as a `keras.Sequential`; if there is none, an InputError."""
        rates = _pair(rate)
        if (rates, seed) not in self._trained:
            raise InputError(f"There is no trained network of rate {rate} and seed {seed} here.")
        model = models.dense_dropout(*rates, units=self.units)
        trained = zip(self._trained[rates, seed], model.get_weights(), strict=True)
        model.set_weights([own.reshape(its.shape) for own, its in trained])
        return model


def _pair(rate):
    return models.check_rates(*np.broadcast_to(rate, 2).tolist())


def _rounds(count):
    """Divide the places of networks into rounds, and each into stacks; on a GPU one holds all."""
    on_gpu = tf.config.list_physical_devices("GPU")
    cores, size = (1, count) if on_gpu else (training.count_cores(), STACK)
    rounds = np.array_split(np.arange(count), math.ceil(count / (cores * size)))
    return [np.array_split(each, min(cores, len(each))) for each in rounds]


def as_tensors(images, labels):
    """Return images, shape (n, 784), float32, and labels, (n,), int32, as `train` takes them."""
    return tf.constant(np.reshape(images, (-1, 784)), tf.float32), tf.constant(labels, tf.int32)
