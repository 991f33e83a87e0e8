import Diagnostics
import Text

extension AttributeReader {
  mutating func readParameterIfPresent(_ name: String) throws -> Parameter? {
    try readIfPresent(name) { try Parameter(scanning: &$0) }
  }

  mutating func readParameter(_ name: String) throws -> Parameter {
    if let parameter = try readParameterIfPresent(name) { return parameter }
    throw Diagnostic("no attribute '\(name)'", at: location, fix: "write \(name)=int4[shape](codes)*scale")
  }

  mutating func readWindow(size: Extent) throws -> Window {
    Window(
      size: size, stride: try read("stride", default: .one), dilation: try read("dilation", default: .one),
      padding: try read("padding", default: .some(.none)))
  }
}

extension AttributeWriter {
  mutating func write(_ name: String, _ parameter: Parameter?) {
    if let parameter { write(name, text: parameter.text(constants)) }
  }

  /// Everything but the size, which a kernel says already.
  mutating func write(_ window: Window) {
    write("stride", window.stride, unless: .one)
    write("dilation", window.dilation, unless: .one)
    write("padding", window.padding, unless: .none)
  }
}
