"""The quantizer of feature maps that QKeras does not have, for files that `qcc` writes: an affine one, with a scale and a zero point.

Import it, and give `qcc_quantizers.objects()` to `load_model` as its custom objects. Needs QKeras 0.9.0."""

import qkeras
import tensorflow as tf
from tensorflow import keras
from qkeras.utils import _add_supported_quantized_objects


@keras.utils.register_keras_serializable(package="qcc")
class quantized_bits_featuremap(qkeras.quantizers.quantized_tanh.__base__):
    """Affine feature-map quantizer with static scale and zero point, one each per tensor:
    q = clamp(round_half_even(x / scale) + zero_point, 0, 2^bits - 1), value = (q - zero_point) scale.
    Gradients go straight through the rounding, inside the range of the codes."""

    def __init__(self, bits=8, scale=1.0, zero_point=0):
        super().__init__()
        self.bits, self.scale, self.zero_point = int(bits), float(scale), int(zero_point)

    def __call__(self, x):
        @tf.custom_gradient
        def quantize(x):
            scale, zero, top = (tf.cast(v, x.dtype) for v in (self.scale, self.zero_point, 2**self.bits - 1))
            code = tf.round(x / scale) + zero
            inside = tf.cast((code >= 0) & (code <= top), x.dtype)
            return (tf.clip_by_value(code, tf.zeros_like(top), top) - zero) * scale, lambda gradient: gradient * inside

        return quantize(tf.convert_to_tensor(x))

    def get_config(self):
        return {"bits": self.bits, "scale": self.scale, "zero_point": self.zero_point}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def objects():
    """All that a file may name: QKeras' layers and quantizers, and the one above."""
    found = {"quantized_bits_featuremap": quantized_bits_featuremap}
    # Not in QKeras' own list, or in its head alone.
    for name in ("quantized_hswish", "quantized_linear"):
        if hasattr(qkeras.quantizers, name):
            found[name] = getattr(qkeras.quantizers, name)
    _add_supported_quantized_objects(found)
    return found
