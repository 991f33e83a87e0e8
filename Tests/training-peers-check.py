#!/usr/bin/env python3
"""`qcc tune` beside Brevitas and PyTorch: the same quantized network, teacher, samples, epochs and batches.

Accuracy: learned steps at 4 bits (8 at the input), five seeds, beside Brevitas' learned scales from the same codes and scales. Its rate is
the best of three on samples that are held out; qcc's is its default. Speed: a step beside PyTorch's own learnable fake quantization
(`torch._fake_quantize_learnable_per_*`, in C++), the teacher's pass included in both, with one and two threads. Arguments: qcc, the
folder of models, `accuracy` or `speed` for one of both.
Needs torch, brevitas, onnx and Debian's dataset-fashion-mnist; run by `make check-training-peers`."""
import json, sys, tempfile, time

import numpy as np, onnx, torch
import torch.nn.functional as F
from brevitas.inject.enum import ScalingImplType
from brevitas.nn import QuantConv2d, QuantIdentity, QuantLinear
from brevitas.quant import Int8ActPerTensorFloat, Int8WeightPerChannelFloat, Uint8ActPerTensorFloat
from onnx import helper, numpy_helper
from torch import nn

import fashion_networks
from fashion_networks import run

QCC, MODELS = sys.argv[1], sys.argv[2]
TEACHER = f"{MODELS}/float/resnet8_fashion.h5"
SAMPLES, HELD_OUT, EPOCHS, BATCH, SEEDS = 2000, 1000, 3, 64, 5


def images():
    """To learn from and held out."""
    x, _ = fashion_networks.images("train")
    x = x[np.random.default_rng(3).permutation(len(x))]
    return x[:SAMPLES], x[SAMPLES : SAMPLES + HELD_OUT]


class Weights4(Int8WeightPerChannelFloat):
    bit_width = 4
    scaling_impl_type = ScalingImplType.PARAMETER_FROM_STATS


class BrevitasWeights(nn.Module):
    """A kernel as PyTorch has it, of convolutions; dense layers' are the other way round."""

    def __init__(self, values, scale):
        super().__init__()
        self.is_dense = values.dim() == 2
        if self.is_dense:
            self.layer = QuantLinear(*values.shape, bias=False, weight_quant=Weights4)
        else:
            self.layer = QuantConv2d(values.shape[1], values.shape[0], tuple(values.shape[2:]), bias=False, weight_quant=Weights4)
        self.layer.weight.data.copy_(values.T if self.is_dense else values)
        # What it found of the weights becomes the file's scales.
        found = self.layer.quant_weight().scale.reshape(-1)
        threshold = self.layer.weight_quant.tensor_quant.scaling_impl.value
        threshold.data.mul_((scale / found).reshape(threshold.shape))

    def forward(self):
        weights = self.layer.quant_weight().value
        return weights.T if self.is_dense else weights


def brevitas_map(scale, low, high):
    """Symmetric where there are negative numbers: those maps have 8 bits."""
    signed = low < 0
    reach = scale * max(-low, high)
    bits = int(high - low + 1).bit_length() - 1
    base = Int8ActPerTensorFloat if signed else Uint8ActPerTensorFloat
    quantizer = type("Quantizer", (base,), {
        "bit_width": bits, "scaling_impl_type": ScalingImplType.PARAMETER, "scaling_init": float(reach)})
    return QuantIdentity(act_quant=quantizer)


class TorchWeights(nn.Module):
    def __init__(self, values, scale):
        super().__init__()
        self.values, self.scale = nn.Parameter(values), nn.Parameter(scale)
        self.axis = 1 if values.dim() == 2 else 0
        self.register_buffer("zero", torch.zeros(len(scale)))
        self.factor = 1 / (7 * values.numel() / len(scale)) ** 0.5

    def forward(self):
        return torch._fake_quantize_learnable_per_channel_affine(
            self.values, self.scale, self.zero, self.axis, -7, 7, self.factor)


class TorchMap(nn.Module):
    def __init__(self, scale, low, high):
        super().__init__()
        self.scale = nn.Parameter(torch.tensor([scale]))
        self.register_buffer("zero", torch.tensor([-low]))
        self.levels = int(high - low)

    def forward(self, x):
        return torch._fake_quantize_learnable_per_tensor_affine(
            x, self.scale, self.zero, 0, self.levels, 1 / (x[0].numel() * self.levels) ** 0.5)


