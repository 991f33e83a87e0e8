import Backend
import Diagnostics
import IntegerProgram
import Quantization
import Schedule

/// Puts the files of a project together.
struct ProjectWriter {
  private let schedule: Schedule
  private let name: String
  private let provenance: String
  private let labels: [String]
  private let quantizations: [ProgramQuantization]
  private var program: IntegerProgram { schedule.program }
  private var storage: Storage { schedule.storage }

  /// - Parameters:
  ///   - name: nil: the program's.
  ///   - provenance: where the code comes from, a line.
  ///   - labels: of the numbers of the one output.
  ///   - quantizations: of the inputs, or none.
  init(
    _ schedule: Schedule, name: String?, provenance: String, labels: [String], quantizations: [ProgramQuantization]
  ) {
    self.labels = labels
    self.quantizations = quantizations
    self.provenance = provenance
    self.schedule = schedule
    self.name = name ?? Identifier.network(schedule.program.name)
  }

  func project(_ vectors: () -> TestVectors) throws(Diagnostics) -> Project {
    try check()
    let interface = InterfaceWriter(
      program, storage: storage, name: name, hasEngines: hasEngines, provenance: provenance, labels: labels,
      quantizations: quantizations)
    let bench = BenchWriter(program, storage: storage, name: name, hasEngines: hasEngines)
    let steps = try steps()
    let use = RuntimeUse(schedule, storage: storage, steps: steps)
    var constants = ConstantPool(accumulatorBits: use.accumulatorBits, extentBits: use.extentBits)
    let writer = LayersWriter(schedule, storage: storage, name: name)
    let layers = writer.text(steps: steps, constants: &constants)
    let memory = memory(constants, use)
    let host = hasEngines ? HostWork(schedule) : nil
    var files: [Project.File] = [
      .init(path: "include/\(name).h", contents: interface.header.bytes),
      .init(
        path: "include/st_config.h",
        contents: ConfigurationWriter(schedule.accelerator, use: use).text.bytes),
      .init(path: "src/constants.h", contents: constantsHeader(constants).bytes),
      .init(path: "src/constants.c", contents: constantsSource(constants).bytes),
      .init(path: "src/\(name).c", contents: layers.bytes),
      .init(path: "src/\(name)_context.c", contents: writer.ownContext.bytes),
      .init(path: "src/\(name)_interface.c", contents: interface.source.bytes),
      .init(
        path: "README.txt",
        contents: ProjectFiles.readme(program, name: name, memory: memory, host: host).bytes
      ),
    ]
    if let source = interface.quantizeSource {
      files.append(.init(path: "src/\(name)_quantize.c", contents: source.bytes))
    }
    if hasEngines {
      let accelerator = schedule.accelerator
      files.append(.init(path: "include/st_widths.h", contents: WidthsWriter(schedule.layers).text.bytes))
      files.append(.init(path: "include/st_registers.h", contents: RegisterHeader(accelerator).text.bytes))
      files.append(.init(path: "hardware/st_accelerator.rdl", contents: RegisterDescription(accelerator).text.bytes))
    }
    for file in use.files {
      files.append(.init(path: file.path, contents: Array(file.text.utf8)))
    }
    let samples = vectors().samples
    files.append(.init(path: "test/bench_network.c", contents: bench.network(samples: samples.count).bytes))
    for (index, sample) in samples.enumerated() {
      files.append(.init(path: "test/vectors_\(index).c", contents: bench.vectors(sample, index: index).bytes))
    }
    let sources = files.map(\.path).filter { $0.hasSuffix(".c") }.sorted()
    files.append(
      .init(
        path: "Makefile",
        contents: ProjectFiles.makefile(sources: sources, name: name, hasEngines: hasEngines).bytes))
    return Project(name: name, files: files, memory: memory, host: host)
  }

  private var hasEngines: Bool { !schedule.accelerator.isProcessor }

  /// What the engines do for each layer.
  private func steps() throws(Diagnostics) -> [LayerSteps] {
    var problems = Diagnostics()
    let steps = schedule.layers.map { layer in
      let steps = LayerSteps(layer)
      if steps.count > LayerSteps.limit {
        problems.report(
          Diagnostic(
            "\(steps.count) steps of tiles", at: .init(layer: layer.name),
            supported: "up to \(LayerSteps.limit) in emitted C", fix: "give the target's engines larger memories"))
      }
      return steps
    }
    try problems.throwIfErrors()
    return steps
  }

  private func memory(_ constants: ConstantPool, _ use: RuntimeUse) -> Project.Memory {
    Project.Memory(
      constants: constants.sizes.map { .init($0.kind.rawValue, $0.bytes) },
      arrays: [.init("feature maps", storage.bytes, least: storage.leastBytes(of: program))]
        + (hasEngines ? [.init("the engines' memories", use.memoryBytes(of: schedule.accelerator))] : []))
  }

  /// What the C cannot do, or a program cannot be linked with.
  private func check() throws(Diagnostics) {
    var problems = Diagnostics()
    if storage.bytes > 1 << 30 {
      problems.report(
        Diagnostic("the feature maps take \(storage.bytes) bytes", supported: "up to 1 GiB in emitted C"))
    }
    let values = program.outputs.map(program.valueCount)
    if !labels.isEmpty, values != [labels.count] {
      problems.report(
        Diagnostic(
          "\(labels.count) labels",
          supported: values.count == 1
            ? "one for each of the \(values[0]) numbers of the output" : "networks with one output"))
    }
    let accelerator = schedule.accelerator
    for layer in schedule.layers {
      let mode = layer.mode
      if ![1, 2, 4].contains(mode.products) || mode.wideBits * mode.products > 16 {
        problems.report(
          Diagnostic(
            "multiplier mode \(mode.name) has \(mode.products) products of up to \(mode.wideBits)-bit operands"
              + " (line \(accelerator.line(of: "modes.\(mode.name)")))",
            at: .init(file: accelerator.file, layer: layer.name),
            supported: "1, 2 or 4 products of 16-, 8- or 4-bit operands on 16-bit ports in emitted C"))
      }
    }
    try problems.throwIfErrors()
  }

  private func constantsHeader(_ constants: ConstantPool) -> SourceText {
    var text = SourceText("/* Weights and constants of the layers. */\n#ifndef CONSTANTS_H\n#define CONSTANTS_H\n\n")
    text.write("#include \"\(hasEngines ? "st_accelerator.h" : "st_processor.h")\"\n\n")
    text.append(constants.declarations)
    text.write("\n#endif\n")
    return text
  }

  private func constantsSource(_ constants: ConstantPool) -> SourceText {
    var text = SourceText("#include \"constants.h\"\n#include \"st_placement.h\"\n\n")
    text.append(constants.definitions)
    return text
  }
}
