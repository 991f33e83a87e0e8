import CValueKernels

/// Prints the speed of the value simulator's kernels on the layers of real networks, in billions of
/// multiply-accumulates per second and thread, next to a plain C dot product. Codes of bytes and of int16 with their
/// requantization, sums of 64 bits of int16 without.
@main struct KernelBench {
  static func main() {
    let baseline = DotProduct(elements: 4096)
    print("dot product of 8-bit codes  \(format(baseline.speed())) GMAC/s")
    for isa in [QCC_ISA_AVX512, QCC_ISA_AVX2, QCC_ISA_BASELINE] {
      qcc_isa_limit(isa)
      guard qcc_isa_current() == isa else { continue }
      print("\n\(name(isa))")
      print("\(pad("layer", 34))\(pad("bytes", 9))\(pad("int16", 9))\(pad("i64", 9))float64   GMAC/s")
      for network in Network.all { report(network) }
      print("\n\(pad("step on 32x32x16", 34))ns/element")
      for step in Step.measureAll() {
        print("\(pad(step.name, 34))\(hundredths(step.seconds * 1e9 / Double(Step.elements)))")
      }
    }
  }

  private static func report(_ network: Network) {
    var (macs, seconds) = (0.0, 0.0)
    for layer in network.layers {
      guard let run = LayerRun(layer) else {
        print("\(layer.name): cannot be packed")
        continue
      }
      let runs = [run.ofBytes, run.ofWords, run.wide, run.reference].map { measure($0) }
      let speeds = runs.map { pad(format(layer.macs / $0 / 1e9), 9) }
      print(pad(layer.name, 34) + speeds.joined())
      macs += layer.macs
      seconds += runs[0]
    }
    let perSecond = Double(network.samples) / seconds
    print("\(pad(network.name, 34))\(pad(format(macs / seconds / 1e9), 9))\(Int(perSecond)) samples/s")
  }

  /// Seconds of one call: the best of several rounds of at least 5 ms.
  static func measure(_ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    func seconds(_ calls: Int) -> Double {
      let time = clock.measure { for _ in 0..<calls { body() } }
      return Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18
    }
    var calls = 1
    while seconds(calls) < 5e-3 { calls *= 2 }
    return (0..<5).map { _ in seconds(calls) / Double(calls) }.min() ?? .infinity
  }

  static func format(_ value: Double) -> String {
    let tenths = Int(value * 10 + 0.5)
    return "\(tenths / 10).\(tenths % 10)"
  }

  private static func hundredths(_ value: Double) -> String {
    let whole = Int(value * 100 + 0.5)
    return "\(whole / 100).\(whole % 100 / 10)\(whole % 10)"
  }

  private static func pad(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(width - text.count, 1))
  }

  private static func name(_ isa: qcc_isa) -> String {
    switch isa {
    case QCC_ISA_BASELINE: "baseline"
    case QCC_ISA_AVX2: "AVX2"
    default: "AVX-512"
    }
  }
}
