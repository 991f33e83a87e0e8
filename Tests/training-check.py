#!/usr/bin/env python3
"""Whole steps of `qcc tune` beside PyTorch's: forward, backward and Adam of a quantized network, learned by autograd.

The network of the digits (convolutions, depthwise, sum, pools, dense) in several widths, narrow ones: wide ones lose so little that what
float32 rounds shows in it. Its data is one sample many times over, so that every step of an epoch sees the same, in whatever order.
Loss, gradients and moves of all variables are compared, after one step and after six.
Needs torch, onnx and h5py; run by `make check-training`."""
import json, os, subprocess, sys, tempfile

import h5py, numpy as np, onnx, torch
import torch.nn.functional as F
from onnx import helper, numpy_helper

QCC = os.environ.get("QCC", ".build/release/qcc")
DIGITS = "testdata/quantize"
STEPS, BATCH, RATE = 6, 32, 0.002
# Biases and scales of maps move a tenth of what others do.
CAREFULLY = 0.1


def run(*words):
    result = subprocess.run([QCC, *words], capture_output=True, text=True)
    if result.returncode:
        sys.exit(f"qcc {' '.join(words)}\n{result.stderr}")
    return result.stdout


class Network:
    """A QONNX file whose quantizers' scales, kernels and biases are variables, in the units that qcc counts them in: weights in
    steps of their scales."""

    def __init__(self, path):
        self.graph = onnx.load(path).graph
        self.constants = {i.name: numpy_helper.to_array(i).astype(np.float64) for i in self.graph.initializer}
        self.quants = {n.output[0]: n for n in self.graph.node if n.op_type == "Quant"}
        self.variables, self.units = {}, {}
        # By variable: how far it moves at a rate of 1.
        self.reaches = {}
        # Of what has a scale: elements in front of it, of a map in one sample.
        self.counts = {}
        layers = [n for n in self.graph.node if n.op_type in ("Conv", "MatMul")]
        for node in self.graph.node:
            if node.op_type == "Quant" and node.input[0] not in self.constants:
                self.variables[node.output[0]] = torch.zeros(())
                self.reaches[node.output[0]] = CAREFULLY
        for layer in layers:
            kernel = self.quants[layer.input[1]]
            bias = layer.input[2] if layer.op_type == "Conv" else self.bias_of(layer)
            scale, (low, high) = self.scale(kernel), self.range(kernel)
            values = self.value(kernel)
            unit = np.broadcast_to(scale, values.shape)
            reach = self.reach(layer.input[0])
            axis = 0 if layer.op_type == "Conv" else 1
            channels = np.moveaxis(unit, axis, 0).reshape(unit.shape[axis], -1)[:, 0]
            self.units[kernel.output[0]] = torch.tensor(unit.copy())
            self.units[bias] = torch.tensor(channels * high * reach)
            self.reaches[kernel.output[0]], self.reaches[bias] = high, CAREFULLY
            self.variables[kernel.output[0]] = torch.tensor(values) / self.units[kernel.output[0]]
            self.variables[kernel.output[0] + "/scale"] = torch.zeros(scale.shape)
            self.counts[kernel.output[0] + "/scale"] = values.size // scale.size
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
        # What stands on a code is that, whatever the last bits of its quotient say.
        on_code = (position - torch.round(position)).abs() <= 2**-21 * position.abs()
        position = torch.where(on_code, position + (torch.round(position) - position).detach(), position)
        position = torch.clamp(position, low, high)
        return (position + (torch.round(position) - position).detach()) * scale

    def __call__(self, x):
        values = {self.graph.input[0].name: x}
        for node in self.graph.node:
            attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
            get = lambda i: values[node.input[i]] if node.input[i] in values else torch.tensor(self.constants[node.input[i]])
            if node.op_type == "Quant" and node.output[0] in self.units:
                y = self.variables[node.output[0]]
                if node.output[0] + "/scale" in self.variables:
                    y = self.rounded(y, 1, *self.range(node)) * self.learned_scale(node, node.output[0] + "/scale")
                else:
                    y = y * self.units[node.output[0]]
            elif node.op_type == "Quant":
                y = self.rounded(get(0), self.learned_scale(node, node.output[0]), *self.range(node))
                self.counts[node.output[0]] = y[0].numel()
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

    def train(self, x, wanted, steps):
        """After the steps: the loss, what the variables are, the means of their gradients, and where these are 0 but for rounding, of
        which Adam makes whole moves."""
        vague = {n: torch.zeros_like(v, dtype=torch.bool) for n, v in self.variables.items()}
        moments = {n: (torch.zeros_like(v), torch.zeros_like(v)) for n, v in self.variables.items()}
        for step in range(steps):
            loss = F.kl_div(F.log_softmax(self(x), -1), wanted, reduction="batchmean")
            for variable in self.variables.values():
                variable.grad = None
            loss.backward()
            rate = RATE * (1 + np.cos(np.pi * step / steps)) / 2
            with torch.no_grad():
                for name, variable in self.variables.items():
                    mean, square = moments[name]
                    gradient = variable.grad
                    vague[name] |= (gradient != 0) & (gradient.abs() <= 1e-5 * gradient.abs().max())
                    if name in self.counts:
                        # LSQ's factor: gradients are so small here that Adam's epsilon tells them apart.
                        reach = max(map(abs, self.range(self.quants[name.removesuffix("/scale")])))
                        gradient = gradient / (self.counts[name] * reach) ** 0.5
                    mean += 0.1 * (gradient - mean)
                    square += 0.001 * (gradient**2 - square)
                    top, below = mean / (1 - 0.9 ** (step + 1)), square / (1 - 0.999 ** (step + 1))
                    variable -= self.reaches.get(name, 1) * rate * top / (below.sqrt() + 1e-12)
                for name in self.units:
                    if name + "/scale" in self.variables:
                        self.variables[name].clamp_(*self.range(self.quants[name]))
        return loss.item(), {n: v.detach() for n, v in self.variables.items()}, {n: m for n, (m, _) in moments.items()}, vague

    def in_order(self, arrays):
        """As qcc numbers them: each layer's weights, scales and bias, then the scales of maps; kernels with output channels last."""
        layers = [n for n in arrays if n + "/scale" in arrays]
        biases = [n for n in self.units if n not in layers]
        names = [n for layer, bias in zip(layers, biases, strict=True) for n in (layer, layer + "/scale", bias)]
        names += [n for n in arrays if n not in names]
        return [(n, (a.permute(2, 3, 1, 0) if a.dim() == 4 and n in self.units else a).reshape(-1).numpy())
                for n, a in ((n, arrays[n]) for n in names)]


