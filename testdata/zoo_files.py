"""Networks whose file is changed after QKeras wrote it (forms that Keras reads as well), and networks to refuse."""

import json

import h5py
import numpy as np
import tensorflow as tf
from networks import L, QActivation, act, bias, bits, classifier, conv, dense, keras, network, refused, start
from qkeras import QLSTM, QBatchNormalization, quantized_bits


def small():
    i, x = start()
    x = act(L.BatchNormalization(name="n0")(conv(x, "c0")), "a0")
    return keras.Model(i, classifier(x))


def edit_config(change):
    """An edit that lets `change` alter the parsed model_config."""

    def edit(path):
        with h5py.File(path, "r+") as f:
            config = json.loads(f.attrs["model_config"])
            change(config)
            f.attrs["model_config"] = json.dumps(config)

    return edit


def layer_config(config, name):
    return next(l["config"] for l in config["config"]["layers"] if l["config"]["name"] == name)


def rewrite(path, dataset=lambda v: dict(data=v), attribute=lambda v: v):
    """Writes every dataset and attribute anew, as `dataset` and `attribute` say."""
    groups, data, attributes = [], {}, {"/": None}
    with h5py.File(path, "r") as f:
        f.visititems(lambda n, o: groups.append(n) if isinstance(o, h5py.Group) else data.update({n: o[()]}))
        attributes = {n: dict(f[n].attrs) for n in ["/", *groups]}
    with h5py.File(path, "w") as f:
        for n in groups:
            f.create_group(n)
        for n, v in data.items():
            f.create_dataset(n, **dataset(v))
        for n, values in attributes.items():
            for k, v in values.items():
                f[n].attrs[k] = attribute(v)


def big_endian(v):
    return dict(data=v.astype(v.dtype.newbyteorder(">")))


def chunked_names(path):
    """Names split over numbered attributes, as Keras does where they would be longer than 64 KiB."""
    with h5py.File(path, "r+") as f:
        for group in [f["model_weights"], *f["model_weights"].values()]:
            for name in ("layer_names", "weight_names"):
                if name in group.attrs and len(group.attrs[name]):
                    values = group.attrs[name]
                    del group.attrs[name]
                    for k, part in enumerate(np.array_split(values, min(2, len(values)))):
                        group.attrs[f"{name}{k}"] = part


def fixed_strings(v):
    if isinstance(v, str):
        return np.bytes_(v.encode())
    return np.array([s.encode() for s in v], "S") if isinstance(v, np.ndarray) and v.dtype == object else v


@network("file: layer_names and weight_names in numbered chunks", edit=chunked_names)
def file_chunked_names():
    return small()


@network(
    "file: chunked, shuffled and gzip-compressed weights",
    edit=lambda p: rewrite(
        p, lambda v: dict(data=v, chunks=True, compression="gzip", shuffle=True) if v.ndim else dict(data=v)
    ),
)
def file_compressed():
    return small()


@network("file: big-endian float32 weights", edit=lambda p: rewrite(p, big_endian))
def file_big_endian():
    return small()


@network("file: float64 weights", edit=lambda p: rewrite(p, lambda v: dict(data=v.astype(np.float64))))
def file_float64():
    return small()


@network("file: strings of fixed length instead of variable", edit=lambda p: rewrite(p, attribute=fixed_strings))
def file_fixed_strings():
    return small()


def axis_numbers(config):
    for l in config["config"]["layers"]:
        if "axis" in l["config"] and isinstance(l["config"]["axis"], list):
            l["config"]["axis"] = l["config"]["axis"][0]


@network("file: batch-normalization axis as a number instead of a list", edit=edit_config(axis_numbers))
def file_axis_number():
    return small()


def old_quantizers(config):
    """Quantizers as {class_name, config} only, the form before Keras 2.13."""

    def walk(o):
        if isinstance(o, dict):
            if o.get("module", "").startswith("qkeras"):
                del o["module"], o["registered_name"]
            for v in o.values():
                walk(v)
        elif isinstance(o, list):
            for v in o:
                walk(v)

    walk(config)


@network(
    "file: quantizers as class_name and config alone, as older Keras writes them", edit=edit_config(old_quantizers)
)
def file_old_serialization():
    return small()


def quantizer_strings(config):
    """Quantizers as strings inside the file: what QKeras reads, though it does not write it for objects."""
    layer_config(config, "c0")["kernel_quantizer"] = "quantized_bits(4,0,alpha='auto')"
    layer_config(config, "c0")["bias_quantizer"] = "quantized_bits(12, 3, 1, alpha=1)"
    layer_config(config, "a0")["activation"] = "quantized_relu(6,2)"


@network("file: kernel_quantizer and bias_quantizer as strings", edit=edit_config(quantizer_strings))
def file_quantizer_strings():
    return small()


def set_scale_axis(config):
    for name, axis in (("c0", 2), ("c1", 0), ("c2", 3)):
        layer_config(config, name)["kernel_quantizer"]["config"]["scale_axis"] = axis


