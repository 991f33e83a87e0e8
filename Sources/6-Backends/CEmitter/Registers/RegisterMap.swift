import Files
import Targets

/// The registers of an accelerator: what a driver writes and what a device holds. `RegisterHeader` prints them as C and
/// `RegisterDescription` as SystemRDL; a layer's configuration words are images of some of them.
struct RegisterMap {
  enum Access {
    case read, write, readWrite
    /// Set by the device, cleared by writing ones.
    case clear
  }

  struct Field {
    var name: String
    var lowestBit: Int
    var bits: Int
    var summary: String
    /// Names of its values, from 0 on; none: it is a number.
    var values: [String] = []
  }

  struct Register {
    var name: String
    var summary: String
    var access: Access
    var fields: [Field]
    /// What it holds at first.
    var reset = 0
    var offset = 0

    /// Whether all of it is one number.
    var isNumber: Bool { fields.count == 1 && fields[0].name == RegisterMap.value }

    subscript(field: String) -> Field {
      guard let found = fields.first(where: { $0.name == field }) else {
        preconditionFailure("register \(name) has no field \(field)")
      }
      return found
    }
  }

  /// The field of a register that is one number.
  static let value = "VALUE"
  /// Of the registers; a driver of another one does not know them.
  static let interfaceVersion = 1

  private(set) var registers: [Register] = []
  /// What they take of the address space.
  private(set) var bytes = 0

  init(_ accelerator: Accelerator) {
    add(Self.device(accelerator), at: 0)
    add(Self.layer, at: 0x40)
    add(Self.addresses, at: 0xc0)
    add(Self.tiles(accelerator), at: 0x140)
    add(Self.sizes(accelerator), at: 0x200)
    bytes = 0x300
  }

  subscript(name: String) -> Register {
    guard let found = registers.first(where: { $0.name == name }) else { preconditionFailure("no register \(name)") }
    return found
  }

  /// The registers that a layer's configuration words are of.
  var layerWords: [Register] {
    let first = self[Self.layer[0].name].offset
    return registers.filter { first..<first + 4 * Self.layer.count ~= $0.offset }
  }

  /// A register's word with these fields, the others 0.
  func word(_ register: String, _ fields: [(name: String, value: Int)]) -> UInt32 {
    let register = self[register]
    return fields.reduce(0) { word, field in
      let place = register[field.name]
      precondition(field.value >= 0 && field.value >> place.bits == 0, "\(field.value) fits \(field.name)")
      return word | UInt32(truncatingIfNeeded: field.value) << UInt32(place.lowestBit)
    }
  }

  private mutating func add(_ group: [Register], at start: Int) {
    precondition(start >= (registers.last?.offset ?? -4) + 4, "groups of registers do not overlap")
    for (index, var register) in group.enumerated() {
      register.offset = start + 4 * index
      registers.append(register)
    }
  }

  // MARK: What the registers are

  private static func number(
    _ name: String, _ summary: String, _ access: Access = .readWrite, limit: Int = Int(UInt32.max), reset: Int = 0
  ) -> Register {
    let bits = Int.bitWidth - limit.leadingZeroBitCount
    return Register(
      name: name, summary: summary, access: access,
      fields: [Field(name: value, lowestBit: 0, bits: bits, summary: summary)], reset: reset)
  }

  private static func address(_ name: String, _ summary: String) -> [Register] {
    [number(name + "_LOW", summary), number(name + "_HIGH", "what is above 32 bits of it")]
  }

  /// Bits that say something of the units, lowest first.
  private static func units(_ summary: String) -> [Field] {
    ["LOAD", "WEIGHTS", "PASS", "STORE"].enumerated().map {
      Field(name: $0.element, lowestBit: $0.offset, bits: 1, summary: summary)
    }
  }

  private static func device(_ accelerator: Accelerator) -> [Register] {
    [
      number("ID", "'STM' and the version of the registers", .read, reset: 0x53_544d << 8 | interfaceVersion),
      number("TARGET", "beginning of a hash of the engines' sizes", .read, reset: target(accelerator)),
      Register(
        name: "COMMAND", summary: "starts units with what the registers hold at that moment", access: .write,
        fields: units("starts the unit") + [
          Field(name: "BEGIN", lowestBit: 4, bits: 1, summary: "with PASS: into initial accumulators"),
          Field(name: "RESET", lowestBit: 31, bits: 1, summary: "all units stop, errors and interrupts are taken back"),
        ]),
      Register(
        name: "STATUS", summary: "what units do", access: .read,
        fields: units("the unit works") + [
          Field(name: "ERROR", lowestBit: 31, bits: 1, summary: "a transfer failed, or a command asked too much")
        ]),
      Register(
        name: "INTERRUPT_ENABLE", summary: "which units interrupt", access: .readWrite,
        fields: units("the unit interrupts when it has ended")),
      Register(
        name: "INTERRUPT", summary: "which units have ended", access: .clear,
        fields: units("the unit has ended since this was cleared")),
    ]
  }