class Student(nn.Module):
    """A QONNX file; what its quantizers are says who trains. `floats` leaves them out: the teacher's work."""

    def __init__(self, path, weights=None, maps=None, floats=False):
        super().__init__()
        self.graph = onnx.load(path).graph
        self.constants = {i.name: numpy_helper.to_array(i).astype(np.float32) for i in self.graph.initializer}
        self.quantizers, self.parameters_of = nn.ModuleDict(), nn.ParameterDict()
        kernels = {n.input[1] for n in self.graph.node if n.op_type in ("Conv", "MatMul")}
        for node in (n for n in self.graph.node if n.op_type == "Quant"):
            values, scale, zero, bits = (self.constants.get(i) for i in node.input)
            signed = next(a.i for a in node.attribute if a.name == "signed")
            name = node.output[0]
            if values is not None:
                values = torch.tensor((np.round(values / scale) * scale).astype(np.float32))
            if values is None and not floats:
                low = -(2.0 ** (float(bits) - 1)) if signed else -float(zero)
                self.quantizers[name] = maps(float(scale), low, low + 2.0 ** float(bits) - 1)
            elif values is not None and name in kernels and not floats:
                self.quantizers[name] = weights(values, torch.tensor(scale.reshape(-1)))
            elif values is not None:
                self.parameters_of[name] = nn.Parameter(values)

    def forward(self, x):
        values = {self.graph.input[0].name: x}
        def get(name):
            return values[name] if name in values else torch.tensor(self.constants[name])
        for node in self.graph.node:
            attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
            name, inputs = node.output[0], [values[i] for i in node.input[:1] if i in values]
            if node.op_type == "Quant" and name in self.quantizers:
                y = self.quantizers[name](*inputs)
            elif node.op_type == "Quant":
                y = inputs[0] if inputs else self.parameters_of[name]
            elif node.op_type == "Transpose":
                y = get(node.input[0]).permute(attributes["perm"])
            elif node.op_type == "Conv":
                top, left, bottom, right = attributes.get("pads", (0, 0, 0, 0))
                padded = F.pad(get(node.input[0]), (left, right, top, bottom))
                y = F.conv2d(padded, get(node.input[1]), get(node.input[2]), attributes.get("strides", 1), groups=attributes.get("group", 1))
            elif node.op_type == "BatchNormalization":
                scale, shift, mean, variance = map(get, node.input[1:5])
                y = F.batch_norm(get(node.input[0]), mean, variance, scale, shift, eps=attributes.get("epsilon", 1e-5))
            elif node.op_type == "Relu":
                y = torch.relu(get(node.input[0]))
            elif node.op_type == "Add":
                y = get(node.input[0]) + get(node.input[1])
            elif node.op_type == "GlobalAveragePool":
                y = get(node.input[0]).mean((2, 3), keepdim=True)
            elif node.op_type == "Reshape":
                y = get(node.input[0]).reshape(len(get(node.input[0])), -1)
            elif node.op_type == "MatMul":
                y = get(node.input[0]) @ get(node.input[1])
            elif node.op_type == "Softmax":
                return get(node.input[0])
            else:
                sys.exit(f"no {node.op_type} here")
            values[node.output[0]] = y
        return y


def step(student, optimizer, x, wanted):
    loss = F.kl_div(F.log_softmax(student(x), -1), wanted, reduction="batchmean")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def judge(student, x, wanted):
    """The mean divergence from the teacher, and the part that agrees."""
    with torch.no_grad():
        logits = torch.cat([student(part) for part in x.split(200)])
    return F.kl_div(F.log_softmax(logits, -1), wanted, reduction="batchmean").item(), (logits.argmax(1) == wanted.argmax(1)).double().mean().item()


