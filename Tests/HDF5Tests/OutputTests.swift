import Foundation
import HDF5
import TestSupport
import Testing

/// What is written is read again, and is the same bytes every time.
@Suite struct OutputTests {
  private var output: H5Output {
    var output = H5Output()
    output.put(String(repeating: "é😀 ", count: 30_000), named: "long")
    output.put("", named: "empty", at: "a/b")
    output.put(["one", "zwei", ""], named: "names", at: "a")
    output.put([], named: "none", at: "a/c")
    output.put([1.5, -0.1, .greatestFiniteMagnitude, 0x1p-149, 0, 7], shape: [2, 3], at: "a/b/numbers:0")
    output.put([], shape: [0, 4], at: "nothing")
    return output
  }

  @Test func isReadAgain() throws {
    let folder = try Folder()
    let path = "\(folder.path)/o.h5"
    try Data(output.bytes(file: path)).write(to: URL(filePath: path))
    let root = try H5File(path).root
    #expect(try root.attribute("long") == String(repeating: "é😀 ", count: 30_000))
    #expect(try root.group("a/b").attribute("empty") == "")
    #expect(try root.group("a").stringArray(attribute: "names") == ["one", "zwei", ""])
    #expect(try root.group("a/c").stringArray(attribute: "none") == [])
    let numbers = try root.dataset("a/b/numbers:0")
    #expect(numbers.shape == [2, 3] && numbers.elementType == .float(bits: 32))
    #expect(try numbers.floats == [1.5, -0.1, .greatestFiniteMagnitude, 0x1p-149, 0, 7])
    #expect(try root.dataset("nothing").shape == [0, 4])
  }

  @Test func theSameContentIsTheSameBytes() throws {
    #expect(try output.bytes(file: "a.h5") == output.bytes(file: "b.h5"))
  }

  /// More texts than one attribute of HDF5 holds.
  @Test func whatDoesNotFitIsSaid() {
    var output = H5Output()
    output.put((0..<10_000).map { "layer_\($0)" }, named: "layer_names", at: "model_weights")
    output.put([1], shape: [1], at: "after")
    #expect {
      try output.bytes(file: "o.h5")
    } throws: { "\($0)".contains("o.h5: HDF5 cannot hold the network") }
  }
}
