"""What people write from other tools, and what is written here: literal tables, no logic.

A word is looked up as it stands, then in lower case with - for _ (so `ReLU` finds relu and `Half_Squared_Error` its
loss), then by likeness.
"""

from __future__ import annotations

#   key of another tool → key of ours
KEYS = {
    # layers
    "neurons": "units", "nodes": "units", "size": "units", "width": "units", "hidden-size": "units",
    "out-features": "units", "output-dim": "units", "n-units": "units", "hidden-units": "units",
    "act": "activation", "activation-function": "activation", "transfer": "activation", "nonlinearity": "activation",
    "function": "activation", "type": "kind", "layer": "layers", "weight": "weights", "w": "weights",
    "kernel": "weights", "use-bias": "bias", "b": "biases", "bias-values": "biases",
    # network
    "cost": "loss", "criterion": "loss", "loss-function": "loss", "objective": "loss", "error": "loss",
    "input": "inputs", "in-features": "inputs", "input-dim": "inputs", "input-size": "inputs", "n-inputs": "inputs",
    "features": "inputs", "hidden": "layers", "layer-sizes": "layers",
    # data
    "x": "inputs", "target": "targets", "t": "targets", "y": "targets", "labels": "targets", "outputs": "targets",
    "expected": "targets", "reduce": "reduction", "path": "file", "filename": "file", "csv": "file",
    # training
    "lr": "rate", "learning-rate": "rate", "eta": "rate", "alpha": "rate", "step-size": "rate",
    "optimiser": "optimizer", "solver": "optimizer", "epochs": "steps", "iterations": "steps", "n-steps": "steps",
    "trainable": "train", "eps": "epsilon", "beta-1": "beta1", "beta-2": "beta2", "mu": "momentum",
    "lr-decay": "decay", "schedule": "decay", "gradient-clipping": "clip", "clipnorm": "clip", "clipvalue": "clip",
    "batchsize": "batch-size", "minibatch-size": "batch-size", "initial-accumulator-value": "initial-accumulator",
    "update": "order", "mode": "order", "hidden-deltas": "hidden-deltas-from",
    # presentation, source
    "decimals": "digits", "precision": "digits", "decimal-places": "digits", "significant-digits": "significant",
    "sig-figs": "significant", "lang": "language", "locale": "language", "style": "notation",
    "authors": "author", "link": "url", "address": "url", "date": "year", "figure": "figures", "value": "printed",
    "pointer": "of", "name": "title", "model": "network", "training-data": "data", "train-data": "data",
}  # fmt: skip

