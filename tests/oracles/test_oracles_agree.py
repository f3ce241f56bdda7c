"""Who judges us must agree: every framework on Mazur's network, before any of them is believed about ours."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch

X, T, B1, B2 = np.array([0.05, 0.10]), np.array([0.01, 0.99]), 0.35, 0.60
W1, W2 = np.array([[0.15, 0.20], [0.25, 0.30]]), np.array([[0.40, 0.45], [0.50, 0.55]])


def error(w1, w2, exp):
    hidden = 1 / (1 + exp(-(w1 @ X + B1)))
    out = 1 / (1 + exp(-(w2 @ hidden + B2)))
    return ((T - out) ** 2).sum() / 2


def by_complex_step():
    """∂E/∂w = Im E(w + ih) / h, exact to the last bits: nothing is subtracted."""
    h = 1e-30

    def gradient(at, which):
        steps = 1j * h * np.eye(4).reshape(4, 2, 2)
        return np.array([which(at + step).imag / h for step in steps]).reshape(2, 2)

    return gradient(W1, lambda w: error(w, W2, np.exp)), gradient(W2, lambda w: error(W1, w, np.exp))


def by_torch():
    w1, w2 = (torch.tensor(w, requires_grad=True) for w in (W1, W2))
    x, t = torch.tensor(X), torch.tensor(T)
    out = torch.sigmoid(w2 @ torch.sigmoid(w1 @ x + B1) + B2)
    (((t - out) ** 2).sum() / 2).backward()
    return w1.grad.numpy(), w2.grad.numpy()


def by_jax():
    with jax.enable_x64(True):
        return jax.grad(lambda w1, w2: error(w1, w2, jnp.exp), argnums=(0, 1))(jnp.array(W1), jnp.array(W2))


def by_tensorflow():
    tf = pytest.importorskip("tensorflow", reason="no TensorFlow for this system or this Python")
    w1, w2 = tf.Variable(W1), tf.Variable(W2)
    with tf.GradientTape() as tape:
        out = tf.sigmoid(tf.linalg.matvec(w2, tf.sigmoid(tf.linalg.matvec(w1, X) + B1)) + B2)
        loss = tf.reduce_sum((T - out) ** 2) / 2
    return tuple(gradient.numpy() for gradient in tape.gradient(loss, (w1, w2)))


def test_the_error_is_the_published_one():
    assert error(W1, W2, np.exp) == pytest.approx(0.298371108760003, abs=1e-15)


@pytest.mark.parametrize("oracle", [by_torch, by_jax, by_tensorflow])
def test_the_oracles_agree_to_the_last_digits(oracle):
    for theirs, exact in zip(oracle(), by_complex_step(), strict=True):
        np.testing.assert_allclose(theirs, exact, rtol=1e-14)
