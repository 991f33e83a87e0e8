import Foundation
import Diagnostics
import HDF5
import TestSupport
import Testing

/// The files that testdata/hdf5/make.py wrote with h5py.
@Suite struct ValueTests {
  @Test func kerasStructure() throws {
    let root = try H5File(Fixtures.path("keras.h5")).root
    #expect(try root.attribute("keras_version") == "2.15.0")
    #expect(try root.attribute("model_config")?.hasPrefix(#"{"class_name": "Sequential""#) == true)
    #expect(try root.attribute("training_config") == nil)
    let weights = try root.group("model_weights")
    #expect(try weights.stringArray(attribute: "layer_names") == ["dense", "flatten"])
    #expect(try weights.group("flatten").stringArray(attribute: "weight_names") == [])
    let kernel = try weights.dataset("dense/dense/kernel:0")
    #expect(kernel.shape == [3, 4])
    #expect(kernel.path == "model_weights/dense/dense/kernel:0")
    #expect(try kernel.floats == (0..<12).map { Float($0) / 8 })
    #expect(try weights.dataset("dense/dense/bias:0").doubles == [1, -2, 3, -4])
  }

  @Test(arguments: ["<", ">"], ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"])
  func numberTypes(order: String, type: String) throws {
    let dataset = try H5File(Fixtures.path("numbers.h5"), only: [order + type]).root.dataset(order + type)
    let isUnsigned = type.hasPrefix("u")
    #expect(try dataset.doubles == (isUnsigned ? [0, 3, 5] : [-3, 0, 5]))
    #expect(try dataset.floats == (isUnsigned ? [0, 3, 5] : [-3, 0, 5]))
    let bits = 8 * (Int(type.dropFirst()) ?? 0)
    switch type.first {
    case "i": #expect(dataset.elementType == .signed(bits: bits))
    case "u": #expect(dataset.elementType == .unsigned(bits: bits))
    default: #expect(dataset.elementType == .float(bits: bits))
    }
    if type.hasPrefix("f") {
      #expect(throws: Diagnostic.self) { try dataset.ints }
    } else {
      #expect(try dataset.ints == (isUnsigned ? [0, 3, 5] : [-3, 0, 5]))
    }
  }

  @Test(arguments: ["gzip", "shuffled", "checked", "big_endian_gzip", "scale_offset", "partly_written"])
  func storages(name: String) throws {
    let dataset = try H5File(Fixtures.path("numbers.h5")).root.dataset(name)
    #expect(dataset.shape == [4, 6])
    let fill = name == "partly_written" ? 12 : 0
    #expect(try dataset.doubles == (0..<24).map { $0 < fill ? 7 : Double($0) })
  }

  @Test func specialNumbers() throws {
    let path = Fixtures.path("numbers.h5")
    let root = try H5File(path).root
    #expect(try root.dataset("bool").ints == [1, 0, 1])
    #expect(try root.dataset("bool").elementType == .enumeration(bits: 8))
    #expect(try root.dataset("enum").ints == [2, 1])
    #expect(try root.dataset("scalar").shape == [])
    #expect(try root.dataset("scalar").doubles == [2.5])
    #expect(try root.dataset("third").doubles == [1.0 / 3])
    #expect(try root.dataset("none").shape == [0, 3])
    #expect(try root.dataset("none").floats == [])
    #expect(try root.dataset("empty").shape == [0])
    #expect(try root.dataset("extremes").ints == [.min, .max])
    #expect(try root.dataset("beyond").doubles == [0x1p64])
    #expect(
      throws: Diagnostic(
        "holds 18446744073709551615", at: .init(file: path, tensor: "beyond"),
        supported: "integers up to 9223372036854775807")
    ) { try root.dataset("beyond").ints }
    #expect(try root.dataset("soft").ints == [-7])
    #expect(try root.dataset("hard/deep").ints == [-7])
    #expect(throws: Diagnostic.self) { try root.dataset("lzf").floats }
    #expect(throws: Diagnostic.self) { try root.dataset("scalar").strings }
  }