def brevitas(path, data, wanted, validation, seed, rate):
    torch.manual_seed(seed)
    student = Student(path, BrevitasWeights, brevitas_map)
    optimizer = torch.optim.Adam(student.parameters(), rate)
    steps = EPOCHS * ((len(data) + BATCH - 1) // BATCH)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    best = judge(student, *validation), {n: v.clone() for n, v in student.state_dict().items()}
    for _ in range(EPOCHS):
        for part in torch.randperm(len(data)).split(BATCH):
            step(student, optimizer, data[part], wanted[part])
            schedule.step()
        found = judge(student, *validation)
        if found < best[0]:
            best = found, {n: v.clone() for n, v in student.state_dict().items()}
    student.load_state_dict(best[1])
    return best[0], student


def main():
    data, held_out = images()
    with tempfile.TemporaryDirectory() as folder:
        files = {"data": data, "validation": held_out, "one": held_out[:1]}
        for name, array in files.items():
            np.save(f"{folder}/{name}.npy", array)
        q = f"{folder}/q.onnx"
        run(QCC, "quantize", TEACHER, "--calibration", f"{MODELS}/labelled/fashion_calibration_x.npy", "--weights", "4", "--maps", "4",
            "--input-maps", "8", "--style", "qonnx", "-o", q)
        tune = ["tune", q, "--teacher", TEACHER, "--batch", str(BATCH), "--format", "json", "--data", f"{folder}/data.npy"]
        test = [f"{MODELS}/labelled/fashion_test_x.npy", f"{MODELS}/labelled/fashion_test_y.npy"]
        if sys.argv[3:] != ["accuracy"]:
            speed(q, tune, folder, torch.tensor(data))
        if sys.argv[3:] == ["speed"]:
            return
        x, labels = torch.tensor(np.load(test[0])), torch.tensor(np.load(test[1]).reshape(-1))

        def results(file):
            run(QCC, "simulate", TEACHER, "--inputs", file, "--reference", "-o", f"{folder}/y.npy")
            return torch.tensor(np.load(f"{folder}/y.npy")).float()

        goals = {name: results(f"{folder}/{name}.npy") for name in ("data", "validation")}
        goal = results(test[0])
        print(f"float: accuracy {100 * (goal.argmax(1) == labels).double().mean():.2f} %", flush=True)
        # One thread: several wait for each other, badly where the machine has other work.
        torch.set_num_threads(1)
        start = Student(q, BrevitasWeights, brevitas_map)
        print(f"start, as Brevitas has it: loss {judge(start, x, goal)[0]:.5f}")
        validation = torch.tensor(held_out), goals["validation"]
        rate = min((1e-3, 3e-4, 1e-4), key=lambda rate: brevitas(q, torch.tensor(data), goals["data"], validation, 0, rate)[0])
        print(f"Brevitas' rate: {rate}", flush=True)
        rows = []
        for seed in range(1, SEEDS + 1):
            test_report = json.loads(run(QCC, *tune, "--validation", f"{folder}/validation.npy", "--epochs", str(EPOCHS), "--patience", "1000",
                                         "--seed", str(seed), "--test", test[0], "--test-labels", test[1]))["test"]
            own = test_report["after"]
            _, student = brevitas(q, torch.tensor(data), goals["data"], validation, seed, rate)
            loss, agreement = judge(student, x, goal)
            with torch.no_grad():
                accuracy = (torch.cat([student(p) for p in x.split(200)]).argmax(1) == labels).double().mean().item()
            rows.append((own["loss"], own["agreement"], own["metric"], loss, agreement, accuracy))
            if seed == 1:
                before = test_report["before"]
                print(f"start: loss {before['loss']:.5f}, agreement {100 * before['agreement']:.2f} %, accuracy {100 * before['metric']:.2f} %")
                print("seed   qcc: loss, agreement, accuracy   Brevitas: loss, agreement, accuracy")
            show(str(seed), rows[-1])
        mean = np.mean(rows, 0)
        show("mean", mean)
        sys.exit(bool(mean[2] < mean[5] - 1e-9))


def show(name, row):
    print(f"{name:4}   " + "   ".join(f"{row[i]:.5f}  {100 * row[i + 1]:.2f} %  {100 * row[i + 2]:.2f} %" for i in (0, 3)), flush=True)


def speed(q, tune, folder, data):
    """Milliseconds of a step: the median of twelve for PyTorch, a whole epoch, judged on one sample, for qcc."""
    teacher, student = Student(q, floats=True), Student(q, TorchWeights, TorchMap)
    optimizer = torch.optim.Adam(student.parameters(), 1e-5)
    for threads in (1, 2):
        torch.set_num_threads(threads)
        times = []
        for first in range(0, 12 * BATCH, BATCH):
            begin = time.perf_counter()
            part = data[first : first + BATCH]
            with torch.no_grad():
                wanted = F.softmax(teacher(part), -1)
            step(student, optimizer, part, wanted)
            times.append(time.perf_counter() - begin)
        report = json.loads(run(QCC, *tune, "--validation", f"{folder}/one.npy", "--epochs", "1", "--threads", str(threads)))
        own = report["epochs"][1]["seconds"] / (len(data) / BATCH)
        print(f"{threads} threads, a step of {BATCH} samples: qcc {1e3 * own:.0f} ms, PyTorch {1e3 * np.median(times):.0f} ms "
              f"(fastest {1e3 * min(times):.0f})", flush=True)


main()
