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
    let conv2D = accelerator.conv2D
    let depthwise = accelerator.depthwise
    let dense = accelerator.fullyConnected
    var text = SourceText()
    text.line(
      "/* Sizes of the memories of target '\(Identifier.comment(accelerator.name))', in 16-bit words and accumulators. */"
    )
    text.line("#ifndef ST_CONFIG_H\n#define ST_CONFIG_H\n")
    let groups: [[(String, Int)]] = [
      [
        ("CONV2D_INPUT_ROWS", conv2D.inputMemory.rows), ("CONV2D_INPUT_COLUMNS", conv2D.inputMemory.columns),
        ("CONV2D_INPUT_CHANNELS", max(conv2D.inputMemory.channels, conv2D.weightMemory.inputChannels)),
        ("CONV2D_OUTPUT_ROWS", conv2D.outputMemory.rows), ("CONV2D_OUTPUT_COLUMNS", conv2D.outputMemory.columns),
        ("CONV2D_OUTPUT_CHANNELS", max(conv2D.outputMemory.channels, conv2D.weightMemory.outputChannels)),
        ("CONV2D_KERNEL_ROWS", conv2D.weightMemory.kernelRows),
        ("CONV2D_KERNEL_COLUMNS", conv2D.weightMemory.kernelColumns),
      ],
      [
        ("DWCONV_INPUT_ROWS", depthwise.inputMemory.rows), ("DWCONV_INPUT_COLUMNS", depthwise.inputMemory.columns),
        ("DWCONV_OUTPUT_ROWS", depthwise.outputMemory.rows), ("DWCONV_OUTPUT_COLUMNS", depthwise.outputMemory.columns),
        ("DWCONV_CHANNELS", max(depthwise.inputMemory.channels, depthwise.outputMemory.channels)),
        ("DWCONV_KERNEL_ROWS", depthwise.weightMemory.kernelRows),
        ("DWCONV_KERNEL_COLUMNS", depthwise.weightMemory.kernelColumns),
      ],
      [
        ("FC_INPUTS", dense.inputMemory.elements),
        ("FC_OUTPUTS", max(dense.outputMemory.elements, dense.weightMemory.outputChannels)),
      ],
    ]
    for group in groups {
      for (name, value) in group { text.line("#define ST_\(name) \(value)") }
      text.line()
    }
    text.line("/* 32 where every accumulator of the network fits, else 64. */")
    text.line("#define ST_ACCUMULATOR_BITS \(use.accumulatorBits)\n")
    text.line(
      "/* What the network uses: engines, sums of 32 and 64 bits, products per multiplication, widths of feature maps' codes. */"
    )
    for macro in use.macros { text.line("#define ST_USES_\(macro.name) \(macro.isUsed ? 1 : 0)") }
    text.line("\n#endif")
    return text
  }
}
