#!/usr/bin/env python3
"""Whole steps of `qcc tune` beside PyTorch's: forward, backward and Adam of a quantized network, learned by autograd.

The network of the digits (convolutions, depthwise, sum, pools, dense) in several widths. Its data is one sample many times over, so
that every step of an epoch sees the same, in whatever order. Scales, biases and codes that both come to are compared.
Needs torch and onnx; run by `make check-training`."""
import json, os, subprocess, sys, tempfile

import numpy as np, onnx, torch
import torch.nn.functional as F
from onnx import helper, numpy_helper

QCC = os.environ.get("QCC", ".build/release/qcc")
DIGITS = "testdata/quantize"
STEPS, BATCH, RATE = 6, 32, 0.002
SCALE_SHARE = 0.1


def run(*words):
    result = subprocess.run([QCC, *words], capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"qcc {' '.join(words)}\n{result.stderr}")
    return result.stdout


class Network:
    """A QONNX file whose quantizers' scales, kernels and biases are variables, in the units that qcc counts them in."""

    def __init__(self, path):
        self.graph = onnx.load(path).graph
        self.constants = {i.name: numpy_helper.to_array(i).astype(np.float64) for i in self.graph.initializer}
        self.quants = {n.output[0]: n for n in self.graph.node if n.op_type == "Quant"}
        self.variables, self.units = {}, {}
        layers = [n for n in self.graph.node if n.op_type in ("Conv", "MatMul")]
        for node in self.graph.node:
            if node.op_type == "Quant" and node.input[0] not in self.constants:
                self.variables[node.output[0]] = torch.zeros(())
        for layer in layers:
            kernel = self.quants[layer.input[1]]
            bias = layer.input[2] if layer.op_type == "Conv" else self.bias_of(layer)
            scale, (low, high) = self.scale(kernel), self.range(kernel)
            values = self.value(kernel)
            unit = np.broadcast_to(scale * high, values.shape)
            reach = self.reach(layer.input[0])
            axis = 0 if layer.op_type == "Conv" else 1
            channels = np.moveaxis(unit, axis, 0).reshape(unit.shape[axis], -1)[:, 0]
            self.units[kernel.output[0]] = torch.tensor(unit.copy())
            self.units[bias] = torch.tensor(channels * reach)
            self.variables[kernel.output[0]] = torch.tensor(values) / self.units[kernel.output[0]]
            self.variables[kernel.output[0] + "/scale"] = torch.zeros(scale.shape)
            self.variables[bias] = torch.tensor(self.value(self.quants[bias]).reshape(-1)) / self.units[bias]
        for name in self.variables:
            self.variables[name] = self.variables[name].double().requires_grad_()

    def bias_of(self, layer):
        add = next(n for n in self.graph.node if n.op_type == "Add" and layer.output[0] in n.input)
        return next(i for i in add.input if i != layer.output[0])

    def scale(self, quant):
        return self.constants[quant.input[1]]

    def range(self, quant):
        signed = next(a.i for a in quant.attribute if a.name == "signed")
        bits = int(self.constants[quant.input[3]])
        zero = float(self.constants[quant.input[2]])
        if not signed:
            return -zero, 2.0**bits - 1 - zero
        codes = np.round(self.constants[quant.input[0]] / self.scale(quant)) if quant.input[0] in self.constants else None
        # Without the least code where no weight has it.
        narrow = codes is not None and codes.min() > -(2 ** (bits - 1))
        return -(2.0 ** (bits - 1)) + (1 if narrow else 0), 2.0 ** (bits - 1) - 1

    def value(self, quant):
        scale = self.scale(quant)
        return np.round(self.constants[quant.input[0]] / scale) * scale

    def reach(self, name):
        """The largest magnitude of the quantizers that a tensor's codes are of."""
        if name in self.quants:
            quant = self.quants[name]
            return max(map(abs, self.range(quant))) * float(self.scale(quant))
        return self.reach(next(n for n in self.graph.node if name in n.output).input[0])

    def learned_scale(self, quant, name):
        return torch.tensor(self.scale(quant)) * torch.exp(self.variables[name])

    @staticmethod
    def rounded(x, scale, low, high):
        position = x / scale
        end = torch.clamp(position, low, high)
        # What was put at the end of the range is inside.
        position = torch.where((position - end).abs() < 2**-10, position + (end - position).detach(), end)
        return (position + (torch.round(position) - position).detach()) * scale

    def __call__(self, x):
        values = {self.graph.input[0].name: x}
        for node in self.graph.node:
            attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
            get = lambda i: values[node.input[i]] if node.input[i] in values else torch.tensor(self.constants[node.input[i]])
            if node.op_type == "Quant" and node.output[0] in self.units:
                y = self.variables[node.output[0]] * self.units[node.output[0]]
                if node.output[0] + "/scale" in self.variables:
                    y = self.rounded(y, self.learned_scale(node, node.output[0] + "/scale"), *self.range(node))
            elif node.op_type == "Quant":
                y = self.rounded(get(0), self.learned_scale(node, node.output[0]), *self.range(node))
            elif node.op_type == "Transpose":
                y = get(0).permute(attributes["perm"])
            elif node.op_type == "Conv":
                top, left, bottom, right = attributes["pads"]
                y = F.conv2d(F.pad(get(0), (left, right, top, bottom)), get(1), get(2), attributes["strides"], groups=attributes["group"])
            elif node.op_type == "BatchNormalization":
                y = F.batch_norm(get(0), get(3), get(4), get(1), get(2), eps=attributes.get("epsilon", 1e-5))
            elif node.op_type == "Relu":
                y = torch.relu(get(0))
            elif node.op_type == "Add":
                y = get(0) + get(1)
            elif node.op_type == "MaxPool":
                y = F.max_pool2d(get(0), attributes["kernel_shape"], attributes["strides"])
            elif node.op_type == "GlobalAveragePool":
                y = get(0).mean((2, 3), keepdim=True)
            elif node.op_type == "Reshape":
                y = get(0).reshape([x.shape[0], -1])
            elif node.op_type == "MatMul":
                y = get(0) @ get(1)
            elif node.op_type == "Softmax":
                return get(0)
            else:
                sys.exit(f"no {node.op_type} here")
            values[node.output[0]] = y

    def train(self, x, wanted):
        moments = {n: (torch.zeros_like(v), torch.zeros_like(v)) for n, v in self.variables.items()}
        for step in range(STEPS):
            loss = F.kl_div(F.log_softmax(self(x), -1), wanted, reduction="batchmean")
            for variable in self.variables.values():
                variable.grad = None
            loss.backward()
            rate = RATE * (1 + np.cos(np.pi * step / STEPS)) / 2
            with torch.no_grad():
                for name, variable in self.variables.items():
                    mean, square = moments[name]
                    mean += 0.1 * (variable.grad - mean)
                    square += 0.001 * (variable.grad**2 - square)
                    share = 1 if name in self.units else SCALE_SHARE
                    top, below = mean / (1 - 0.9 ** (step + 1)), square / (1 - 0.999 ** (step + 1))
                    variable -= share * rate * top / (below.sqrt() + 1e-12)
                for name, unit in self.units.items():
                    if name + "/scale" in self.variables:
                        quant = self.quants[name]
                        scale, (low, high) = self.learned_scale(quant, name + "/scale") / unit, self.range(quant)
                        self.variables[name].copy_(torch.maximum(torch.minimum(self.variables[name], high * scale), low * scale))

    def differences(self, trained):
        """Of the moves of all scales and biases: the largest difference, as a part of the largest move; of the codes: how many."""
        moved = far = codes = count = 0
        # Layers' names may have changed, their order has not.
        for (name, variable), theirs in zip(self.variables.items(), trained.variables, strict=True):
            quant, variable = trained.quants[theirs.removesuffix("/scale")], variable.detach()
            if name in self.units and name + "/scale" not in self.variables:
                # In units of the accumulators, as the file has it.
                unit = torch.tensor(trained.scale(quant).reshape(-1))
                found = torch.tensor(trained.value(quant).reshape(-1)) / unit
                own = torch.round(variable * self.units[name] / unit)
                codes += int(((own - found).abs() > 1.5).sum())
                count += own.numel()
                continue
            elif name in self.units:
                scale = self.learned_scale(self.quants[name], name + "/scale")
                own = torch.round(variable * self.units[name] / scale.detach())
                found = torch.tensor(np.round(trained.constants[quant.input[0]] / trained.scale(quant)))
                codes += int((own != found).sum())
                count += own.numel()
                continue
            else:
                found = torch.log(torch.tensor(trained.scale(quant) / self.scale(self.quants[name.removesuffix("/scale")])))
                start = torch.zeros_like(found)
            moved = max(moved, float((variable - start).abs().max()))
            far = max(far, float((variable - found).abs().max()))
        return far / moved, codes, count


