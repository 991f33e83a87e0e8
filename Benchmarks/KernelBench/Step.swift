import CValueKernels

/// A step between linear layers, over a 32x32x16 feature map.
struct Step {
  var name: String
  /// Seconds of one run.
  var seconds: Double

  static let (height, width, channels): (Int32, Int32, Int32) = (32, 32, 16)
  static let elements = Int(height * width * channels)

  /// Runs every step.
  static func measureAll() -> [Step] {
    let acc32 = (0..<elements).map { _ in Int32.random(in: -100_000...100_000) }
    let acc64 = acc32.map(Int64.init)
    let positions = elements / Int(channels)
    var codes = [Int16](repeating: 0, count: elements)
    var steps: [Step] = []
    func run(_ name: String, _ body: () -> Void) { steps.append(Step(name: name, seconds: KernelBench.measure(body))) }

    for (name, multiplier, shift) in [
      ("32-bit", Int64(1500), Int32(20)), ("64-bit", 1 << 40, 50), ("128-bit", 1 << 60, 70),
    ] {
      for halfEven in [false, true] {
        let channel = qcc_requant_channel(
          multiplier: multiplier, offset_high: 0, offset_low: 77, acc_low: -100_000, acc_high: 100_000, shift: shift,
          zero_point: 3, low: -128, high: 127, half_even: halfEven)
        guard let requant = qcc_pack_requant(Array(repeating: channel, count: Int(channels)), Int(channels)) else {
          continue
        }
        defer { qcc_free_requant(requant) }
        let rounding = halfEven ? "half even" : "floor"
        run("requantize \(name) \(rounding), int32") { qcc_requantize_i32_i16(requant, acc32, positions, &codes) }
        run("requantize \(name) \(rounding), int64") { qcc_requantize_i64_i16(requant, acc64, positions, &codes) }
      }
    }
    for count in [3, 15, 255] {
      let thresholds = (0..<Int(channels)).flatMap { _ in
        (0..<count).map { _ in Int64.random(in: -100_000...100_000) }.sorted()
      }
      let tableCodes = (0..<Int(channels)).flatMap { _ in (0...count).map(Int32.init) }
      let counts = Array(repeating: count, count: Int(channels))
      guard let table = qcc_pack_thresholds(Int(channels), counts, thresholds, tableCodes) else { continue }
      defer { qcc_free_thresholds(table) }
      run("\(count) thresholds, int32") { qcc_threshold_i32_i16(table, acc32, positions, &codes) }
    }
    codes.withUnsafeBufferPointer { x in
      guard let x = x.baseAddress else { return }
      var sums = [Int64](repeating: 0, count: elements)
      run("weighted sum of two int16") { qcc_weighted_sum_i16_i64(2, [x, x], [3, 5], elements, &sums) }
      x.withMemoryRebound(to: UInt8.self, capacity: elements) { x in
        var channel = qcc_requant_channel()
        (channel.multiplier, channel.shift, channel.acc_high, channel.high) = (1500, 24, 255 * 80_000, 255)
        guard let requant = qcc_pack_requant([channel], 1) else { return }
        defer { qcc_free_requant(requant) }
        var sum = [UInt8](repeating: 0, count: elements)
        run("codes of the sum of two of bytes") {
          qcc_sum_codes_u8(2, [x, x], [30_000, 50_000], elements, requant, 1, &sum)
        }
      }
      var pool = qcc_pool_geometry(
        in_height: height, in_width: width, channels: channels, out_height: 16, out_width: 16, kernel_height: 2,
        kernel_width: 2, stride_height: 2, stride_width: 2, pad_top: 0, pad_left: 0)
      var largest = [Int16](repeating: 0, count: elements)
      run("max pool 2x2/2 int16") { qcc_max_pool_i16(&pool, x, &largest) }
      (pool.out_height, pool.out_width, pool.kernel_height, pool.kernel_width) = (1, 1, height, width)
      var total = [Int32](repeating: 0, count: Int(channels))
      run("global sum pool int16") { qcc_sum_pool_i16_i32(&pool, x, &total) }
    }
    return steps
  }
}