  /// A layer's configuration, constant words of its descriptor.
  private static let layer: [Register] = [
    Register(
      name: "LAYER", summary: "the layer", access: .readWrite,
      fields: [
        Field(
          name: "ENGINE", lowestBit: 0, bits: 2, summary: "which engine works",
          values: EngineKind.all.map(\.runtime.macro)),
        Field(
          name: "MODE", lowestBit: 2, bits: 3, summary: "of the multipliers",
          values: ["16X16", "16X8", "8X8", "8X4", "4X4"]),
        Field(name: "WIDE", lowestBit: 5, bits: 1, summary: "sums need more than 32 bits"),
        Field(name: "FIRST_LAYER", lowestBit: 6, bits: 1, summary: "it reads an input of the network"),
        Field(name: "LAST_LAYER", lowestBit: 7, bits: 1, summary: "it writes an output of the network"),
        Field(name: "EN_RELU", lowestBit: 8, bits: 1, summary: "no code is below that of zero"),
        Field(name: "INPUT_SIZE", lowestBit: 9, bits: 2, summary: "2^n bytes for a code of the input"),
        Field(name: "OUTPUT_SIZE", lowestBit: 11, bits: 2, summary: "2^n bytes for a code of the output"),
        Field(name: "FIELD_BITS", lowestBit: 13, bits: 5, summary: "bits that a weight takes in memory"),
        Field(
          name: "FORM", lowestBit: 18, bits: 3, summary: "how accumulators become codes",
          values: RequantizationForm.macros),
      ]),
    Register(
      name: "CONFIG1", summary: "widths of the operands", access: .readWrite,
      fields: [
        Field(name: "ACTIVATION_BITS", lowestBit: 0, bits: 8, summary: "of the input's codes"),
        Field(name: "WEIGHT_BITS", lowestBit: 8, bits: 8, summary: "of the weights"),
      ]),
    Register(
      name: "CONFIG2", summary: "width of the result", access: .readWrite,
      fields: [Field(name: "OUTPUT_BITS", lowestBit: 0, bits: 8, summary: "of the output's codes")]),
    number("INPUT_ROWS", "rows of the input"),
    number("INPUT_COLUMNS", "columns of the input"),
    number("INPUT_CHANNELS", "channels of the input"),
    number("OUTPUT_ROWS", "rows of the output"),
    number("OUTPUT_COLUMNS", "columns of the output"),
    number("OUTPUT_CHANNELS", "channels of the output"),
    number("OUTPUT_STEP", "from an output channel of a tile to the next"),
    number("STRIDE_ROWS", "of a layer with runs: rows from an output pixel's to the next's"),
    number("STRIDE_COLUMNS", "likewise of columns"),
    number("RUN_WIDTH", "pixels of a run in a row of the memories; 0: the layer has windows of rows and columns"),
    number("PADDING_LOW", "what is read outside the input, the lower word"),
    number("PADDING_HIGH", "the upper word"),
    number("LOWEST_LOW", "the least code, the lower word"),
    number("LOWEST_HIGH", "the upper word"),
    number("HIGHEST_LOW", "the largest code, the lower word"),
    number("HIGHEST_HIGH", "the upper word"),
    Register(
      name: "PARAMETERS", summary: "how the requantization's parameters are stored", access: .readWrite,
      fields: (0..<parameterCount).map {
        Field(
          name: "KIND_\($0)", lowestBit: 4 * $0, bits: 3,
          summary: "2^n bytes each in the lower two bits; the third: one per channel, else one for all")
      } + [Field(name: "STEPS", lowestBit: 24, bits: 6, summary: "bits of the largest number of thresholds")]),
  ]

  /// As `st_engine.h` has it.
  static let parameterCount = 6

