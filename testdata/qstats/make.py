#!/usr/bin/env python3
"""Writes maps.h5 and sequences.h5, networks with layers and quantizers that cannot be compiled, and print_qstats.json: what
QKeras' print_qstats says of each network here, of ../zoo, ../qtools, of this folder's parent and, where it is there, of
../../../shared/models/qkeras; or how it fails. Environment as in ../golden.py.

Of a network its lines, one network per line of the file; `error` is an exception's class. Networks that QKeras 0.9.0 cannot
read are left out.
"""

import contextlib
import io
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from golden import HERE, keras, load, np, qkeras
from qkeras import QActivation, QConv1D, QConv2D, QDense, binary, quantized_bits, quantized_relu, ternary

L = keras.layers
FOLDERS = {
    "": HERE,
    "qstats/": os.path.join(HERE, "qstats"),
    "qtools/": os.path.join(HERE, "qtools"),
    "zoo/": os.path.join(HERE, "zoo"),
    "shared/": os.path.join(HERE, "../../shared/models/qkeras"),
}


def bits(width, integer=0):
    return quantized_bits(width, integer, 1, alpha=1)


def maps():
    x = i = keras.Input((8, 8, 4), name="input")
    x = QActivation("quantized_relu(6,2)", name="a0")(x)
    x = L.PReLU(name="prelu")(QConv2D(4, 3, kernel_quantizer=bits(4), bias_quantizer=bits(8, 3), name="c0")(x))
    x = L.UpSampling2D(2, name="up")(QActivation("quantized_relu(4,2)", name="a1")(x))
    x = L.LayerNormalization(name="norm")(QConv2D(4, 3, kernel_quantizer=bits(5), name="c1")(x))
    x = QActivation(quantized_bits(6, 2, 1, alpha="auto"), name="a2")(x)
    x = L.Multiply(name="times")([x, x])
    x = QConv2D(4, 1, kernel_quantizer=ternary(alpha=1), use_bias=False, bias_quantizer=bits(9), name="c2")(x)
    x = L.BatchNormalization(axis=1, name="rows")(QActivation("quantized_bits(5,1,1)", name="a3")(x))
    x = L.Flatten(name="flatten")(L.Conv2DTranspose(3, 2, name="transposed")(x))
    x = QDense(3, kernel_quantizer=bits(3), bias_quantizer=bits(8), name="fc")(x)
    return keras.Model(i, x, name="maps")


def sequences():
    x = i = keras.Input((16, 4), name="input")
    x = QActivation("quantized_relu(6,2)", name="a0")(x)
    x = QConv1D(4, 3, kernel_quantizer=bits(4), bias_quantizer=bits(8, 3), name="c0")(x)
    x = L.MaxPooling1D(2, name="pool")(QActivation(quantized_relu(4, 2), name="a1")(x))
    x = L.ZeroPadding1D(1, name="pad")(x)
    auto = quantized_bits(4, 1, 1, alpha="auto_po2")
    x = QConv1D(4, 3, kernel_quantizer=bits(6), activation=auto, name="c1")(x)
    x = QConv1D(5, 1, kernel_quantizer=binary(alpha=1), name="c2")(x)
    x = QActivation("quantized_relu(4,2)", name="a2")(L.GlobalAveragePooling1D(name="average")(x))
    x = QDense(3, kernel_quantizer=bits(3), name="fc")(L.ELU(name="elu")(x))
    return keras.Model(i, x, name="sequences")


def write(model):
    r = np.random.default_rng(5)
    for layer in model.layers:
        values = [r.normal(0, 0.4, w.shape).astype(np.float32) for w in layer.get_weights()]
        names = [w.name for w in layer.weights]
        layer.set_weights([np.abs(v) if "variance" in n else v for v, n in zip(values, names)])
    model.save(os.path.join(HERE, "qstats", model.name + ".h5"), include_optimizer=False)


def statistics(path):
    """Lines, or the class of the exception; None where the file cannot be read."""
    try:
        model = load(path)
    except Exception:
        return None
    with contextlib.redirect_stdout(io.StringIO()) as text:
        try:
            qkeras.print_qstats(model)
        except Exception as e:
            return {"error": type(e).__name__}
    return text.getvalue().splitlines()


def main():
    write(maps())
    write(sequences())
    found = {}
    for prefix, folder in FOLDERS.items():
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if name.endswith(".h5") and not name.endswith(".golden.h5"):
                result = statistics(os.path.join(folder, name))
                if result is not None:
                    found[prefix + name[:-3]] = result
    with open(os.path.join(HERE, "qstats", "print_qstats.json"), "w") as f:
        f.write("{\n" + ",\n".join(f"{json.dumps(n)}: {json.dumps(v)}" for n, v in found.items()) + "\n}\n")


if __name__ == "__main__":
    main()
