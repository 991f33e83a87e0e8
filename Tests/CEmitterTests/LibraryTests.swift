import Backend
import CEmitter
import Diagnostics
import Foundation
import IntegerProgram
import IntegerProgramTestSupport
import Schedule
import Targets
import TestSupport
import Testing

/// Archives of networks in one program of a user's.
@Suite struct LibraryTests {
  /// A network's archive, and what a C++ program has to say to run it on a sample.
  private struct Library {
    let name: String
    let project: CProject
    let sample: TestVectors.Sample

    init(_ name: String, seed: UInt64) throws {
      var (random, accelerator) = try RandomProgram.mixed(seed: seed)
      let program = random.program
      let tensors = NaiveProgram(program: program).run(random.inputs())
      self.name = name
      sample = TestVectors.Sample(tensors: tensors, of: program)
      project = try CProject(
        CEmitter(network: name).project(Schedule(program, for: accelerator), vectors: TestVectors(samples: [sample])))
      let (status, output) = try project.run("/usr/bin/env", ["make", "-s", "lib"])
      try #require(status == 0, "\(output)")
    }

    var archive: String { project.url("lib\(name).a").path }
    var includes: String { "-I\(project.url("include").path)" }

    /// The types of the parameters of `_run`, in their order.
    private var types: [String] {
      get throws {
        let header = try String(contentsOf: project.url("include/\(name).h"), encoding: .utf8)
        let declaration = try #require(header.split(separator: "\n").first { $0.contains(" \(name)_run(") })
        return try declaration.matches(of: Regex("u?int[0-9]+_t")).map { String(declaration[$0.range]) }
      }
    }

    /// Runs the network and counts codes that are not those wanted.
    var check: String {
      get throws {
        let types = try types
        let inputs = sample.inputs.count
        var lines: [String] = []
        for (index, (type, codes)) in zip(types, sample.inputs + sample.outputs).enumerated() {
          let values = codes.map { $0 == .min ? "INT64_MIN" : "\($0)" }.joined(separator: ", ")
          lines.append("  static const \(type) codes_\(index)[] = {\(values)};")
          guard index >= inputs else { continue }
          lines.append("  static \(type) made_\(index)[sizeof codes_\(index) / sizeof *codes_\(index)];")
        }
        let arguments = types.indices.map { "\($0 < inputs ? "codes" : "made")_\($0)" }.joined(separator: ", ")
        lines.append("  \(name)_run(\(arguments));")
        for index in types.indices.dropFirst(inputs) {
          lines.append("  differences += memcmp(codes_\(index), made_\(index), sizeof made_\(index)) != 0;")
        }
        return "static void \(name)_check() {\n\(lines.joined(separator: "\n"))\n}\n"
      }
    }
  }

  /// Of three accelerators, and one of them twice: every archive whole, every name of a linker's once.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/g++")), arguments: ["c++11", "c++20"])
  func networksLinkIntoOneProgram(standard: String) throws {
    let libraries = try [("one", 1), ("two", 2), ("three", 3)].map { try Library($0.0, seed: $0.1) }
    let folder = try Folder()
    let source =
      "#include <cstdint>\n#include <cstring>\n" + libraries.map { "#include \"\($0.name).h\"\n" }.joined()
      + "static int differences = 0;\n" + (try libraries.map { try $0.check }.joined())
      + "int main() {\n" + libraries.map { "  \($0.name)_check();\n" }.joined() + "  return differences;\n}\n"
    try Data(source.utf8).write(to: URL(filePath: "\(folder.path)/main.cpp"))
    let flags = ["-std=\(standard)", "-Wall", "-Wextra", "-Werror", "-pedantic"]
    let linked = try Shell.run(
      "/usr/bin/env",
      ["g++"] + flags + libraries.map(\.includes) + ["main.cpp", "-Wl,--whole-archive"] + libraries.map(\.archive)
        + ["-Wl,--no-whole-archive", "-o", "all"], in: folder.path)
    try #require(linked.status == 0, "\(linked.errors)")
    #expect(try Shell.run("\(folder.path)/all", [], in: folder.path).status == 0)
  }

