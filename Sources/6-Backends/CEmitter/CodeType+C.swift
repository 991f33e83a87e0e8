import Schedule

extension CodeType {
  /// The C type: `int8_t` to `int64_t`.
  var name: String { "int\(bits)_t" }
}
