"""A small ONNX network under construction, and its golden file.

A golden file `<name>.golden.h5` stands beside `<name>.onnx`:
  x                 the inputs
  tensors/<tensor>  the codes of a quantizer for these inputs, from ONNX Runtime without optimizations (`/` written `|`)
  layers/<tensor>   numbers of a tensor: in networks of QONNX from the qonnx executor
"""

import h5py
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes

QONNX = "qonnx.custom_op.general"
MICROSOFT = "com.microsoft"
TYPES = {
    "u8": (TensorProto.UINT8, np.uint8), "s8": (TensorProto.INT8, np.int8), "u16": (TensorProto.UINT16, np.uint16),
    "s16": (TensorProto.INT16, np.int16), "u4": (TensorProto.UINT4, np.uint8), "s4": (TensorProto.INT4, np.int8),
    "s32": (TensorProto.INT32, np.int32), "s64": (TensorProto.INT64, np.int64), "f32": (TensorProto.FLOAT, np.float32),
}
RANGES = {"u4": (0, 15), "s4": (-8, 7), "u8": (0, 255), "s8": (-128, 127), "u16": (0, 65535), "s16": (-32768, 32767)}


class Network:
    def __init__(self, name, shape, kind="f32", opset=13, seed=0):
        self.name, self.shape, self.kind, self.opset = name, shape, kind, opset
        self.random = np.random.RandomState(seed)
        self.nodes, self.initializers, self.outputs, self.checked = [], [], [], []
        self.count = 0
        self.qonnx_opset = 1

    def constant(self, values, kind="f32"):
        self.count += 1
        name = f"c{self.count}"
        values = np.asarray(values)
        number, numpy_type = TYPES[kind]
        if kind in ("u4", "s4"):
            tensor = helper.make_tensor(name, number, values.shape, values.astype(int).flatten().tolist())
        else:
            tensor = numpy_helper.from_array(values.astype(numpy_type), name)
        self.initializers.append(tensor)
        return name

    def add(self, operator, *inputs, domain="", name=None, **attributes):
        if name is None:
            self.count += 1
            name = f"t{self.count}_{operator}"
        self.nodes.append(
            helper.make_node(operator, list(inputs), [name], name=f"{name}_node", domain=domain, **attributes))
        return name

    def floats(self, *shape, spread=1.0):
        return (self.random.standard_normal(shape) * spread).astype(np.float32)

    def codes(self, kind, *shape):
        low, high = RANGES[kind]
        return self.random.randint(low, high + 1, shape)

    def scale(self, around=0.05, *shape):
        return (around * np.exp(self.random.uniform(-0.5, 0.5, shape))).astype(np.float32)

    # What ONNX calls QDQ.

    def quantize(self, tensor, scale, zero, kind, domain="", **attributes):
        result = self.add(
            "QuantizeLinear", tensor, self.constant(scale), self.constant(zero, kind), domain=domain, **attributes)
        # Python has no arrays of 4-bit integers.
        if not kind.endswith("4"):
            self.checked.append(result)
        return result

    def dequantize(self, tensor, scale, zero, kind, domain="", **attributes):
        return self.add(
            "DequantizeLinear", tensor, self.constant(scale), self.constant(zero, kind), domain=domain, **attributes)

    def fake(self, tensor, scale, zero, kind, domain="", **attributes):
        return self.dequantize(
            self.quantize(tensor, scale, zero, kind, domain, **attributes), scale, zero, kind, domain, **attributes)

    def weights(self, kind, *shape, scale=None, zero=0, axis=None, codes=None, domain=""):
        scale = self.scale(0.02) if scale is None else scale
        codes = self.codes(kind, *shape) if codes is None else codes
        attributes = {} if axis is None else {"axis": axis}
        zero = np.full(np.shape(scale), zero) if np.ndim(zero) == 0 else zero
        return self.dequantize(self.constant(codes, kind), scale, zero, kind, domain, **attributes)

    # What QONNX calls Quant.

    def quant(self, tensor, scale, bits, signed=1, narrow=0, zero=0.0, mode="ROUND", domain=QONNX, check=True):
        result = self.add(
            "Quant", tensor, self.constant(scale), self.constant(np.float32(zero)), self.constant(np.float32(bits)),
            domain=domain, signed=signed, narrow=narrow, rounding_mode=mode)
        if check:
            self.checked.append(result)
        return result

    def quant_weights(self, scale, bits, *shape, **options):
        top = 2.0 ** (bits - 1) * np.max(scale)
        values = self.random.uniform(-top, top, shape).astype(np.float32)
        # Some on the boundaries between two codes.
        values.flat[::3] = (np.round(values.flat[::3] / np.min(scale) * 2) / 2 * np.min(scale)).astype(np.float32)
        return self.quant(self.constant(values), scale, bits, check=False, **options)

    # Files

    def model(self, outputs=()):
        number = TYPES[self.kind][0]
        graph = helper.make_graph(
            self.nodes, self.name, [helper.make_tensor_value_info("x", number, [1, *self.shape])],
            [helper.make_empty_tensor_value_info(output) for output in [*self.outputs, *outputs]], self.initializers)
        domains = {node.domain for node in self.nodes} | {""}
        model = helper.make_model(
            graph, ir_version=10 if self.opset > 18 else 8,
            opset_imports=[
                helper.make_opsetid(d, self.qonnx_opset if d == QONNX else 1 if d else self.opset)
                for d in sorted(domains)
            ])
        return onnx.shape_inference.infer_shapes(model)

    def inputs(self, samples, step=None):
        if self.kind != "f32":
            return self.codes(self.kind, samples, *self.shape).astype(TYPES[self.kind][1])
        x = self.random.uniform(-2, 2, (samples, *self.shape)).astype(np.float32)
        if step is not None:
            # Half of them on the boundaries between two codes or on codes.
            x.flat[::2] = (np.round(x.flat[::2] / step * 2) / 2 * step).astype(np.float32)
        return x

    def save(self, folder, samples=4, step=None):
        """Writes the network and its golden file."""
        isolated = [tensor for tensor in self.checked if tensor not in self.outputs]
        model, whole = self.model(), self.model(isolated)
        onnx.save(model, f"{folder}/{self.name}.onnx")
        x = self.inputs(samples, step)
        is_qonnx = any(node.op_type in ("Quant", "BipolarQuant", "Trunc") for node in self.nodes)
        results = run_qonnx(whole, x) if is_qonnx else run_onnxruntime(whole, x)
        with h5py.File(f"{folder}/{self.name}.golden.h5", "w") as file:
            file["x"] = x
            for name, values in results.items():
                if name in self.checked or name in self.outputs:
                    group = "layers" if values.dtype == np.float32 else "tensors"
                    file[f"{group}/{name.replace('/', '|')}"] = values


def run_onnxruntime(model, x):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    samples = [session.run(names, {"x": sample[None]}) for sample in x]
    return {name: np.concatenate([sample[index] for sample in samples]) for index, name in enumerate(names)}


def run_qonnx(model, x):
    names = [output.name for output in model.graph.output]
    # With results of types that the executor knows.
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info(names[0], TensorProto.FLOAT, None))
    wrapper = ModelWrapper(model).transform(InferShapes())
    samples = [execute_onnx(wrapper, {"x": sample[None]}, return_full_exec_context=True) for sample in x]
    return {
        name: np.concatenate([np.asarray(sample[name], dtype=np.float32) for sample in samples]) for name in names
    }
