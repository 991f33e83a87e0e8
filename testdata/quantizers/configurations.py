"""The configurations that cases.json covers."""

ALL = ["bias", "dense", "kernel"]
DEEP = ["dense", "kernel"]


def bits_feature_maps():
    for bits, integer in [(2, 0), (3, 1), (4, 0), (4, 2), (6, 5), (8, 0), (8, 3), (8, 12), (12, 2), (16, 4), (24, 3)]:
        for extra in [{}, {"symmetric": 1}, {"keep_negative": False}]:
            unsigned = bits - (0 if "keep_negative" in extra else 1)
            yield "quantized_bits", {"bits": bits, "integer": integer, "alpha": 1, **extra}, \
                2.0 ** (integer - unsigned), 1.2 * 2.0 ** integer
    yield "quantized_bits", {"bits": 1, "integer": 0, "alpha": 1}, 0.5, 1
    yield "quantized_bits", {"bits": 1, "integer": 2, "alpha": 0.5}, 0.5, 1
    yield "quantized_bits", {"bits": 1, "integer": 1, "keep_negative": False}, 1, 3
    yield "quantized_bits", {"bits": 8, "integer": 1, "alpha": 0.3}, 2.0 ** -6, 3
    yield "quantized_bits", {"bits": 8, "integer": 1, "alpha": -1.5}, 2.0 ** -6, 3
    yield "quantized_bits", {"bits": 1, "integer": 0, "alpha": -2.0}, 1, 3
    yield "quantized_bits", {"bits": 6, "integer": 1, "alpha": [0.75]}, 2.0 ** -4, 3


def relu_feature_maps():
    for bits, integer in [(1, 0), (1, 1), (2, 0), (3, 1), (4, 2), (6, 0), (8, 0), (8, 4), (8, 8), (16, 3)]:
        yield "quantized_relu", {"bits": bits, "integer": integer}, 2.0 ** (integer - bits), 1.2 * 2.0 ** integer
    for slope in [0.25, 0.03125, 0.5, 1.0, 2.0]:
        yield "quantized_relu", {"bits": 6, "integer": 2, "negative_slope": slope}, 2.0 ** -3 / slope, 6
        yield "quantized_relu", {"bits": 2, "integer": 1, "negative_slope": slope}, 1 / slope, 3
        yield "quantized_relu", {"bits": 5, "integer": 1, "negative_slope": slope, "use_sigmoid": 1}, 2.0 ** -3, 3
    for bits in [1, 2, 4, 8]:
        yield "quantized_relu", {"bits": bits, "integer": 1, "use_sigmoid": 1}, 2.0 ** (2 - bits), 3
    for bound in [1.0, 1.5, 1.7, 6.0]:
        yield "quantized_relu", {"bits": 6, "integer": 3, "relu_upper_bound": bound}, 0.125, 8
        yield "quantized_relu", {"bits": 6, "integer": 3, "relu_upper_bound": bound, "is_quantized_clip": False}, 0.125, 8
    yield "quantized_relu", {"bits": 6, "integer": 3, "relu_upper_bound": 1.7, "is_quantized_clip": False,
                             "negative_slope": 0.25}, 0.25, 8
    yield "quantized_relu", {"bits": 6, "integer": 1, "relu_upper_bound": 0.9, "is_quantized_clip": False,
                             "use_sigmoid": 1}, 0.25, 3
    yield "quantized_relu", {"bits": 6, "integer": 3, "is_quantized_clip": False}, 0.125, 8