def main():
    torch.set_default_dtype(torch.float64)
    x = np.load(f"{DIGITS}/calibration.npy")
    failures = 0
    for weights, maps in ((3, 4), (5, 6), (8, 8)):
        for sample in (0, 7, 31):
            with tempfile.TemporaryDirectory() as folder:
                data, one = f"{folder}/data.npy", f"{folder}/one.npy"
                np.save(one, x[sample : sample + 1])
                np.save(data, np.repeat(x[sample : sample + 1], STEPS * BATCH, 0))
                run("quantize", f"{DIGITS}/digits_float.h5", "--calibration", f"{DIGITS}/calibration.npy", "--weights", str(weights),
                    "--maps", str(maps), "--style", "qonnx", "-o", f"{folder}/q.onnx")
                report = json.loads(run(
                    "tune", f"{folder}/q.onnx", "--teacher", f"{DIGITS}/digits_float.h5", "--data", data, "--validation", one,
                    "--epochs", "1", "--batch", str(BATCH), "--rate", str(RATE), "--style", "qonnx", "-o", f"{folder}/t.onnx",
                    "--format", "json"))
                run("simulate", f"{DIGITS}/digits_float.h5", "--inputs", one, "--reference", "-o", f"{folder}/y.npy")
                if report["best"] != 1:
                    print(f"W{weights}A{maps}, sample {sample}: the step made nothing better, there is nothing to compare")
                    continue
                network = Network(f"{folder}/q.onnx")
                network.train(torch.tensor(x[sample : sample + 1]).double(), torch.tensor(np.load(f"{folder}/y.npy")).double())
                far, codes, count = network.differences(Network(f"{folder}/t.onnx"))
                is_near = far < 1e-2 and codes <= count / 1000
                failures += not is_near
                print(f"W{weights}A{maps}, sample {sample}: {'ok' if is_near else 'FAILED'}, moves differ by {far:.1e} of the largest, "
                      f"{codes} of {count} codes")
    sys.exit(failures > 0)


main()
