"""Every kind of layer by its name: one literal table."""

from symbackprop.layers.activation import FUNCTION, SOFTMAX
from symbackprop.layers.attention import ATTENTION, DOT_PRODUCT
from symbackprop.layers.convolution import AVERAGE_POOLING, CONV1D, CONV2D, MAX_POOLING
from symbackprop.layers.dense import DENSE
from symbackprop.layers.dropout import DROPOUT
from symbackprop.layers.embedding import EMBEDDING
from symbackprop.layers.joints import ADD, CONCATENATE, FLATTEN
from symbackprop.layers.normalization import BATCH_NORM, LAYER_NORM
from symbackprop.layers.recurrent import GRU, LSTM, RNN

LAYERS = {
    row.kind: row
    for row in (
        DENSE,
        FUNCTION,
        SOFTMAX,
        FLATTEN,
        ADD,
        CONCATENATE,
        DROPOUT,
        CONV1D,
        CONV2D,
        MAX_POOLING,
        AVERAGE_POOLING,
        RNN,
        LSTM,
        GRU,
        EMBEDDING,
        DOT_PRODUCT,
        ATTENTION,
        BATCH_NORM,
        LAYER_NORM,
    )
}
