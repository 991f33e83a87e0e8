#!/usr/bin/env python3
"""What compile says of registers in SystemRDL is what it says in C.

usage: Tests/registers-check.py QCC MODEL [TARGET ...]

Needs the Python package systemrdl-compiler, which reads the SystemRDL. Exit code 1 on a difference.
"""

import os
import re
import subprocess
import sys
import tempfile

from systemrdl import RDLCompiler
from systemrdl.node import FieldNode


def described(path):
    """Offsets, and what fields are: (lowest bit, width), the numbers of values by name, what a number is at first."""
    compiler = RDLCompiler()
    compiler.compile_file(path)
    found = {}
    for register in compiler.elaborate().top.registers():
        found["ST_REGISTER_" + register.inst_name] = register.address_offset
        for field in register.fields():
            assert isinstance(field, FieldNode)
            if field.inst_name == "VALUE":
                if field.get_property("reset"):
                    found[f"ST_{register.inst_name}_VALUE"] = field.get_property("reset")
                continue
            name = f"ST_{register.inst_name}_{field.inst_name}"
            found[name + "_SHIFT"] = field.low
            found[name + "_MASK"] = (1 << field.width) - 1
            for value in field.get_property("encode") or []:
                found[name + "_" + value.name[2:]] = value.value
    return found


def defined(path):
    text = open(path).read()
    return {name: int(value, 0) for name, value in re.findall(r"#define (ST_\w+) (\w+?)u?$", text, re.MULTILINE)}


def main():
    qcc, model, targets = sys.argv[1], sys.argv[2], sys.argv[3:] or ["stmac", "stmac-small"]
    for target in targets:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([qcc, "compile", model, "--target", target, "-o", folder + "/net"], check=True, capture_output=True)
            registers = described(os.path.join(folder, "net/hardware/st_accelerator.rdl"))
            header = defined(os.path.join(folder, "net/include/st_registers.h"))
        differing = [name for name in registers if header.get(name) != registers[name]]
        for name in differing:
            print(f"{target}: {name} is {registers[name]} in SystemRDL, {header.get(name)} in C")
        missing = [n for n in header if n.startswith("ST_REGISTER_") and n not in registers and n != "ST_REGISTER_BYTES"]
        for name in missing:
            print(f"{target}: {name} is not in SystemRDL")
        if differing or missing:
            sys.exit(1)
        print(f"{target}: {sum(n.startswith('ST_REGISTER_') for n in registers)} registers, {len(registers)} numbers equal")


main()
