import Arrays
import Diagnostics
import Testing
import TestSupport

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The files that testdata/npy/make.py wrote with NumPy.
@Suite struct NpyFileTests {
  @Test(arguments: ["little", "big"], ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"])
  func numberTypes(order: String, type: String) throws {
    let array = try NpyFile.load(Fixtures.npy("\(type)_\(order).npy"))
    #expect(array.shape == [2, 3])
    #expect(array.values == (type.hasPrefix("u") ? [3, 0, 5, 1, 1, 100] : [-3, 0, 5, 1, -1, 100]))
  }

  @Test(arguments: ["fortran", "version_2", "version_3"]) func orderAndVersions(name: String) throws {
    let array = try NpyFile.load(Fixtures.npy("\(name).npy"))
    #expect(array.shape == [2, 3, 4])
    #expect(array.values == (0..<24).map(Double.init))
  }

  @Test func specialArrays() throws {
    #expect(try NpyFile.load(Fixtures.npy("bool.npy")).values == [1, 0, 1])
    #expect(try NpyFile.load(Fixtures.npy("scalar.npy")) == NumericArray(shape: [], values: [2.5]))
    #expect(try NpyFile.load(Fixtures.npy("none.npy")) == NumericArray(shape: [0, 3], values: []))
    #expect(try NpyFile.load(Fixtures.npy("exact.npy")).values == [-0x1p53, 0x1p53, 0x1p62])
    let special = try NpyFile.load(Fixtures.npy("special.npy")).values
    #expect(special[0].isNaN)
    #expect(special[1...] == [.infinity, -.infinity, 0, 1.0 / 3])
    #expect(special[3].sign == .minus)
  }

  @Test(arguments: [
    ("inexact.npy", "holds 9007199254740993"), ("complex.npy", "the array has elements of type '<c16'"),
    ("text.npy", "the array has elements of type '<U1'"), ("records.npy", "the array has records as elements"),
    ("objects.npy", "the array has elements of type '|O'"), ("make.py", "not a NumPy .npy file"),
    ("missing.npy", "no such file"), (".", "is a folder, not a file"),
  ]) func refused(name: String, message: String) throws {
    let path = Fixtures.npy(name)
    let problem = try #require(throws: Diagnostic.self) { try NpyFile.load(path) }
    #expect(problem.found == message)
    #expect(problem.location.file == path)
  }

  @Test func truncatedAnywhereAndMutated() throws {
    let whole = [UInt8](try Data(contentsOf: URL(filePath: Fixtures.npy("fortran.npy"))))
    try Folder.with { folder in
      let path = "\(folder)/x.npy"
      for length in 0..<whole.count {
        try Data(whole[..<length]).write(to: URL(filePath: path))
        let problem = try #require(throws: Diagnostic.self) { try NpyFile.load(path) }
        #expect(!problem.found.isEmpty)
      }
      for position in 0..<128 {
        for byte: UInt8 in [0x28, 0x39, 0xff] {
          var bytes = whole
          bytes[position] = byte
          try Data(bytes).write(to: URL(filePath: path))
          do { _ = try NpyFile.load(path) } catch let problem as Diagnostic { #expect(!problem.found.isEmpty) }
        }
      }
    }
  }

  @Test func shapesWithoutElements() throws {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }\n"
    try Folder.with { folder in
      let path = "\(folder)/x.npy"
      try Data([0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8))
        .write(to: URL(filePath: path))
      let found = "the file is truncated or damaged: its shape is [4611686018427387904, 4], and it has 0 elements"
      #expect(throws: Diagnostic(found, at: .init(file: path))) { try NpyFile.load(path) }
    }
  }

  /// Byte for byte what NumPy writes.
  @Test(arguments: NumericType.allCases) func writesAsNumPyDoes(type: NumericType) throws {
    let name = type == .bool ? "bool.npy" : "\(type.rawValue)_little.npy"
    let path = Fixtures.npy(name)
    let array = try NpyFile.load(path)
    try Folder.with { folder in
      let copy = "\(folder)/copy.npy"
      try NpyFile.save(array, as: type, to: copy)
      #expect(try Data(contentsOf: URL(filePath: copy)) == Data(contentsOf: URL(filePath: path)))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["copy.npy"])
    }
  }

  @Test func writesOnlyWhatTheTypeHolds() throws {
    let array = NumericArray(shape: [2], values: [1, 128])
    #expect(throws: Diagnostic("the value 128.0", supported: "integers from -128 to 127")) {
      try NpyFile.encode(array, as: .int8)
    }
    #expect(throws: Diagnostic.self) { try NpyFile.encode(array, as: .bool) }
    #expect(throws: Diagnostic.self) { try NpyFile.encode(NumericArray(shape: [], values: [0.5]), as: .int32) }
    #expect(throws: Diagnostic.self) { try NpyFile.encode(NumericArray(shape: [], values: [.nan]), as: .int64) }
  }

  @Test func unwritable() throws {
    let array = NumericArray(shape: [1], values: [1])
    try Folder.with { folder in
      #expect(throws: Diagnostic("is a folder: no file can be written there", at: .init(file: folder))) {
        try NpyFile.save(array, as: .float32, to: folder)
      }
      let inside = "\(folder)/no/x.npy"
      #expect(throws: Diagnostic("cannot be written: its folder does not exist", at: .init(file: inside))) {
        try NpyFile.save(array, as: .float32, to: inside)
      }
    }
  }
}
