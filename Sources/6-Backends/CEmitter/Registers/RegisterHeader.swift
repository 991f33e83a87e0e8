import Targets

/// Writes `st_registers.h`.
struct RegisterHeader {
  private let map: RegisterMap
  private let target: String

  init(_ accelerator: Accelerator) {
    map = RegisterMap(accelerator)
    target = accelerator.name
  }

  var text: SourceText {
    var text = SourceText()
    text.line(
      "/* The registers of the accelerators of target '\(Identifier.comment(target))': offsets from the first one, and")
    text.line(" * their fields. st_accelerator.rdl says the same in SystemRDL. */")
    text.line("#ifndef ST_REGISTERS_H\n#define ST_REGISTERS_H\n")
    for register in map.registers {
      text.line("/* \(register.summary) */")
      text.line("#define ST_REGISTER_\(register.name) \(hexadecimal(register.offset))u")
      if register.reset != 0 { text.line("#define ST_\(register.name)_VALUE \(hexadecimal(register.reset))u") }
      guard !register.isNumber else { continue }
      for field in register.fields { write(field, of: register, into: &text) }
    }
    text.line("\n/* What the registers take. */")
    text.line("#define ST_REGISTER_BYTES \(hexadecimal(map.bytes))u")
    text.line("\n/* Registers from ST_REGISTER_LAYER on that are a layer's configuration. */")
    text.line("#define ST_LAYER_WORDS \(map.layerWords.count)\n\n#endif")
    return text
  }

  private func write(_ field: RegisterMap.Field, of register: RegisterMap.Register, into text: inout SourceText) {
    let name = "ST_\(register.name)_\(field.name)"
    let mask = (1 << field.bits) - 1
    if register.fields.count > 1, field.bits == 1 { text.line("#define \(name) \(hexadecimal(1 << field.lowestBit))u") }
    text.line("#define \(name)_SHIFT \(field.lowestBit)")
    text.line("#define \(name)_MASK \(hexadecimal(mask))u")
    for (value, title) in field.values.enumerated() { text.line("#define \(name)_\(title) \(value)u") }
  }

  private func hexadecimal(_ value: Int) -> String { "0x" + String(value, radix: 16) }
}
