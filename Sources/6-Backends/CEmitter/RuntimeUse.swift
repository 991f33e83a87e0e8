import Schedule
import Targets

/// What of the runtime a schedule needs; the rest is left out when its project is compiled.
struct RuntimeUse {
  private(set) var engines = Set<EngineKind>()
  private(set) var products = Set<Int>()
  private(set) var codeBits = Set<Int>()
  private(set) var sumBits = Set<Int>()
  private(set) var outputBits = Set<Int>()
  private(set) var forms = Set<String>()
  /// 16 where every number of the layers' descriptors fits, else 32.
  private(set) var extentBits = 16
  /// Of the layers' requantizations: 32 or 64.
  private(set) var multiplierBits = 32
  /// Kernels of layers that run on no engine.
  private(set) var kernels = Set<String>()
  private let hasEngines: Bool

  /// - Parameter steps: of the layers that run on engines.
  init(_ schedule: Schedule, storage: Storage, steps: [LayerSteps]) {
    hasEngines = !schedule.accelerator.isProcessor
    for layer in schedule.directLayers {
      kernels.formUnion(DirectKernel(layer, in: schedule.program).functions)
    }
    for layer in schedule.layers {
      engines.insert(layer.shape.engine)
      products.insert(layer.mode.products)
      codeBits.insert(storage[layer.instruction.input].type.bits)
      sumBits.insert(layer.needsWideAccumulators ? 64 : 32)
      outputBits.insert(storage[layer.instruction.output].type.bits)
      let form = RequantizationForm(layer.instruction.stage, range: layer.instruction.accumulatorRange)
      forms.insert(form.macro)
      multiplierBits = max(multiplierBits, form.multiplierBits)
    }
    let extents = steps.lazy.flatMap(\.extents).flatMap { [$0.min() ?? 0, $0.max() ?? 0] }
    if extents.contains(where: { Int16(exactly: $0) == nil }) { extentBits = 32 }
  }

  /// Bytes of the engines' memories: inputs and weights in 16-bit words, and accumulators.
  func memoryBytes(of accelerator: Accelerator) -> Int {
    accelerator.engines.filter { engines.contains($0.kind) }.reduce(0) { total, engine in
      let runtime = engine.kind.runtime
      let sizes = Dictionary(uniqueKeysWithValues: runtime.sizes.map { ($0.name, $0.value(engine)) })
      let counts = runtime.memories.map { $0.reduce(1) { $0 * (sizes[$1] ?? 1) } }
      return total + counts.dropLast().reduce(0) { $0 + 2 * $1 } + (counts.last ?? 0) * accumulatorBits / 8
    }
  }

  /// 32 where every accumulator fits, else 64.
  var accumulatorBits: Int { sumBits.max() ?? 32 }

  /// The runtime's, but for the configuration and the widths, which are the network's.
  var files: [(path: String, text: String)] {
    (RuntimeFiles.common + (hasEngines ? RuntimeFiles.engines : RuntimeFiles.processor))
      .filter { !["include/st_config.h", "include/st_registers.h", "include/st_widths.h"].contains($0.path) }
  }

  /// The macros of `st_config.h`, by the name after `ST_USES_`.
  var macros: [(name: String, isUsed: Bool)] {
    guard hasEngines else { return kernels.sorted().map { (Identifier.upperCased($0), true) } }
    return EngineKind.all.map { ($0.runtime.macro, engines.contains($0)) }
      + [32, 64].map { ("SUMS_\($0)", sumBits.contains($0)) }
      + [1, 2, 4].map { ("LANES_\($0)", products.contains($0)) }
      + [8, 16, 32, 64].map { ("CODES_\($0)", codeBits.contains($0)) }
      + [8, 16, 32, 64].map { ("OUTPUTS_\($0)", outputBits.contains($0)) }
      + RequantizationForm.macros.map { ($0, forms.contains($0)) }
  }
}