  /// Contexts are all that a processor's network keeps: runs in two of them, layer by layer in turn, do not disturb one another.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gcc")), arguments: 20..<24 as Range<UInt64>)
  func contextsAreApart(seed: UInt64) throws {
    var random = try RandomProgram.mixed(seed: seed).0
    let samples = (0..<2).map { _ in
      TestVectors.Sample(tensors: NaiveProgram(program: random.program).run(random.inputs()), of: random.program)
    }
    let project = try CProject(
      CEmitter(network: "net").project(
        Schedule(random.program, for: TargetFile.load("cpu")), vectors: TestVectors(samples: samples)))
    let ports = random.program.inputs.count + random.program.outputs.count
    let arguments = (0..<ports).map { port in
      let inputs = random.program.inputs.count
      return port < inputs ? "bench_samples[s]->inputs[\(port)]" : "made[s][\(port - inputs)]"
    }.joined(separator: ", ")
    // Every tensor of the first run starts a run of the second.
    let source = """
      #include <stdlib.h>
      #include <string.h>
      #include "bench.h"
      #include "net.h"
      static net_context contexts[2];
      static void *made[2][\(random.program.outputs.count)];
      static void run(int s) { net_run_in(&contexts[s], \(arguments)); }
      static void between(int tensor, const void *codes) { (void)tensor; (void)codes; run(1); }
      int main(void) {
        int differences = 0;
        for (int s = 0; s < 2; ++s)
          for (int o = 0; o < bench_output_count; ++o)
            made[s][o] = malloc((size_t)(bench_outputs[o].bytes * bench_outputs[o].elements));
        contexts[0].trace = between;
        run(0);
        for (int s = 0; s < 2; ++s)
          for (int o = 0; o < bench_output_count; ++o)
            differences += memcmp(made[s][o], bench_samples[s]->outputs[o], (size_t)(bench_outputs[o].bytes * bench_outputs[o].elements)) != 0;
        return differences;
      }
      """
    try project.compile(source, as: "twice", ["-O1", "-w"])
    #expect(try project.run(project.url("twice").path, []).status == 0)
  }

