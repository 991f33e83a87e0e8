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


FEATURE_MAPS = [*bits_feature_maps(), *relu_feature_maps()]
PARAMETERS = [*bits_parameters(), *relu_parameters()]
STRINGS = [
    "quantized_bits(4,0,1)", "quantized_bits(4, 0, 1, alpha=1.0)", "quantized_bits(bits=3,integer=1,symmetric=True)",
    "quantized_bits", "quantized_bits()", "quantized_relu(6)", "quantized_relu(3,1,negative_slope=0.25)",
]
HEAD_FEATURE_MAPS = []
HEAD_PARAMETERS = []