@network(
    "scale_axis 0, 2 and 3 with auto and auto_po2 (0.9.0 reads it but never writes it)",
    edit=edit_config(set_scale_axis),
)
def bits_scale_axis():
    i, x = start()
    for k, alpha in enumerate(("auto", "auto_po2", "auto")):
        x = act(conv(x, f"c{k}", size=2, kernel_quantizer=quantized_bits(4, 0, alpha=alpha)), f"a{k}")
    return keras.Model(i, classifier(x))


def set_unclipped(config):
    layer_config(config, "a0")["activation"]["config"]["is_quantized_clip"] = False
    layer_config(config, "a0")["activation"]["config"]["relu_upper_bound"] = 1.3


@network(
    "quantized_relu with is_quantized_clip in its configuration (0.9.0 reads it but never writes it)",
    edit=edit_config(set_unclipped),
)
def relu_unclipped():
    return small()


def numbers_for_flags(config):
    """1 and 0 in place of true and false, as older scripts and other languages' writers have them."""
    for layer in config["config"]["layers"]:
        for key, value in layer["config"].items():
            if isinstance(value, bool) and key != "trainable":
                layer["config"][key] = int(value)


@network("file: 1 and 0 for true and false", edit=edit_config(numbers_for_flags))
def file_number_flags():
    i, x = start()
    x = act(L.BatchNormalization(center=False, name="n0")(conv(x, "c0", use_bias=False)), "a0")
    x = act(L.GlobalAveragePooling2D(keepdims=True, name="mean")(x), "a1")
    return keras.Model(i, classifier(x))


def without_quantizers(config):
    for key in ("gamma", "beta", "mean", "variance"):
        del layer_config(config, "n0")[f"{key}_quantizer"]


@network("file: QBatchNormalization without its quantizers' keys, which means its own", edit=edit_config(without_quantizers))
def file_default_quantizers():
    i, x = start()
    return keras.Model(i, classifier(act(QBatchNormalization(name="n0")(conv(x, "c0")), "a0")))


# Networks to refuse.


def misspelled(config):
    layer = layer_config(config, "c0")
    layer["kernel_quantiser"] = layer.pop("kernel_quantizer")


@refused("a key that no layer has", edit=edit_config(misspelled))
def unknown_key():
    return small()


def without_beta(config):
    layer_config(config, "n0")["center"] = False


@refused("weights that the configuration does not use", edit=edit_config(without_beta))
def surplus_weights():
    return small()


@refused("feature map that reaches a convolution unquantized, in the middle")
def unquantized_middle():
    i, x = start()
    x = L.ReLU(name="r0")(conv(x, "c0"))
    return keras.Model(i, classifier(act(conv(x, "c1"), "a1")))


@refused("input that reaches a convolution unquantized")
def unquantized_input():
    i = keras.Input((6, 6, 3), name="input")
    return keras.Model(i, classifier(act(conv(i, "c0"), "a0")))


@refused("a function that does not quantize (hard_tanh) before a dense layer")
def unquantized_function():
    i, x = start()
    return keras.Model(i, classifier(QActivation("hard_tanh", name="h0")(conv(x, "c0"))))


@refused("Lambda layer")
def lambda_layer():
    # Keras saves the function's code with its file name: eval, so that the network does not depend on where it is made.
    i, x = start()
    return keras.Model(i, classifier(act(L.Lambda(eval("lambda t: t * 2"), name="twice")(x), "a0")))


@refused("three layers that are not known: LayerNormalization, UnitNormalization, MultiHeadAttention")
def unknown_layers():
    i, x = start()
    x = L.LayerNormalization(name="norm")(x)
    x = L.UnitNormalization(name="up")(x)
    x = L.MultiHeadAttention(1, 2, name="attention")(x, x)
    return keras.Model(i, classifier(act(L.PReLU(name="prelu")(x), "a0")))


def real_weights(model):
    r = np.random.default_rng(1)
    for l in model.layers:
        if type(l).__name__ in ("Dense", "Conv2D"):
            l.set_weights([r.normal(0, 0.3, w.shape).astype(np.float32) for w in l.get_weights()])


@refused("float Dense and Conv2D with arbitrary weights", prepare=real_weights)
def float_weights():
    i, x = start()
    x = act(L.Conv2D(4, 3, name="float_conv")(x), "a0")
    return keras.Model(i, L.Dense(3, name="float_dense")(L.Flatten(name="flatten")(x)))


@refused(
    "quantized convolution without weight quantizer and with arbitrary weights",
    prepare=lambda m: m.get_layer("c0").set_weights(
        [np.random.default_rng(2).normal(0, 0.3, w.shape).astype(np.float32) for w in m.get_layer("c0").get_weights()]
    ),
)
def float_quantized_layer():
    i, x = start()
    return keras.Model(i, classifier(act(conv(x, "c0", kernel_quantizer=None), "a0")))


