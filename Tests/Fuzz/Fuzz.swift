import Foundation
import FuzzSupport

/// The target that `QCC_FUZZ` names.
private let target: FuzzTarget = {
  let name = ProcessInfo.processInfo.environment["QCC_FUZZ"] ?? ""
  guard let target = FuzzTarget(rawValue: name) else {
    fatalError("QCC_FUZZ=\(name): set it to one of \(FuzzTarget.allCases.map(\.rawValue))")
  }
  return target
}()

/// libFuzzer calls this with input after input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  _ = target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}