def bits_parameters():
    for bits, integer in [(2, 0), (4, 0), (4, 1), (8, 0), (8, 2), (16, 1), (31, 2)]:
        for extra in [{"alpha": 1}, {"alpha": "auto"}, {"alpha": "auto_po2"}]:
            yield "quantized_bits", {"bits": bits, "integer": integer, **extra}, False, ALL if bits != 4 else DEEP
    yield "quantized_bits", {"bits": 4, "integer": 0}, True, ALL
    yield "quantized_bits", {"bits": 4, "integer": 0}, False, ALL
    yield "quantized_bits", {"bits": 4, "integer": 0, "symmetric": 1, "alpha": 0.3}, True, ALL
    yield "quantized_bits", {"bits": 4, "integer": 0, "keep_negative": False}, True, DEEP
    yield "quantized_bits", {"bits": 4, "integer": 0, "keep_negative": False, "alpha": "auto"}, False, DEEP
    yield "quantized_bits", {"bits": 1, "integer": 0, "alpha": 1}, False, ALL
    yield "quantized_bits", {"bits": 6, "integer": 0, "alpha": -0.5}, False, ["dense"]
    yield "quantized_bits", {"bits": 6, "integer": 0, "alpha": [0.5, 1, 2, 0.3, 0.7]}, False, ["dense"]
    for axis in [0, 1]:
        for alpha in ["auto", "auto_po2"]:
            yield "quantized_bits", {"bits": 5, "integer": 0, "alpha": alpha, "scale_axis": axis}, False, DEEP


def relu_parameters():
    yield "quantized_relu", {"bits": 4, "integer": 0}, True, ALL
    yield "quantized_relu", {"bits": 4, "integer": 1, "negative_slope": 0.25}, False, ALL
    yield "quantized_relu", {"bits": 4, "integer": 1, "use_sigmoid": 1}, False, ["dense"]
    yield "quantized_relu", {"bits": 4, "integer": 1, "relu_upper_bound": 0.3, "is_quantized_clip": False}, False, ["dense"]


def other_feature_maps():
    for bits in [2, 4, 8, 16]:
        yield "quantized_tanh", {"bits": bits}, 2.0 ** (1 - bits), 1.3
        yield "quantized_tanh", {"bits": bits, "symmetric": True}, 2.0 ** (1 - bits), 1.3
        yield "quantized_tanh", {"bits": bits, "use_real_tanh": True}, 2.0 ** (1 - bits), 4
        yield "quantized_sigmoid", {"bits": bits}, 2.0 ** (1 - bits), 1.3
        yield "quantized_sigmoid", {"bits": bits, "symmetric": True}, 2.0 ** (1 - bits), 1.3
        yield "quantized_sigmoid", {"bits": bits, "use_real_sigmoid": True}, 2.0 ** (1 - bits), 6
        yield "quantized_ulaw", {"bits": bits, "integer": 0}, 2.0 ** (1 - bits), 1.3
        yield "quantized_hswish", {"bits": bits, "integer": 2}, 2.0 ** (3 - bits), 5
    yield "quantized_ulaw", {"bits": 1, "integer": 0}, 1, 2
    yield "quantized_ulaw", {"bits": 6, "integer": 2, "symmetric": 1}, 0.125, 5
    yield "quantized_ulaw", {"bits": 6, "integer": 1, "u": 15.0}, 0.125, 3
    yield "quantized_hswish", {"bits": 6, "integer": 1, "symmetric": 1, "relu_shift": 2, "relu_upper_bound": 4}, 0.125, 4
    yield "quantized_hswish", {"bits": 6, "integer": 1, "alpha": 0.75}, 0.125, 4
    for config in [{}, {"use_01": True}, {"alpha": 0.5}, {"alpha": -0.5}, {"use_01": True, "alpha": -2.0}]:
        yield "binary", config, 0.5, 2
    yield "stochastic_binary", {}, 0.5, 2
    yield "stochastic_binary", {"alpha": 1.5}, 0.5, 2
    for config in [{}, {"threshold": 0.5}, {"threshold": 0.0}, {"alpha": 0.3, "threshold": 0.7}, {"alpha": -1.0}]:
        yield "ternary", config, 0.5, 2
    yield "stochastic_ternary", {}, 0.5, 2
    yield "stochastic_ternary", {"threshold": 0.6, "alpha": 2.0}, 0.5, 2
    yield "binary_sigmoid", {}, 1, 3
    yield "binary_tanh", {}, 1, 3


