import COnnx

/// A model that protobuf-c took apart; its memory is freed when nothing points into it any more.
final class ParsedModel: @unchecked Sendable {
  let message: UnsafeMutablePointer<Onnx__ModelProto>

  /// - Returns: nil where the bytes are no such message.
  init?(_ bytes: [UInt8], isTooLarge: inout Bool) {
    // What small hardware runs has few nodes and much data: the data itself once more, and room for nodes.
    let budget = 2 * bytes.count + 64 << 20
    var overBudget: Int32 = 0
    let unpacked = bytes.withUnsafeBufferPointer { qcc_onnx_unpack($0.baseAddress, $0.count, budget, &overBudget) }
    isTooLarge = overBudget != 0
    guard let unpacked else { return nil }
    message = unpacked
  }

  deinit {
    qcc_onnx_free(message)
  }
}
