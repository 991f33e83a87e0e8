import Testing

/// `qcc widths`, used rightly and wrongly.
@Suite struct WidthsTests {
  @Test(arguments: [
    "widths", "widths ''", "widths x.h5 --inputs y.npy", "widths x.h5 --allow-drop 1", "widths x.h5 --labels y.npy",
    "widths x.h5 --allow-drop -1 --inputs y.npy", "widths x.h5 z.h5 --allow-drop 1 --inputs y.npy",
  ])
  func wrongUsage(_ words: String) throws {
    let result = try Command.run(words, in: "/")
    #expect(result.status == 2)
    #expect(result.errors.contains("Usage: qcc widths"), "\(result.errors)")
    #expect(result.output.isEmpty)
  }

  /// What is wrong with any of the networks is said at once.
  @Test func allProblemsAtOnce() throws {
    let result = try Command.run(
      "widths $T/refused/unquantized_middle.h5 $T/digits_dense.h5 $T/refused/lambda_layer.h5 nowhere.h5", in: "/")
    #expect(result.status == 1)
    #expect(result.output.isEmpty)
    for words in ["unquantized_middle.h5", "Lambda", "nowhere.h5: no such file"] {
      #expect(result.errors.contains(words), "\(result.errors)")
    }
    #expect(!result.errors.contains("digits_dense"))
  }

  @Test func wrongFiles() throws {
    let result = try Command.run(
      "widths $T/digits_dense.h5 --allow-drop 1 --inputs nowhere.npy --labels neither.npy", in: "/")
    #expect(result.status == 1)
    for words in ["nowhere.npy", "neither.npy"] { #expect(result.errors.contains(words), "\(result.errors)") }
  }

  /// The keys and columns that other programs rely on.
  @Test func formats() throws {
    let json = try Command.run("widths $T/digits_dense.h5 --format json", in: "/")
    for key in ["\"SF_OUT_INV\" : {", "\"totalBits\" : ", "\"oneBitLess\" : [", "\"codes\" : \"", "\"wanted\" : "] {
      #expect(json.output.contains(key), "\(key)")
    }
    let csv = try Command.run("widths $T/digits_dense.h5 --format csv", in: "/")
    #expect(csv.output.hasPrefix("network,layer,number,signed,total_bits,integer_bits\n"))
    let text = try Command.run("widths $T/digits_dense.h5 $T/digits_conv.h5 --counterexamples", in: "/")
    #expect(text.output.contains("all networks") && text.output.contains("one less"), "\(text.output)")
  }
}
