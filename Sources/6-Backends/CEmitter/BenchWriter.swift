import Backend
import IntegerProgram
import Schedule

/// Writes what the test bench knows of the network: its tensors, buffers and vectors.
struct BenchWriter {
  private let program: IntegerProgram
  private let storage: Storage
  private let name: String
  private let hasEngines: Bool

  init(_ program: IntegerProgram, storage: Storage, name: String, hasEngines: Bool) {
    self.hasEngines = hasEngines
    self.program = program
    self.storage = storage
    self.name = name
  }

  func network(samples: Int) -> SourceText {
    let traced = program.tracedTensors
    var text = SourceText("#include \"bench.h\"\n\n#include <stddef.h>\n\n#include \"\(name).h\"\n\n")
    func named(_ ids: [TensorID]) -> [(String, TensorID)] { ids.map { (program[$0].name, $0) } }
    table("bench_inputs", "bench_input_count", named(program.inputs), into: &text)
    table("bench_outputs", "bench_output_count", program.outputs.map { ($0.name, $0.tensor) }, into: &text)
    table("bench_tensors", "bench_tensor_count", named(traced), into: &text)
    buffers("input", program.inputs, into: &text)
    buffers("output", program.outputs.map(\.tensor), into: &text)
    values(into: &text)
    let reading = program.inputs.indices.map { "input_buffer_\($0)" }.joined(separator: ", ")
    text.line("const void *const bench_input_codes[] = {\(reading)};\n")
    for sample in 0..<samples {
      text.line("extern const bench_sample bench_sample_\(sample);")
    }
    text.line("const int bench_sample_count = \(samples);")
    text.line("const bench_sample *const bench_samples[] = {")
    for sample in 0..<samples { text.line("    &bench_sample_\(sample),") }
    text.line("    NULL};\n")
    let arguments =
      program.inputs.indices.map { "inputs[\($0)]" } + program.outputs.indices.map { "outputs[\($0)]" }
    text.write(
      """
      int bench_run(const void *const inputs[], void *const outputs[], void (*made)(int tensor, const void *codes))
      {
      #if ST_HLS
          (void)made;
      #else
          \(name)_trace(made);
      #endif
          \(hasEngines ? "return (int)" : "")\(name)_run(\(arguments.joined(separator: ", ")));\(hasEngines ? "" : "\n    return 0;")
      }

      """)
    return text
  }

  func vectors(_ sample: TestVectors.Sample, index: Int) -> SourceText {
    var text = SourceText("#include \"bench.h\"\n\n#include <stddef.h>\n\n")
    arrays("input", sample.inputs, program.inputs, into: &text)
    arrays("output", sample.outputs, program.outputs.map(\.tensor), into: &text)
    if !sample.checksums.isEmpty {
      text.line("static const uint64_t checksums[] = {")
      for id in program.tracedTensors { text.line("    \(sample.checksums[id.index])u,") }
      text.line("};\n")
    }
    text.line("extern const bench_sample bench_sample_\(index);")
    let checksums = sample.checksums.isEmpty ? "NULL" : "checksums"
    text.line("const bench_sample bench_sample_\(index) = {inputs, outputs, \(checksums)};")
    return text
  }

  /// The numbers of the outputs.
  private func values(into text: inout SourceText) {
    let counts = program.outputs.map(program.valueCount)
    for (index, count) in counts.enumerated() { text.line("static double values_\(index)[\(count)];") }
    let names = counts.indices.map { "values_\($0)" }.joined(separator: ", ")
    text.line("const double *const bench_values[] = {\(names)};")
    text.line("const long bench_value_counts[] = {\(counts.map(String.init).joined(separator: ", "))};\n")
    text.line("void bench_dequantize(void)\n{")
    let interface = InterfaceWriter(program, storage: storage, name: name, hasEngines: hasEngines)
    for call in interface.dequantizations(codes: "output_buffer_", values: "values_") { text.line("    \(call)") }
    text.line("}\n")
  }

  private func table(
    _ array: String, _ count: String, _ tensors: [(name: String, id: TensorID)], into text: inout SourceText
  ) {
    text.line("const int \(count) = \(tensors.count);")
    text.line("const bench_tensor \(array)[] = {")
    for (name, id) in tensors {
      text.line(
        "    {\(Identifier.literal(name)), \(storage[id].type.bytes), \(storage[id].type.isSigned ? 1 : 0), "
          + "\(program[id].shape.elements)},")
    }
    // A last entry, because C99 has no empty arrays.
    text.line("    {NULL, 0, 0, 0}};\n")
  }

  private func buffers(_ kind: String, _ ids: [TensorID], into text: inout SourceText) {
    for (index, id) in ids.enumerated() {
      text.line("static \(storage[id].type.name) \(kind)_buffer_\(index)[\(program[id].shape.elements)];")
    }
    let names = ids.indices.map { "\(kind)_buffer_\($0)" }.joined(separator: ", ")
    text.line("void *const bench_\(kind)_buffers[] = {\(names)};\n")
  }

  private func arrays(_ kind: String, _ codes: [[Int64]], _ ids: [TensorID], into text: inout SourceText) {
    for (index, id) in ids.enumerated() {
      text.line("static const \(storage[id].type.name) \(kind)_\(index)[] = {")
      text.integers(codes[index])
      text.line("\n};\n")
    }
    let names = ids.indices.map { "\(kind)_\($0)" }.joined(separator: ", ")
    text.line("static const void *const \(kind)s[] = {\(names)};\n")
  }
}