  /// The label of the largest number, and where labels are not as many as numbers.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gcc")), arguments: ["cpu", "stmac"])
  func labelsOfTheLargestNumbers(target: String) throws {
    var random = RandomProgram(seed: 3, name: "classes")
    let input = random.input(MapShape(rows: 1, columns: 1, channels: 7), bits: 8)
    random.markOutputs([random.linear(input, engine: .fullyConnected, bits: 6, weightBits: 5)])
    let program = random.program
    let samples = (0..<20).map { _ in
      TestVectors.Sample(tensors: NaiveProgram(program: program).run(random.inputs()), of: program)
    }
    let labels = (0..<program[program.outputs[0].tensor].shape.elements).map { "number \"\($0)\"?" }
    let schedule = try Schedule(program, for: TargetFile.load(target))
    let vectors = TestVectors(samples: samples)
    #expect(throws: Diagnostics.self) {
      try CEmitter(network: "net", labels: labels + ["one more"]).project(schedule, vectors: vectors)
    }
    let project = try CProject(CEmitter(network: "net", labels: labels).project(schedule, vectors: vectors))
    let source = """
      #include <stdio.h>
      #include "bench.h"
      #include "net.h"
      int main(void) {
        for (int s = 0; s < bench_sample_count; ++s) {
          net_run(bench_samples[s]->inputs[0], bench_output_buffers[0]);
          puts(net_labels[net_argmax(bench_output_buffers[0])]);
        }
        return 0;
      }
      """
    try project.compile(source, as: "labels", ["-Wall", "-Werror"])
    let expected = samples.map { sample in
      let codes = sample.outputs[0]
      return labels[codes.firstIndex(of: codes.max() ?? 0) ?? 0]
    }
    #expect(try project.run(project.url("labels").path, []).output == expected.map { $0 + "\n" }.joined())
  }

  /// What README.txt says of static memory is what an object file has of it, but for what lies between two arrays.
  @Test(arguments: 1...8 as ClosedRange<UInt64>) func theMemoryIsWhatItTakes(seed: UInt64) throws {
    let library = try Library("net", seed: seed)
    let readme = try String(contentsOf: library.project.url("README.txt"), encoding: .utf8)
    let said = try #require(readme.firstMatch(of: /Static arrays take ([0-9]+) bytes/).flatMap { Int($0.1) })
    let sizes = try Shell.run("/usr/bin/env", ["size", "-A", library.archive], in: "/")
    let constants = try #require(
      readme.replacing("\n", with: " ").firstMatch(of: /Constants take ([0-9]+) bytes/).flatMap { Int($0.1) })
    let rows = sizes.output.split(separator: "\n").map { $0.split(separator: " ") }
    let taken = rows.filter { $0.first == ".bss" }.compactMap { Int($0[1]) }.reduce(0, +)
    // What points to something is elsewhere in a program that is placed when it starts.
    let tables = rows.filter { row in [".rodata", ".data.rel.ro"].contains { row.first?.hasPrefix($0) ?? false } }
      .compactMap { Int($0[1]) }.reduce(0, +)
    #expect(constants <= tables, "\(constants) said, \(tables) taken")
    // One pointer is the trace's.
    #expect((said...(said + 8 + 15 * 64)).contains(taken), "\(said) said, \(taken) taken")
  }

  /// As deep as a run on a stack of its own gets it is no deeper than `make stack` says, but for the C library's functions.
  @Test(
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gcc")), arguments: ["cpu", "stmac"],
    30..<32 as Range<UInt64>)
  func theStackIsAsDeepAsSaid(target: String, seed: UInt64) throws {
    var random = try RandomProgram.mixed(seed: seed).0
    let sample = TestVectors.Sample(
      tensors: NaiveProgram(program: random.program).run(random.inputs()), of: random.program)
    let project = try CProject(
      CEmitter(network: "net").project(
        Schedule(random.program, for: TargetFile.load(target)), vectors: TestVectors(samples: [sample])))
    let (status, output) = try project.run("/usr/bin/env", ["make", "-s", "stack", "CC=gcc"])
    try #require(status == 0, "\(output)")
    let said = try #require(
      output.firstMatch(of: #/net_run: at most ([0-9]+) bytes, in net_run, /#).flatMap { Int($0.1) })
    let source = """
      #include <stdio.h>
      #include <string.h>
      #include <ucontext.h>
      #include "bench.h"
      static unsigned char stack[1 << 18];
      static ucontext_t outside, inside;
      static void run(void) { bench_run(bench_samples[0]->inputs, bench_output_buffers, NULL); }
      int main(void) {
        size_t free = 0;
        memset(stack, 0xa5, sizeof stack);
        getcontext(&inside);
        inside.uc_stack.ss_sp = stack;
        inside.uc_stack.ss_size = sizeof stack;
        inside.uc_link = &outside;
        makecontext(&inside, run, 0);
        swapcontext(&outside, &inside);
        while (stack[free] == 0xa5) ++free;
        printf("%zu\\n", sizeof stack - free);
        return 0;
      }
      """
    try project.compile(source, as: "depth", ["-D_GNU_SOURCE", "-O2", "-w", "-Wl,-z,now"])
    let taken = try #require(Int(project.run(project.url("depth").path, []).output.split(separator: "\n")[0]))
    // What calls the network, and the C library's functions that copy and fill.
    #expect(taken > 0 && taken <= said + 256, "\(taken) taken, \(said) said")
  }

  /// Feature maps and constants lie where a project says, aligned as it says.
  @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/gcc")), arguments: ["cpu", "stmac"])
  func placementIsTheUsers(target: String) throws {
    var random = try RandomProgram.mixed(seed: 33).0
    let sample = TestVectors.Sample(
      tensors: NaiveProgram(program: random.program).run(random.inputs()), of: random.program)
    let project = try CProject(
      CEmitter(network: "net").project(
        Schedule(random.program, for: TargetFile.load(target)), vectors: TestVectors(samples: [sample])))
    func section(_ name: String) -> String {
      "-DST_\(name.uppercased())_SECTION=__attribute__((section(\".\(name)\")))"
    }
    try project.compile("gcc", CProject.strict + ["-DST_ALIGNMENT=64", section("maps"), section("constants")])
    #expect(try project.bench().status == 0)
    let rows = try project.run("/usr/bin/env", ["objdump", "-h", "bench"]).output.split(separator: "\n")
    for name in ["maps", "constants"] {
      let row = try #require(rows.first { $0.contains(" .\(name) ") })
      #expect(row.hasSuffix("2**6"), "\(row)")
    }
  }

  /// The header is C and C++ of every standard.
  @Test func headersAreOfEveryStandard() throws {
    let library = try Library("net", seed: 2)
    try Data(
      "#include \"net.h\"\nstatic net_context context;\nvoid *use(void);\nvoid *use(void) { return &context; }\n".utf8
    )
    .write(to: library.project.url("use.c"))
    for compiler in CProject.compilers {
      for standard in ["c99", "c11", "c17", "c++11", "c++14", "c++17", "c++20"] {
        let language = standard.hasPrefix("c++") ? "c++" : "c"
        let (status, output) = try library.project.run(
          "/usr/bin/env",
          [
            compiler, "-x", language, "-std=\(standard)", "-fsyntax-only", "-Wall", "-Wextra", "-Werror",
            "-pedantic-errors",
            "-Wconversion", "-Wsign-conversion", "-Iinclude", "use.c",
          ])
        #expect(status == 0, "\(compiler) \(standard): \(output)")
      }
    }
  }

  /// What has the same runtime shares it.
  @Test func namesOfTheLinkerAreTheNetworksOrTheRuntimes() throws {
    let (first, second) = (try Library("first", seed: 4), try Library("second", seed: 4))
    func names(_ library: Library) throws -> Set<String> {
      let listed = try Shell.run("/usr/bin/env", ["nm", "-g", "--defined-only", "-P", library.archive], in: "/")
      try #require(listed.status == 0, "\(listed.errors)")
      return Set(
        listed.output.split(separator: "\n").map { String($0.split(separator: " ")[0]) }.filter { !$0.hasSuffix(":") })
    }
    let (mine, others) = (try names(first), try names(second))
    let runtime = mine.filter { !$0.hasPrefix("first_") }
    #expect(!runtime.isEmpty && runtime == others.filter { !$0.hasPrefix("second_") })
    #expect(runtime.allSatisfy { $0.wholeMatch(of: /st_[0-9a-f]{8}_[a-z0-9_]+/) != nil }, "\(runtime.sorted())")
  }
}