  /// Written with a layer, but not part of its constant words: addresses on the accelerator's bus.
  private static let addresses: [Register] =
    address("INPUT", "address of the layer's input") + address("OUTPUT", "address of the layer's output")
    + address("INITIAL", "address of the initial accumulators; 0: they are zeros")
    + (0..<parameterCount).flatMap { address("PARAMETER_\($0)", "address of a requantization parameter") }

  private static func tiles(_ accelerator: Accelerator) -> [Register] {
    func most(_ extent: (Engine) -> Int) -> Int { accelerator.engines.map(extent).max() ?? 1 }
    let taps = (most(\.weightMemory.kernelRows), most(\.weightMemory.kernelColumns))
    let lanes = accelerator.modes.map(\.products).max() ?? 1
    let channels = lanes * most { max($0.inputMemory.channels, $0.weightMemory.inputChannels) }
    let outputs = most { max($0.outputMemory.channels, $0.weightMemory.outputChannels) }
    let pixels = most(\.inputMemory.pixels)
    return [
      number("LOAD_ROW", "first row of the window, perhaps negative; of a run: its first output pixel"),
      number("LOAD_ROW_STEP", "from a row that is loaded to the next"),
      number("LOAD_ROWS", "how many are loaded; of a run: its pixels", limit: pixels),
      number("LOAD_COLUMN", "first column of the window, perhaps negative"),
      number("LOAD_COLUMN_STEP", "from a column that is loaded to the next"),
      number("LOAD_COLUMNS", "how many are loaded", limit: most(\.inputMemory.columns)),
      number("LOAD_CHANNEL", "first channel"),
      number("LOAD_CHANNELS", "how many are loaded", limit: channels),
      number("LOAD_LIMB", "digit in base 2^16", limit: 3),
      number("LOAD_HALF", "half of the input memory", limit: 1),
    ] + address("WEIGHTS", "address of a block of weights") + [
      number("WEIGHTS_KERNEL_ROWS", "its taps", limit: taps.0),
      number("WEIGHTS_KERNEL_COLUMNS", "its taps", limit: taps.1),
      number("WEIGHTS_INPUTS", "its input channels", limit: channels),
      number("WEIGHTS_OUTPUTS", "its output channels", limit: outputs),
      number("WEIGHTS_HALF", "half of the weight memory", limit: 1),
      number("TILE_PIXEL", "first output pixel of the tile, counted row by row"),
      number("TILE_ROWS", "rows of accumulators", limit: most(\.outputMemory.rows)),
      number("TILE_COLUMNS", "accumulators of a row", limit: most(\.outputMemory.columns)),
      number("TILE_LAST_COLUMNS", "accumulators of the last row", limit: most(\.outputMemory.columns)),
      number("TILE_OUTPUT", "first output channel"),
      number("TILE_OUTPUTS", "how many", limit: outputs),
      number("TILE_HALF", "half of the accumulators", limit: 1),
      number("PASS_KERNEL_ROWS", "taps of the part of the kernel", limit: taps.0),
      number("PASS_KERNEL_COLUMNS", "taps of the part of the kernel", limit: taps.1),
      number("PASS_STRIDE_ROWS", "loaded rows from an output pixel's to the next's", limit: most(\.inputMemory.rows)),
      number("PASS_STRIDE_COLUMNS", "likewise of columns", limit: most(\.inputMemory.columns)),
      number("PASS_DILATION_ROWS", "loaded rows from a tap's to the next's", limit: most(\.inputMemory.rows)),
      number("PASS_DILATION_COLUMNS", "likewise of columns", limit: most(\.inputMemory.columns)),
      number("PASS_CHANNELS", "input channels", limit: channels),
      number("PASS_SHIFT", "the products' weight as a power of two", limit: 96),
      number("PASS_INPUT_HALF", "half of the input memory", limit: 1),
      number("PASS_WEIGHTS_HALF", "half of the weight memory", limit: 1),
    ]
  }

  private static func sizes(_ accelerator: Accelerator) -> [Register] {
    accelerator.engines.flatMap { engine in
      engine.kind.runtime.sizes.map { size in
        number(
          "\(engine.kind.runtime.macro)_\(size.name)", "of the engine's memories", .read, reset: size.value(engine))
      }
    }
  }

  /// Devices of other sizes have other ones.
  private static func target(_ accelerator: Accelerator) -> Int {
    let text = sizes(accelerator).map { "\($0.name) \($0.reset)\n" }.joined()
    return Int(SHA256.hexadecimal(Array(text.utf8)).prefix(8), radix: 16) ?? 0
  }
}