def tune(folder, data, one, steps):
    """What qcc has after so many steps: the loss of the last epoch, the variables, and the means of their gradients."""
    kept = f"{folder}/{steps}.h5"
    report = json.loads(run(
        "tune", f"{folder}/q.onnx", "--teacher", f"{DIGITS}/digits_float.h5", "--data", data, "--validation", one, "--epochs",
        str(steps), "--batch", str(BATCH), "--rate", str(RATE), "--patience", "1000", "--resume", kept, "--format", "json"))
    with h5py.File(kept) as file:
        variables = [file[f"variables/{i}"] for i in range(len(file["variables"]))]
        return report["epochs"][-1]["trainingLoss"], *([v[name][()] for v in variables] for name in ("values", "means"))


def difference(found, wanted):
    """By variable: the largest difference, and the largest number."""
    return [(float(np.abs(a - b).max()), float(np.abs(b).max())) for a, (_, b) in zip(found, wanted, strict=True)]


def main():
    torch.set_default_dtype(torch.float64)
    x = np.load(f"{DIGITS}/calibration.npy")
    failures = 0
    for weights, maps in ((2, 3), (3, 3), (3, 4)):
        for sample in (0, 7, 31, 44):
            with tempfile.TemporaryDirectory() as folder:
                data, one = f"{folder}/data.npy", f"{folder}/one.npy"
                np.save(one, x[sample : sample + 1])
                # An epoch is a step.
                np.save(data, np.repeat(x[sample : sample + 1], BATCH, 0))
                # Biases are steps of scales of their own: with those of accumulators ReLUs would read numbers that are 0 but for rounding.
                run("quantize", f"{DIGITS}/digits_float.h5", "--calibration", f"{DIGITS}/calibration.npy", "--weights", str(weights),
                    "--maps", str(maps), "--rounding", "nearest", "--bias-bits", "16", "--style", "qonnx", "-o", f"{folder}/q.onnx")
                run("simulate", f"{DIGITS}/digits_float.h5", "--inputs", one, "--reference", "-o", f"{folder}/y.npy")
                wanted = torch.tensor(np.load(f"{folder}/y.npy")).double()
                words = []
                for steps in (1, STEPS):
                    network = Network(f"{folder}/q.onnx")
                    loss, variables, means, vague = network.train(torch.tensor(x[sample : sample + 1]).double(), wanted, steps)
                    found_loss, found_variables, found_means = tune(folder, data, one, steps)
                    # Gradients that are none but for rounding are not divided by; moves are counted in what a variable moves at most.
                    far = abs(found_loss / loss - 1), max(
                        off / max(largest, 1e-9) for off, largest in difference(found_means, network.in_order(means))), max(
                        float(np.abs(np.where(v, 0, a - b)).max()) / (RATE * network.reaches.get(n, 1)) for a, (n, b), (_, v) in
                        zip(found_variables, network.in_order(variables), network.in_order(vague), strict=True))
                    words.append(f"{steps} steps: loss {far[0]:.0e}, gradients {far[1]:.0e}, moves {far[2]:.0e}")
                    failures += max(far) > 1e-2
                print(f"W{weights}A{maps}, sample {sample}: {'; '.join(words)}", flush=True)
    sys.exit(failures > 0)


main()
