import Arrays
import Diagnostics
import Testing

@Suite struct ArrayFileTests {
  @Test func byName() throws {
    #expect(try ArrayFile.load(Fixtures.npy("fortran.npy")).shape == [2, 3, 4])
    let keras = Fixtures.hdf5("keras.h5")
    let kernel = try ArrayFile.load("\(keras):model_weights/dense/dense/kernel:0")
    #expect(kernel == NumericArray(shape: [3, 4], values: (0..<12).map { Double($0) / 8 }))
    let numbers = Fixtures.hdf5("numbers.h5")
    #expect(try ArrayFile.load("\(numbers):/bool").values == [1, 0, 1])
    #expect(try ArrayFile.load("\(numbers):>u8").values == [0, 3, 5])
    #expect(try ArrayFile.load("\(numbers):empty") == NumericArray(shape: [0], values: []))
  }

  @Test func problems() throws {
    let keras = Fixtures.hdf5("keras.h5")
    let place = Diagnostic.Location(file: keras)
    let supported = "NAME.npy, or FILE.h5:DATASET"
    let have = "'model_weights/dense/dense/bias:0', 'model_weights/dense/dense/kernel:0'"
    #expect(throws: Diagnostic("no dataset 'x'; it has \(have)", at: place)) { try ArrayFile.load("\(keras):x") }
    #expect(
      throws: Diagnostic(
        "no dataset is named", at: place, supported: supported, fix: "'\(keras):model_weights/dense/dense/bias:0'")
    ) { try ArrayFile.load(keras) }
    #expect(throws: Diagnostic("not a name of an array file", at: .init(file: "x.csv"), supported: supported)) {
      try ArrayFile.load("x.csv")
    }
    let numbers = Fixtures.hdf5("numbers.h5")
    let inexact = "integers that a 64-bit float holds exactly"
    #expect(
      throws: Diagnostic(
        "holds 9223372036854775807", at: .init(file: numbers, tensor: "extremes"), supported: inexact)
    ) { try ArrayFile.load("\(numbers):extremes") }
    #expect(throws: Diagnostic.self) { try ArrayFile.load("\(Fixtures.hdf5("strings.h5")):fixed") }
    #expect(throws: Diagnostic.self) { try ArrayFile.load("missing.h5:x") }
  }
}
