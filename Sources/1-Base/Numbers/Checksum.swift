/// FNV-1a with codes in place of bytes, as benches of emitted projects compute it.
package struct Checksum {
  package var value: UInt64

  @inlinable
  package init() { value = 14_695_981_039_346_656_037 }

  package init(of codes: [Int64]) {
    self.init()
    for code in codes { take(code) }
  }

  @inlinable
  package mutating func take(_ code: Int64) { value = (value ^ UInt64(bitPattern: code)) &* 1_099_511_628_211 }
}
