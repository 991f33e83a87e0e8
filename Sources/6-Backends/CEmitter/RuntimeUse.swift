import Schedule
import Targets

/// What of the runtime a schedule needs; the rest is left out when its project is compiled.
struct RuntimeUse {
  private(set) var engines = Set<EngineKind>()
  private(set) var products = Set<Int>()
  private(set) var codeBits = Set<Int>()
  private(set) var sumBits = Set<Int>()

  init(_ schedule: Schedule, storage: Storage) {
    for layer in schedule.layers {
      engines.insert(layer.shape.engine)
      products.insert(layer.mode.products)
      codeBits.insert(storage[layer.instruction.input].type.bits)
      sumBits.insert(layer.needsWideAccumulators ? 64 : 32)
    }
  }

  /// 32 where every accumulator fits, else 64.
  var accumulatorBits: Int { sumBits.max() ?? 32 }

  /// The macros of `st_config.h`, by the name after `ST_USES_`.
  var macros: [(name: String, isUsed: Bool)] {
    EngineKind.all.map { ($0.runtime.macro, engines.contains($0)) }
      + [32, 64].map { ("SUMS_\($0)", sumBits.contains($0)) }
      + [1, 2, 4].map { ("LANES_\($0)", products.contains($0)) }
      + [8, 16, 32, 64].map { ("CODES_\($0)", codeBits.contains($0)) }
  }
}