#   value of another tool → value of ours, by the key that it stands for
VALUES = {
    "activation": {
        "linear": "identity", "none": "identity", "id": "identity", "logistic": "sigmoid", "sigma": "sigmoid",
        "σ": "sigmoid", "expit": "sigmoid", "sigm": "sigmoid", "hyperbolic-tangent": "tanh", "tangent": "tanh",
        "rectifier": "relu", "rectified-linear": "relu", "max": "relu", "soft-max": "softmax",
        "leakyrelu": "leaky-relu", "lrelu": "leaky-relu", "swish": "silu", "sin": "sine",
        "hardsigmoid": "hard-sigmoid", "soft-plus": "softplus", "soft-sign": "softsign",
        "gelu-new": "gelu-tanh", "gelu-approximate": "gelu-tanh", "gelu-exact": "gelu",
    },
    "loss": {
        "mse": "mean-squared-error", "mean-square-error": "mean-squared-error", "msqe": "mean-squared-error",
        "sse": "squared-error", "l2": "squared-error", "sum-of-squares": "squared-error", "sse/2": "half-squared-error",
        "half-sse": "half-squared-error", "half-mse": "half-squared-error", "quadratic": "half-squared-error",
        "bce": "binary-cross-entropy", "bceloss": "binary-cross-entropy", "log-loss": "binary-cross-entropy",
        "binary-crossentropy": "binary-cross-entropy", "ce": "cross-entropy", "crossentropy": "cross-entropy",
        "categorical-crossentropy": "cross-entropy", "categorical-cross-entropy": "cross-entropy",
        "nll": "cross-entropy", "crossentropyloss": "cross-entropy-logits", "logits": "cross-entropy-logits",
        "mae": "absolute-error", "l1": "absolute-error", "l1loss": "absolute-error", "smooth-l1": "huber",
        "smoothl1loss": "huber", "huberloss": "huber", "logcosh": "log-cosh", "kl": "kl-divergence",
        "kld": "kl-divergence", "kldivloss": "kl-divergence", "kullback-leibler": "kl-divergence",
        "svm": "hinge", "multimarginloss": "multiclass-hinge", "categorical-hinge": "multiclass-hinge",
        "cosine-similarity": "cosine", "cosine-distance": "cosine", "bcewithlogitsloss": "binary-cross-entropy-logits",
        "bce-with-logits": "binary-cross-entropy-logits", "poisson-nll": "poisson", "poissonnllloss": "poisson",
    },
    "bias": {
        "one": "shared", "layer": "shared", "single": "shared", "each": "unit", "neuron": "unit", "per-unit": "unit",
        "units": "unit", "off": "none", "no": "none",
    },
    "kind": {
        "linear": "dense", "fully-connected": "dense", "fc": "dense", "full": "dense", "conv": "conv2d",
        "convolution": "conv2d", "convolutional": "conv2d", "maxpool": "max-pooling", "max-pool": "max-pooling",
        "maxpool2d": "max-pooling", "maxpool1d": "max-pooling", "maxpooling2d": "max-pooling",
        "avgpool": "average-pooling", "avg-pool": "average-pooling", "avgpool2d": "average-pooling",
        "mean-pooling": "average-pooling", "average-pool": "average-pooling", "sum": "add", "residual": "add",
        "simple-rnn": "rnn", "simplernn": "rnn", "recurrent": "rnn", "elman": "rnn", "lookup": "embedding",
        "multihead-attention": "attention", "multi-head-attention": "attention", "multiheadattention": "attention",
        "self-attention": "attention", "scaled-dot-product-attention": "dot-product-attention",
        "batchnorm": "batch-norm", "batchnorm1d": "batch-norm", "batchnorm2d": "batch-norm",
        "batch-normalization": "batch-norm", "batchnormalization": "batch-norm", "layernorm": "layer-norm",
        "layer-normalization": "layer-norm", "layernormalization": "layer-norm",
        "concat": "concatenate", "cat": "concatenate", "reshape": "flatten",
    },
    "mode": {"train": "training", "eval": "inference", "test": "inference", "evaluation": "inference"},
    "returns": {"sequences": "sequence", "all": "sequence", "final": "last"},
    "optimizer": {
        "gradient-descent": "sgd", "gd": "sgd", "stochastic-gradient-descent": "sgd", "vanilla": "sgd",
        "nesterov": "momentum", "heavy-ball": "momentum", "classical-momentum": "momentum",
    },
    "train": {"weight": "weights", "w": "weights", "bias": "biases", "b": "biases"},
    "hidden-deltas-from": {
        "old": "old-weights", "original": "old-weights", "original-weights": "old-weights",
        "new": "updated-weights", "new-weights": "updated-weights", "updated": "updated-weights",
    },
    "order": {
        "online": "sequential", "stochastic": "sequential", "full-batch": "batch", "full": "batch",
        "minibatch": "mini-batch",
    },
    "reduction": {"average": "mean", "avg": "mean", "total": "sum", "add": "sum"},
    "language": {"english": "en", "indonesian": "id", "bahasa": "id", "en-us": "en", "en-gb": "en", "id-id": "id"},
}  # fmt: skip

#   key that is missing → what to write
MISSING = {
    "network": "the network is missing; write [network] with inputs, loss and [[network.layers]]",
    "inputs": "the number of inputs is missing; write inputs = 2",
    "loss": 'the loss is missing; write loss = "half-squared-error" (symbackprop list losses)',
    "layers": "the layers are missing; write [[network.layers]] above each layer",
    "units": "the number of units is missing; write units = 2",
    "channels": "how many channels come out is missing; write channels = 2",
    "kernel": "the size of the kernel is missing; write kernel = 3, or kernel = [3, 2]",
    "window": "the size of the window is missing; write window = 2",
    "vocabulary": "how many words there are is missing; write vocabulary = 10",
    "rate": "the share of entries that is left out is missing; write rate = 0.5",
    "activation": 'the activation is missing; write activation = "sigmoid" (symbackprop list activations)',
    "file": 'the file is missing; write file = "w.npz"',
    "program": 'the equations are missing; write program = ["z = W @ x", "E = sum(z)"]',
    "error": 'the name of the error is missing; write error = "E"',
    "parameters": 'the names of the parameters are missing; write parameters = ["W"]',
    "kind": 'the kind is missing; write kind = "exponential"',
    "formula": 'the formula is missing; write formula = "z/(1 + abs(z))"',
    "factor": "the factor is missing; write factor = 0.9",
    "strength": "the strength is missing; write strength = 0.1",
    "of": 'which number the source prints is missing; write of = "/trajectory/1/error"',
    "printed": 'what the source prints is missing; write printed = "0.291027924"',
}

#   key whose value is a table → how it is written
TABLES = {
    "decay": '{ kind = "exponential", factor = 0.9 }',
    "clip": "{ norm = 1.0 }",
}

#   key whose value is of the wrong kind → what it is for
KINDS = {
    "bias": "bias says how many there are: 'none', 'shared' or 'unit'; the numbers are biases = 0.35",
    "activation": 'a name such as "sigmoid" is wanted, or { formula = "z/(1 + z**2)" } (symbackprop list activations)',
    "loss": 'a name such as "squared-error" is wanted, or { formula = "(t - a)**4" } (symbackprop list losses)',
}
