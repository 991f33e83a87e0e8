#!/usr/bin/env python3
"""Networks on simulated microcontrollers: codes, memory and instructions.

usage: Tests/embedded-check.py QCC MODELS [--targets NAME ...] [--drivers NAME ...] [--machines NAME ...] [--networks NAME ...]

Compiles 11 networks for each target, builds them with the toolchains of Debian (gcc-arm-none-eabi, gcc-riscv64-unknown-elf, picolibc
for both) and runs them in QEMU: every code of the test vectors has to be equal, and so has a hash of all tensors of 100 drawn inputs,
which the host's compiler makes with the engines in C. Exit code 1 on a difference.

Of targets with engines the drivers of registers run too, against the model of the device. Prints flash (code and constants), static
RAM, and instructions for a run, by QEMU's count, and those per MAC; the model's are among them where there is one.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DIGITS = os.path.join(HERE, "..", "testdata")
# What the linker script of picolibc asks for.
ARM = ["-mthumb", "--specs=picolibc.specs", "--crt0=hosted", "--oslib=semihost"] + [
    "-Wl,--defsym=__" + s for s in ("flash=0", "flash_size=0x400000", "ram=0x20000000", "ram_size=0x400000", "stack_size=0x8000")]
RISCV = ["-march=rv32imc", "-mabi=ilp32", "--specs=picolibc.specs", "--crt0=hosted", "--oslib=semihost"] + [
    "-Wl,--defsym=__" + s for s in ("flash=0x80000000", "flash_size=0x400000", "ram=0x80400000", "ram_size=0x400000", "stack_size=0x8000")]
MACHINES = {
    "m4": ("arm-none-eabi", ["-mcpu=cortex-m4"] + ARM, ["qemu-system-arm", "-M", "mps2-an386"]),
    "m7": ("arm-none-eabi", ["-mcpu=cortex-m7"] + ARM, ["qemu-system-arm", "-M", "mps2-an500"]),
    "rv32": ("riscv64-unknown-elf", RISCV, ["qemu-system-riscv32", "-M", "virt", "-bios", "none"]),
}


def networks(models):
    found = {name: os.path.join(DIGITS, name + ".h5") for name in ("digits_conv", "digits_conv_affine", "digits_dense")}
    for name in ("dscnn_kws", "fcae_ad", "resnet8_ic", "mobilenet_vww"):
        found[name + "_affine"] = os.path.join(models, "qkeras", name + "_affine.h5")
        found[name + "_int8"] = os.path.join(models, "onnx", name + "_qdq_s8_per_channel.onnx")
    return found


def run(*command, **options):
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if result.returncode != 0:
        raise SystemExit(f"{' '.join(command[:6])} …: exit code {result.returncode}\n{result.stdout[-2000:]}{result.stderr[-2000:]}")
    return result.stdout


# As the project's Makefile has them.
MODEL = ["-DST_DEVICE_MODEL", '-DST_PORT_HEADER="st_device.h"']
DRIVERS = {
    "software": [],
    "memory-mapped": ["-DST_DRIVER=ST_DRIVER_MEMORY_MAPPED"] + MODEL,
    "rtl": ["-DST_DRIVER=ST_DRIVER_RTL"] + MODEL,
}


def sources(folder, driver):
    listed = run("make", "-s", "-C", folder, "-f", "-", "list", input="include Makefile\nlist:\n\t@echo $(SOURCES) $(TESTS)\n").split()
    kept = [os.path.join(folder, s) for s in listed if not s.endswith("/testbench.c")]
    includes = ["-I" + os.path.join(folder, f) for f in ("include", "runtime", "src", "test")]
    return DRIVERS[driver] + ["-std=c99", "-O2", "-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections", "-w"] + includes + kept + [
        os.path.join(HERE, "embedded", "main.c")]


def macs(qcc, model):
    return sum(layer["macs"] for layer in json.loads(run(qcc, "tile-report", model, "--format", "json"))["layers"])


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("qcc")
    p.add_argument("models")
    p.add_argument("--targets", nargs="+", default=["stmac", "stmac-small", "cpu"])
    p.add_argument("--drivers", nargs="+", default=list(DRIVERS), choices=list(DRIVERS))
    p.add_argument("--machines", nargs="+", default=list(MACHINES), choices=list(MACHINES))
    p.add_argument("--networks", nargs="+")
    a = p.parse_args()
    failures = runs = 0
    print(f"{'network':22}{'target':13}{'driver':15}{'machine':8}{'flash':>10}{'ram':>10}{'instructions':>15}{'per MAC':>9}", flush=True)
    for name, model in networks(a.models).items():
        if a.networks and name not in a.networks:
            continue
        products = macs(a.qcc, model)
        for target in a.targets:
            with tempfile.TemporaryDirectory() as folder:
                project, program = os.path.join(folder, "net"), os.path.join(folder, "program")
                run(a.qcc, "compile", model, "--target", target, "--name", "net", "-o", project)
                run("cc", *sources(project, "software"), "-o", program)
                expected = json.loads(run(program))
                drivers = a.drivers if os.path.exists(os.path.join(project, "hardware")) else ["software"]
                for machine, driver in ((m, d) for m in a.machines for d in drivers):
                    prefix, flags, emulator = MACHINES[machine]
                    run(prefix + "-gcc", *flags, *sources(project, driver), "-o", program + ".elf")
                    text, data, bss = (int(n) for n in run(prefix + "-size", program + ".elf").splitlines()[1].split()[:3])
                    found = json.loads(
                        run(*emulator, "-display", "none", "-serial", "none", "-monitor", "none", "-icount", "shift=0", "-chardev", "stdio,id=host",
                            "-semihosting-config", "enable=on,target=native,chardev=host", "-kernel", program + ".elf", timeout=600))
                    equal = found["hash"] == expected["hash"] and found["differences"] == 0
                    runs, failures = runs + 1, failures + (not equal)
                    rate = found["instructions"] / products
                    print(f"{name:22}{target:13}{driver:15}{machine:8}{text + data:10,}{data + bss:10,}{found['instructions']:15,}{rate:9.2f}"
                          + ("" if equal else "  DIFFERS"), flush=True)
    print(f"{runs} runs, {failures} with differing codes")
    sys.exit(1 if failures else 0)


main()
