import Files
import Targets

/// Writes `st_config.h`: the sizes of the accelerator's memories, and what of the runtime the network uses.
struct ConfigurationWriter {
  private let accelerator: Accelerator
  private let use: RuntimeUse

  init(_ accelerator: Accelerator, use: RuntimeUse) {
    self.accelerator = accelerator
    self.use = use
  }

  var text: SourceText {
    var text = SourceText()
    let sizes = accelerator.isProcessor ? "" : " and the sizes of its memories, in 16-bit words and accumulators"
    text.line("/* What the network uses of target '\(Identifier.comment(accelerator.name))'\(sizes). */")
    text.line("#ifndef ST_CONFIG_H\n#define ST_CONFIG_H\n")
    text.append(settings)
    text.line("\n/* Tells this runtime from others: see st_names.h. */\n#define ST_RUNTIME \(runtime)\n\n#endif")
    return text
  }

  /// The beginning of the hash of the settings and the runtime's sources.
  private var runtime: String {
    let sources = use.files.filter { !$0.path.hasPrefix("test/") }
    let registers = accelerator.isProcessor ? [] : RegisterHeader(accelerator).text.bytes
    let all = settings.bytes + registers + sources.flatMap { Array($0.text.utf8) }
    return String(SHA256.hexadecimal(all).prefix(8))
  }

  private var settings: SourceText {
    var text = SourceText()
    for engine in accelerator.engines {
      let runtime = engine.kind.runtime
      for size in runtime.sizes {
        text.line("#define ST_\(runtime.macro)_\(size.name) \(size.value(engine))")
      }
      text.line()
    }
    if !accelerator.isProcessor {
      text.line("/* What the bus moves, and how many accumulators are requantized, in a cycle. */")
      text.line("#define ST_BUS_BYTES \(accelerator.cycles.busBytesPerCycle)")
      text.line("#define ST_REQUANTIZERS \(accelerator.cycles.requantizedPerCycle)\n")
      text.line("/* 32 where every accumulator of the network fits, else 64. */")
      text.line("#define ST_ACCUMULATOR_BITS \(use.accumulatorBits)\n")
      text.line("/* 16 where every extent and number of slices fits, else 32. */")
      text.line("#define ST_EXTENT_BITS \(use.extentBits)\n")
      text.line("/* 32 where every multiplier of a requantization fits, else 64. */")
      text.line("#define ST_MULTIPLIER_BITS \(use.multiplierBits)\n")
      text.line(
        "/* What the network uses: engines, sums of 32 and 64 bits, products per multiplication, widths of what is read and of what is"
      )
      text.line(" * written, ways from accumulators to codes. */")
    }
    for macro in use.macros { text.line("#define ST_USES_\(macro.name) \(macro.isUsed ? 1 : 0)") }
    return text
  }
}