@refused("spatial sizes that are not known")
def dynamic_size():
    i, x = start((None, None, 3))
    x = act(conv(x, "c0"), "a0")
    return keras.Model(i, dense(act(L.GlobalAveragePooling2D(name="p")(x), "a1")))


@refused("locally connected layer, and recurrent layer of QKeras")
def local_and_recurrent():
    i, x = start((4, 4, 3))
    x = act(L.LocallyConnected2D(4, 1, name="local")(x), "a0")
    x = QLSTM(
        4,
        kernel_quantizer=bits(5),
        recurrent_quantizer=bits(5),
        bias_quantizer=bias(),
        state_quantizer=bits(5),
        name="lstm",
    )(L.Reshape((8, 8), name="rows")(x))
    return keras.Model(i, dense(act(x, "a1")))


@keras.utils.register_keras_serializable(package="custom")
class my_quantizer:
    def __call__(self, x):
        return tf.round(x)

    def get_config(self):
        return {"levels": 3}


@refused("a quantizer class that is not QKeras'")
def unknown_quantizer():
    i, x = start()
    return keras.Model(i, classifier(act(conv(x, "c0"), "a0", my_quantizer())))


@refused("softmax in the middle of the network")
def softmax_middle():
    i, x = start((12,))
    x = L.Softmax(name="softmax")(dense(x, "f0", 6))
    return keras.Model(i, dense(act(x, "a0")))


@refused("channels first", edit=edit_config(lambda c: layer_config(c, "c0").update(data_format="channels_first")))
def channels_first():
    return small()


def set_bits(value):
    return edit_config(lambda c: layer_config(c, "c0")["kernel_quantizer"]["config"].update(bits=value))


for value, word in ((0, "zero"), (33, "33"), (-4, "negative"), ("eight", "word"), (2.5, "fraction")):

    def build():
        return small()

    build.__name__ = f"bits_{word}"
    refused(f"quantized_bits with bits = {value!r}", edit=set_bits(value))(build)


def set_weight(value):
    def edit(path):
        with h5py.File(path, "r+") as f:
            f["model_weights/c0/c0/kernel:0"][0, 0, 0, 0] = value

    return edit


@refused("a weight that is not a number", edit=set_weight(np.nan))
def weight_nan():
    return small()


@refused("an infinite weight", edit=set_weight(np.inf))
def weight_infinite():
    return small()


def cut_weight(path):
    with h5py.File(path, "r+") as f:
        g = f["model_weights/c0/c0"]
        v = g["kernel:0"][()][..., :3]
        del g["kernel:0"]
        g["kernel:0"] = v


@refused("a kernel of the wrong shape", edit=cut_weight)
def weight_shape():
    return small()


def drop_weight(path):
    with h5py.File(path, "r+") as f:
        del f["model_weights/c0/c0/bias:0"]


@refused("a bias that the file names but does not hold", edit=drop_weight)
def weight_missing():
    return small()


def link(make):
    def edit(path):
        with h5py.File(path, "r+") as f:
            del f["model_weights/c0/c0/kernel:0"]
            make(f["model_weights/c0/c0"])

    return edit


@refused(
    "a kernel behind an external link",
    edit=link(lambda g: g.__setitem__("kernel:0", h5py.ExternalLink("other.h5", "/w"))),
)
def external_link():
    return small()


@refused(
    "a kernel in external storage",
    edit=link(lambda g: g.create_dataset("kernel:0", (3, 3, 3, 4), np.float32, external=[("other.bin", 0, 432)])),
)
def external_storage():
    return small()


def make_cycle(config):
    layers = config["config"]["layers"]
    next(l for l in layers if l["name"] == "c0")["inbound_nodes"] = [[["a0", 0, 0, {}]]]


@refused("a cycle", edit=edit_config(make_cycle))
def cycle():
    return small()


@refused(
    "a layer fed by one that does not exist",
    edit=edit_config(
        lambda c: next(l for l in c["config"]["layers"] if l["name"] == "c0").update(
            inbound_nodes=[[["nowhere", 0, 0, {}]]]
        )
    ),
)
def dangling_input():
    return small()


@refused(
    "model_config that is not JSON", edit=lambda p: h5py.File(p, "r+").attrs.__setitem__("model_config", "{not json")
)
def config_not_json():
    return small()


@refused("a file that Keras 1 wrote", edit=lambda p: h5py.File(p, "r+").attrs.__setitem__("keras_version", "1.2.2"))
def keras_1():
    return small()


@refused("weights without model_config", edit=lambda p: h5py.File(p, "r+").attrs.__delitem__("model_config"))
def config_missing():
    return small()


def three_mistakes(config):
    layer_config(config, "c0")["kernel_quantizer"]["config"]["bits"] = 0
    layer_config(config, "a0")["activation"]["class_name"] = "quantized_nothing"
    layer_config(config, "fc")["units"] = "many"


@refused("three mistakes at once", edit=edit_config(three_mistakes))
def several_mistakes():
    return small()