  @Test func strings() throws {
    let root = try H5File(Fixtures.path("strings.h5")).root
    for (name, texts) in [
      ("variable", ["grüß"]), ("variable_array", ["a", "", "ccc"]), ("variable_grid", ["a", "b", "c", "d"]),
      ("fixed", ["fixed"]), ("fixed_array", ["a", "", "ccc"]), ("utf8", ["grüß"]),
    ] {
      #expect(try root.stringArray(attribute: name) == texts)
      #expect(try root.dataset(name).strings == texts)
    }
    #expect(try root.dataset("null_terminated").strings == ["abc"])
    #expect(try root.dataset("space_padded").strings == ["abc"])
    #expect(throws: Diagnostic.self) { try root.attribute("fixed_array") }
    #expect(throws: Diagnostic.self) { try root.dataset("fixed").floats }
  }

  @Test func longAndSplitAttributes() throws {
    let root = try H5File(Fixtures.path("attributes.h5")).root
    let names = (0..<100).map { "layer_" + String("00\($0)".suffix(3)) }
    #expect(root.attributes.contains { $0.name == "layer_names3" })
    #expect(try root.stringArray(attribute: "layer_names") == names)
    #expect(try root.attribute("long") == String(repeating: "0123456789abcdef", count: 4375))
    #expect(try root.attribute("long_variable") == String(repeating: "é", count: 35000))
    #expect(try root.attribute("text") == "one text in pieces")
    #expect(root.attributes.filter { $0.name.hasPrefix("many_") }.count == 12)
  }

  @Test(arguments: [
    ("records", "has compound elements (records, or complex numbers)"),
    ("complex", "has compound elements (records, or complex numbers)"), ("opaque", "has opaque bytes"),
    ("arrays", "has elements that are arrays themselves"), ("ragged", "has elements of varying length"),
    ("reference", "has references to other objects"),
  ]) func otherTypes(name: String, message: String) throws {
    let path = Fixtures.path("unreadable.h5")
    let root = try H5File(path).root
    #expect(throws: Diagnostic(message, at: .init(file: path, tensor: name), supported: "numbers")) {
      try root.dataset(name).floats
    }
    #expect(try root.dataset("readable").floats == [1])
  }

  @Test func userBlock() throws {
    #expect(try H5File(Fixtures.path("user_block.h5")).root.dataset("x").floats == [1, 2, 3])
  }

  /// Of a large file; what a small one holds is all read at once.
  @Test func structureWithoutElements() throws {
    try Folder.with { folder in
      let whole = Fixtures.path("keras.h5")
      let path = "\(folder)/large.h5"
      try (Data(contentsOf: URL(filePath: whole)) + Data(count: 4 << 20)).write(to: URL(filePath: path))
      let file = try H5File(path, structureOnly: true)
      let bias = try file.root.dataset("model_weights/dense/dense/bias:0")
      #expect(bias.shape == [4])
      #expect(throws: Diagnostic.self) { try bias.floats }
      let read = try file.reading([bias.path, "model_weights/nothing"]).root
      #expect(read.allDatasets.map(\.path) == [bias.path])
      let small = try H5File(whole, structureOnly: true).root.dataset(bias.path).floats
      #expect(try read.dataset(bias.path).floats == small)
    }
  }

  @Test func attributesThatAreAskedFor() throws {
    let path = Fixtures.path("attributes.h5")
    let root = try H5File(path, attributes: ["layer_names", "text", "lon"]).root
    #expect(Set(root.attributes.map { $0.name.prefix { !$0.isNumber } }) == ["layer_names", "text"])
    #expect(try root.stringArray(attribute: "layer_names")?.count == 100)
    #expect(try H5File(path, attributes: []).root.attributes.isEmpty)
  }

  @Test func missing() throws {
    let path = Fixtures.path("keras.h5")
    let root = try H5File(path).root
    let place = Diagnostic.Location(file: path)
    #expect(throws: Diagnostic("no group 'weights'; it has 'model_weights'", at: place)) { try root.group("weights") }
    #expect(
      throws: Diagnostic(
        "no dataset 'kernel' in group 'model_weights/dense'; it has 'dense/bias:0', 'dense/kernel:0'", at: place)
    ) { try root.group("model_weights/dense").dataset("kernel") }
  }
}
