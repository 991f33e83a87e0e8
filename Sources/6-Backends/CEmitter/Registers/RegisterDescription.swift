import Targets

/// Writes `st_accelerator.rdl`: the registers in SystemRDL 2.0, from which tools make RTL, documents and register models.
struct RegisterDescription {
  private let map: RegisterMap
  private let target: String

  init(_ accelerator: Accelerator) {
    map = RegisterMap(accelerator)
    target = accelerator.name
  }

  var text: SourceText {
    var text = SourceText()
    text.line(
      "// The registers of the accelerators of target '\(Identifier.comment(target))'; include/st_registers.h says the same in C."
    )
    text.line("addrmap st_accelerator {")
    text.line("  name = \"ST-MAC accelerator, \(Identifier.comment(target).replacing("\"", with: "'"))\";")
    text.line("  default regwidth = 32;")
    text.line("  default accesswidth = 32;")
    for register in map.registers { write(register, into: &text) }
    text.line("};")
    return text
  }

  private func write(_ register: RegisterMap.Register, into text: inout SourceText) {
    text.line()
    for field in register.fields where !field.values.isEmpty {
      let values = field.values.enumerated().map { "V_\($0.element) = \(field.bits)'d\($0.offset);" }
      text.line("  enum \(register.name)_\(field.name)_e { \(values.joined(separator: " ")) };")
    }
    text.line("  reg {")
    text.line("    desc = \"\(register.summary)\";")
    for field in register.fields {
      var properties = access(register) + ["desc = \"\(field.summary)\";"]
      if !field.values.isEmpty { properties.append("encode = \(register.name)_\(field.name)_e;") }
      let range = "[\(field.lowestBit + field.bits - 1):\(field.lowestBit)]"
      let reset = register.isNumber ? register.reset : 0
      let value = register.access == .read && !register.isNumber ? "" : " = \(field.bits)'h" + String(reset, radix: 16)
      text.line("    field { \(properties.joined(separator: " ")) } \(field.name)\(range)\(value);")
    }
    text.line("  } \(register.name) @0x\(String(register.offset, radix: 16));")
  }

  private func access(_ register: RegisterMap.Register) -> [String] {
    switch register.access {
    // A number that never changes is wired.
    case .read: register.isNumber ? ["sw = r;", "hw = na;"] : ["sw = r;", "hw = w;"]
    case .write: ["sw = w;", "hw = r;", "singlepulse;"]
    case .readWrite: ["sw = rw;", "hw = r;"]
    case .clear: ["sw = rw;", "onwrite = woclr;", "hw = w;", "hwset;"]
    }
  }
}