def power_of_two_feature_maps():
    for bits in [2, 3, 4, 5, 6]:
        yield "quantized_po2", {"bits": bits}, 0.25, 2.0 ** (2 ** (bits - 2))
        yield "quantized_po2", {"bits": bits, "quadratic_approximation": True}, 0.25, 2.0 ** (2 ** (bits - 2))
        if bits < 6:
            yield "quantized_po2", {"bits": bits, "max_value": 1}, 0.25, 2
            yield "quantized_relu_po2", {"bits": bits, "max_value": 1}, 0.25, 2
            yield "quantized_relu_po2", {"bits": bits}, 0.25, 2.0 ** (2 ** (bits - 1))
            yield "quantized_relu_po2", {"bits": bits, "quadratic_approximation": True}, 0.25, 2.0 ** (2 ** (bits - 1))
    yield "quantized_po2", {"bits": 5, "log2_rounding": "floor"}, 0.25, 20
    yield "quantized_po2", {"bits": 5, "log2_rounding": "floor", "quadratic_approximation": True}, 0.25, 20
    yield "quantized_po2", {"bits": 5, "max_value": 3}, 0.25, 5
    yield "quantized_po2", {"bits": 4, "max_value": 0.3}, 0.25, 1
    yield "quantized_relu_po2", {"bits": 4, "log2_rounding": "floor"}, 0.25, 20
    for slope in [0.25, 0.0625, 2.0]:
        yield "quantized_relu_po2", {"bits": 4, "negative_slope": slope}, 0.25 / slope, 10
        yield "quantized_relu_po2", {"bits": 4, "max_value": 2, "negative_slope": slope}, 0.25 / slope, 10


def other_parameters():
    for config in [{}, {"alpha": "auto"}, {"alpha": "auto_po2"}, {"alpha": 0.5}]:
        for name in ["binary", "ternary", "stochastic_binary", "stochastic_ternary"]:
            yield name, config, True, ALL
        yield "binary", {"use_01": True, **config}, True, ALL
    for name in ["binary", "ternary"]:
        yield name, {}, False, ALL
    yield "ternary", {"alpha": 1.0, "threshold": 0.1}, True, ALL
    yield "ternary", {"alpha": "auto", "number_of_unrolls": 2}, True, ALL
    yield "binary", {"alpha": [0.5, 1, 2, 0.3, 0.7]}, False, ["dense"]
    for bits in [3, 4, 5, 6]:
        yield "quantized_po2", {"bits": bits}, True, ALL
    yield "quantized_po2", {"bits": 8}, True, ["bias"]
    yield "quantized_po2", {"bits": 4, "max_value": 1}, True, ALL
    yield "quantized_po2", {"bits": 4, "quadratic_approximation": True}, True, ALL
    yield "quantized_po2", {"bits": 4, "log2_rounding": "floor"}, True, ALL
    yield "quantized_relu_po2", {"bits": 4}, True, ALL
    yield "quantized_relu_po2", {"bits": 4, "negative_slope": 0.5}, True, ALL
    yield "quantized_tanh", {"bits": 4}, True, ALL
    yield "quantized_tanh", {"bits": 4, "symmetric": True, "use_real_tanh": True}, True, DEEP
    yield "quantized_sigmoid", {"bits": 4}, True, ALL
    yield "quantized_sigmoid", {"bits": 4, "use_real_sigmoid": True}, True, DEEP
    yield "quantized_ulaw", {"bits": 5, "integer": 0}, True, ALL
    yield "quantized_ulaw", {"bits": 12, "integer": 1, "symmetric": 1}, True, DEEP
    yield "quantized_hswish", {"bits": 4, "integer": 0}, True, ALL
    yield "quantized_hswish", {"bits": 4, "integer": 0, "alpha": 1}, True, ALL


def head_feature_maps():
    for bits, integer in [(1, 0), (2, 0), (4, 1), (8, 3), (8, -2)]:
        for extra in [{}, {"symmetric": 0}, {"keep_negative": False}, {"alpha": 0.3}, {"alpha": -0.5}]:
            step = 2.0 ** (integer - bits + (0 if "keep_negative" in extra else 1))
            yield "quantized_linear", {"bits": bits, "integer": integer, **extra}, \
                step * abs(extra.get("alpha", 1)), 1.2 * 2.0 ** integer
    for frozen in [0.75, 0.5, 0.3]:
        yield "quantized_bits", {"bits": 6, "integer": 1, "alpha": "auto", "post_training_scale": [frozen]}, \
            2.0 ** -4 * frozen, 3
    yield "quantized_bits", {"bits": 8, "integer": -2, "alpha": 1}, 2.0 ** -9, 0.4


def head_parameters():
    for bits in [1, 2, 4, 8, 16]:
        for extra in [{}, {"alpha": "auto"}, {"alpha": 0.3}]:
            yield "quantized_linear", {"bits": bits, "integer": 1, **extra}, True, ALL
        yield "quantized_linear", {"bits": bits, "integer": 0, "keep_negative": False}, True, DEEP
    yield "quantized_linear", {"bits": 4, "integer": 0, "symmetric": 0}, False, ALL
    for axis in [0, 1]:
        yield "quantized_linear", {"bits": 4, "alpha": "auto", "scale_axis": axis}, False, DEEP
        yield "quantized_linear", {"bits": 4, "alpha": "auto_po2", "scale_axis": axis}, False, DEEP
    yield "quantized_linear", {"bits": 4, "alpha": [0.5, 1, 2, 0.3, 0.7]}, False, ["dense"]
    po2 = {"bits": 4, "integer": 0, "alpha": "auto_po2"}
    yield "quantized_bits", {**po2, "post_training_scale": None}, True, ALL
    yield "quantized_bits", {**po2, "min_po2_exponent": -3, "max_po2_exponent": -1}, True, ALL
    yield "quantized_bits", {**po2, "max_po2_exponent": -4}, True, DEEP
    yield "quantized_bits", {**po2, "scale_axis": 0, "elements_per_scale": 3}, True, DEEP
    yield "quantized_bits", {**po2, "scale_axis": [0, 1], "elements_per_scale": [3, 5]}, True, ["dense"]
    yield "quantized_bits", {**po2, "scale_axis": [0, 1], "elements_per_scale": [2, 1]}, True, ["dense"]
    yield "quantized_bits", {**po2, "scale_axis": [2, 3], "elements_per_scale": 2}, True, ["kernel"]
    yield "quantized_bits", {**po2, "scale_axis": [2, 3], "post_training_scale": None}, True, ["kernel"]
    yield "quantized_bits", {**po2, "post_training_scale": [0.5, 1, 2, 0.25, 0.125]}, True, ["dense"]
    yield "quantized_bits", {"bits": 4, "integer": 1, "alpha": "auto", "post_training_scale": [0.3]}, True, ALL
    yield "binary", {"alpha": "auto", "scale_axis": 0}, True, DEEP
    yield "binary", {"alpha": "auto", "scale_axis": [2, 3], "elements_per_scale": [2, 3]}, True, ["kernel"]
    yield "binary", {"alpha": "auto_po2", "scale_axis": 1, "min_po2_exponent": -2}, True, DEEP


FEATURE_MAPS = [*bits_feature_maps(), *relu_feature_maps(), *other_feature_maps(), *power_of_two_feature_maps()]
PARAMETERS = [*bits_parameters(), *relu_parameters(), *other_parameters()]
STRINGS = [
    "quantized_bits(4,0,1)", "quantized_bits(4, 0, 1, alpha=1.0)", "quantized_bits(bits=3,integer=1,symmetric=True)",
    "quantized_bits", "quantized_bits()", "quantized_relu(6)", "quantized_relu(3,1,negative_slope=0.25)",
    "quantized_po2(4)", "quantized_relu_po2(4, 1)", "binary(use_01=1)", "ternary(threshold=0.5)", "quantized_tanh(6)",
    "quantized_sigmoid(6,use_real_sigmoid=True)", "quantized_ulaw(6,1)", "quantized_hswish(6,2)", "binary_tanh",
    "binary_sigmoid", "stochastic_ternary", "stochastic_binary()",
]
FUNCTIONS = ["hard_sigmoid", "smooth_sigmoid", "hard_tanh", "smooth_tanh", "relu", "linear", "sigmoid", "tanh"]
HEAD_FEATURE_MAPS = [*head_feature_maps()]
HEAD_PARAMETERS = [*head_parameters()]
