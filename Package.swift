// swift-tools-version:6.1
import PackageDescription

// The floors of Sources/, from the ground up: a module imports from its own floor and from those below it.
// docs/architecture.md says what each module holds.

let base = floor(
  "1-Base",
  [
    .target(name: "Diagnostics"),
    .target(name: "Libc"),
    .target(name: "Numbers", dependencies: ["Libc"]),
    .target(name: "CSHA256", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "Files", dependencies: ["CSHA256", "Diagnostics", "Libc"]),
    .target(name: "Presentation", dependencies: ["Diagnostics", "Libc"]),
    .target(name: "Text", dependencies: ["Diagnostics", "Numbers"]),
    .target(name: "Threads", dependencies: ["Libc"]),
    // Hot loops in C: optimised in debug builds too, where they would be a hundred times slower.
    .target(
      name: "CValueKernels", cSettings: [.unsafeFlags(["-O3"])],
      linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
  ])

let formats = floor(
  "2-Formats",
  [
    .target(name: "JSON", dependencies: ["Diagnostics"]),
    .systemLibrary(name: "CSeccomp", pkgConfig: "libseccomp", providers: [.apt(["libseccomp-dev"])]),
    .target(name: "CHDF5Shims", dependencies: ["CSeccomp"], linkerSettings: hdf5),
    .target(name: "HDF5", dependencies: ["CHDF5Shims", "Diagnostics", "Files", "Libc"]),
    .target(name: "Arrays", dependencies: ["Diagnostics", "Files", "HDF5"]),
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(name: "YAML", dependencies: ["CYAML", "Diagnostics"]),
    .systemLibrary(name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
    .target(name: "COnnx", dependencies: ["CProtobufC"]),
    .target(name: "ONNX", dependencies: ["COnnx", "CProtobufC", "Diagnostics", "Files", "Libc", "Numbers"]),
    // Tables as C, generated from a schema; nothing in it throws.
    .target(name: "CTFLite", cxxSettings: [.unsafeFlags(["-fno-exceptions", "-fno-rtti", "-Os"])]),
    .target(name: "TFLite", dependencies: ["CTFLite", "Diagnostics", "Files"]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .target(name: "Study", dependencies: ["CSQLite", "Diagnostics", "Files", "Libc"]),
  ])

let model = floor(
  "3-Model",
  [
    .target(name: "Quantization", dependencies: ["CValueKernels", "Diagnostics", "Numbers"]),
    .target(name: "Quantizers", dependencies: ["Diagnostics", "Numbers", "Quantization"]),
    .target(
      name: "QIR", dependencies: ["CValueKernels", "Diagnostics", "Numbers", "Quantization", "Quantizers", "Text"]),
    .target(name: "FloatReference", dependencies: ["Numbers", "QIR"]),
    .target(name: "FloatEngine", dependencies: ["CValueKernels", "QIR", "Threads"]),
    .target(
      name: "Plans", dependencies: ["Diagnostics", "Files", "JSON", "Numbers", "QIR", "Quantization", "Quantizers"]),
    .target(
      name: "Calibration",
      dependencies: ["CValueKernels", "Diagnostics", "FloatEngine", "Numbers", "Plans", "QIR", "Threads"]),
    .target(
      name: "Training",
      dependencies: [
        "CValueKernels", "Diagnostics", "FloatEngine", "Numbers", "Plans", "QIR", "Quantization", "Quantizers",
        "Threads",
      ]),
  ])

let frontends = floor(
  "4-Frontends",
  [
    .target(
      name: "KerasImport",
      dependencies: ["Diagnostics", "Files", "HDF5", "JSON", "Libc", "Numbers", "QIR", "Quantization", "Quantizers"]),
    .target(
      name: "ONNXImport",
      dependencies: ["Diagnostics", "Files", "Numbers", "ONNX", "QIR", "Quantization", "Quantizers"]),
    .target(
      name: "TFLiteImport",
      dependencies: ["Diagnostics", "Files", "Numbers", "QIR", "Quantization", "Quantizers", "TFLite"]),
    .target(
      name: "Frontends",
      dependencies: ["Diagnostics", "Files", "KerasImport", "ONNXImport", "QIR", "Quantization", "TFLiteImport"]),
    .target(name: "ONNXExport", dependencies: ["Diagnostics", "Numbers", "ONNX", "QIR", "Quantization", "Quantizers"]),
    .target(
      name: "KerasExport",
      dependencies: ["Diagnostics", "HDF5", "JSON", "Numbers", "QIR", "Quantization", "Quantizers"]),
  ])

let compile = floor(
  "5-Compile",
  [
    .target(name: "Passes", dependencies: ["Diagnostics", "Numbers", "QIR", "Quantization"]),
    .target(name: "Targets", dependencies: ["Diagnostics", "Files", "YAML"], exclude: ["Resources"]),
    .target(name: "Tiling", dependencies: ["Diagnostics", "Numbers", "Targets"]),
    .target(
      name: "IntegerProgram",
      dependencies: ["Diagnostics", "Numbers", "QIR", "Quantization", "Targets", "Text", "Tiling"]),
    .target(name: "Prover", dependencies: ["IntegerProgram", "Numbers", "Quantization", "Threads"]),
    .target(name: "Schedule", dependencies: ["Diagnostics", "IntegerProgram", "Numbers", "Targets", "Text", "Tiling"]),
    .target(
      name: "Lowering",
      dependencies: [
        "Diagnostics", "IntegerProgram", "Numbers", "Prover", "QIR", "Quantization", "Targets", "Tiling",
      ]),
    .target(
      name: "Compiler",
      dependencies: [
        "Diagnostics", "Lowering", "Passes", "Prover", "QIR", "Quantization", "Quantizers", "Schedule", "Targets",
        "Threads",
      ]),
  ])

let backends = floor(
  "6-Backends",
  [
    .target(
      name: "Simulator",
      dependencies: [
        "CValueKernels", "Diagnostics", "IntegerProgram", "Numbers", "Quantization", "Schedule", "Targets", "Threads",
        "Tiling",
      ]),
    .target(name: "CycleSimulator", dependencies: ["Diagnostics", "Targets", "Tiling"]),
    .target(name: "Backend", dependencies: ["Diagnostics", "Files", "IntegerProgram", "Libc", "Numbers", "Schedule"]),
    .target(name: "CRuntime", path: "Runtime", exclude: ["bench", "hls"]),
    .target(
      name: "CEmitter",
      dependencies: [
        "Backend", "Diagnostics", "Files", "IntegerProgram", "Numbers", "QIR", "Quantization", "Schedule", "Targets",
        "Tiling",
      ]),
  ])

let analysis = floor(
  "7-Analysis", isSmall: true,
  [
    .target(
      name: "QTools",
      dependencies: [
        "Compiler", "Diagnostics", "Frontends", "IntegerProgram", "Libc", "Numbers", "Presentation", "QIR",
        "Quantization", "Quantizers", "Schedule", "Targets", "Tiling",
      ]),
    .target(name: "Statistics", dependencies: ["Diagnostics", "Presentation", "QIR", "Quantization"]),
    .target(
      name: "Performance",
      dependencies: [
        "Backend", "CEmitter", "CycleSimulator", "Diagnostics", "IntegerProgram", "Presentation", "Schedule", "Targets",
      ]),
    .target(
      name: "Inference",
      dependencies: [
        "Arrays", "Compiler", "Diagnostics", "Files", "FloatReference", "Lowering", "Numbers", "QIR", "Quantization",
        "Simulator",
      ]),
    .target(
      name: "Assessment",
      dependencies: [
        "Arrays", "Calibration", "Compiler", "Diagnostics", "FloatEngine", "Inference", "IntegerProgram", "Lowering",
        "Numbers", "Performance", "Plans", "Presentation", "QIR", "QTools", "Simulator", "Statistics",
        "Threads",
      ]),
    .target(name: "Exploration", dependencies: ["Numbers"]),
    .target(
      name: "HardwareWidths",
      dependencies: [
        "Arrays", "Compiler", "Diagnostics", "Inference", "IntegerProgram", "Lowering", "Numbers", "Presentation",
        "Prover", "QIR", "Quantization", "Simulator", "Tiling",
      ]),
    .target(
      name: "Search",
      dependencies: [
        "Assessment", "Calibration", "Compiler", "CycleSimulator", "Diagnostics", "Exploration", "FloatEngine",
        "Inference", "Libc", "Lowering", "Numbers", "Performance", "Plans", "Presentation", "Prover", "QIR", "QTools",
        "Schedule", "Simulator", "Statistics", "Study", "Targets", "Threads", "Tiling",
      ]),
    .target(
      name: "Tuning",
      dependencies: ["Compiler", "Diagnostics", "Presentation", "QIR", "Search", "Training"]),
    .target(
      name: "Verify",
      dependencies: [
        "Arrays", "Backend", "CEmitter", "Compiler", "Diagnostics", "Files", "FloatReference", "HDF5", "Inference",
        "IntegerProgram", "Libc", "Lowering", "Numbers", "Presentation", "QIR", "Quantization", "Schedule", "Simulator",
        "Threads",
      ]),
  ])

let face = floor(
  "8-Face", isSmall: true,
  [
    .target(name: "GraphDrawing", dependencies: ["Presentation"]),
    .target(
      name: "Page",
      dependencies: [
        "Assessment", "Compiler", "Exploration", "GraphDrawing", "IntegerProgram", "Libc", "Lowering", "Numbers",
        "Performance", "Plans", "Presentation", "QIR", "QTools", "Quantization", "Schedule", "Search", "Statistics",
        "Targets",
      ]),
    .target(
      name: "QCCDriver",
      dependencies: [
        "Assessment", "Backend", "Calibration", "Compiler", "Diagnostics", "Exploration", "Files", "FloatEngine",
        "Frontends", "HDF5", "Inference", "IntegerProgram", "KerasExport", "Lowering", "ONNX", "ONNXExport", "Passes",
        "Plans", "Presentation", "QIR", "Quantization", "Quantizers", "Search", "Simulator", "Study", "Threads",
        "Training", "Tuning",
      ]),
    .executableTarget(
      name: "qcc",
      dependencies: [
        "Assessment", "CValueKernels", "Calibration", "CEmitter", "Compiler", "Diagnostics", "Exploration", "Files",
        "Frontends", "HardwareWidths", "Inference", "Libc", "ONNXExport", "Page", "Performance", "Plans",
        "Presentation",
        "QCCDriver", "QIR", "QTools", "Quantization", "Search", "Statistics", "Targets", "Threads", "Training",
        "Tuning", "Verify",
        argumentParser,
      ],
      linkerSettings: oneFile),
  ])

let testSupport: [Target] = [
  .target(name: "TestSupport", path: "Tests/TestSupport"),
  .target(
    name: "GraphTestSupport", dependencies: ["FloatReference", "Numbers", "QIR"], path: "Tests/GraphTestSupport"),
  .target(name: "TilingTestSupport", dependencies: ["Numbers", "Targets", "Tiling"], path: "Tests/TilingTestSupport"),
  .target(
    name: "IntegerProgramTestSupport", dependencies: ["IntegerProgram", "Numbers", "QIR", "Targets", "Tiling"],
    path: "Tests/IntegerProgramTestSupport"),
  .target(
    name: "FuzzSupport",
    dependencies: [
      "Compiler", "Diagnostics", "HDF5", "KerasImport", "ONNX", "ONNXImport", "QIR", "TFLite", "TFLiteImport",
    ],
    path: "Tests/FuzzSupport"),
  .executableTarget(name: "study-worker", dependencies: ["Study"], path: "Tests/StudyWorker"),
]

let tests: [Target] = [
  .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"]),
  .testTarget(name: "FilesTests", dependencies: ["CSHA256", "Diagnostics", "Files", "TestSupport"]),
  .testTarget(name: "NumbersTests", dependencies: ["Numbers", bigInt]),
  .testTarget(name: "ThreadsTests", dependencies: ["Libc", "Threads"]),
  .testTarget(name: "YAMLTests", dependencies: ["Diagnostics", "YAML"]),
  .testTarget(name: "CValueKernelsTests", dependencies: ["CValueKernels", "Numbers"]),
  .testTarget(name: "JSONTests", dependencies: ["Diagnostics", "JSON"]),
  .testTarget(name: "HDF5Tests", dependencies: ["Diagnostics", "HDF5", "Numbers", "TestSupport"]),
  .testTarget(name: "ArraysTests", dependencies: ["Arrays", "Diagnostics", "TestSupport"]),
  .testTarget(
    name: "StudyTests", dependencies: ["CSQLite", "Diagnostics", "Numbers", "Study", "TestSupport", "study-worker"]),
  .testTarget(
    name: "QuantizationTests",
    dependencies: ["Diagnostics", "HDF5", "JSON", "Numbers", "Quantization", "Quantizers", "TestSupport"]),
  .testTarget(name: "QIRTests", dependencies: ["Diagnostics", "KerasImport", "QIR", "TestSupport"]),
  .testTarget(
    name: "CalibrationTests",
    dependencies: [
      "Arrays", "Calibration", "Diagnostics", "FloatEngine", "FloatReference", "Frontends", "Numbers", "Passes",
      "Plans", "QIR", "TestSupport",
    ]),
  .testTarget(
    name: "TrainingTests",
    dependencies: [
      "CValueKernels", "FloatEngine", "Numbers", "QIR", "Quantization", "Quantizers", "TestSupport", "Training",
    ]),
  .testTarget(
    name: "FloatEngineTests",
    dependencies: ["FloatEngine", "FloatReference", "Frontends", "Numbers", "QIR", "TestSupport"]),
  .testTarget(
    name: "KerasImportTests",
    dependencies: [
      "Diagnostics", "FloatReference", "HDF5", "Inference", "JSON", "KerasImport", "Numbers", "QIR", "Quantization",
      "TestSupport", "Verify",
    ]),
  .testTarget(
    name: "ONNXImportTests",
    dependencies: [
      "Compiler", "Diagnostics", "FloatReference", "Frontends", "HDF5", "ONNX", "ONNXImport", "QIR", "TestSupport",
    ]),
  .testTarget(
    name: "TFLiteImportTests",
    dependencies: [
      "Arrays", "Compiler", "Diagnostics", "Files", "Frontends", "Inference", "QIR", "Quantization", "TFLite",
      "TFLiteImport", "TestSupport", "Verify",
    ]),
  .testTarget(
    name: "ONNXExportTests",
    dependencies: [
      "Diagnostics", "GraphTestSupport", "KerasImport", "Numbers", "ONNX", "ONNXExport", "ONNXImport", "QIR",
      "Quantization",
      "TestSupport",
    ]),
  .testTarget(
    name: "KerasExportTests",
    dependencies: ["Diagnostics", "GraphTestSupport", "KerasExport", "KerasImport", "QIR", "TestSupport"]),
  .testTarget(
    name: "PlansTests",
    dependencies: ["Diagnostics", "FloatReference", "Numbers", "Plans", "QIR", "Quantization", "TestSupport"]),
  .testTarget(
    name: "PassesTests",
    dependencies: [
      "Diagnostics", "FloatReference", "Numbers", "Passes", "QIR", "Quantization", "Quantizers", "TestSupport",
    ],
    exclude: ["filetests"]),
  .testTarget(name: "TargetsTests", dependencies: ["Diagnostics", "Targets", "TestSupport"]),
  .testTarget(
    name: "ScheduleTests",
    dependencies: [
      "Diagnostics", "IntegerProgram", "IntegerProgramTestSupport", "Schedule", "Targets", "TestSupport", "Tiling",
    ],
    exclude: ["filetests"]),
  .testTarget(name: "TilingTests", dependencies: ["Diagnostics", "Numbers", "Targets", "Tiling", "TilingTestSupport"]),
  .testTarget(
    name: "IntegerProgramTests",
    dependencies: ["Diagnostics", "IntegerProgram", "IntegerProgramTestSupport", "Numbers", bigInt]),
  .testTarget(
    name: "ProverTests", dependencies: ["IntegerProgram", "Numbers", "Prover", "Quantization"]),
  .testTarget(
    name: "LoweringTests",
    dependencies: [
      "Diagnostics", "FloatReference", "IntegerProgram", "Lowering", "Numbers", "QIR", "Simulator", "Targets",
      "TestSupport",
    ], exclude: ["filetests"]),
  .testTarget(
    name: "SimulatorTests",
    dependencies: ["Diagnostics", "IntegerProgram", "IntegerProgramTestSupport", "Simulator"]),
  .testTarget(
    name: "CycleSimulatorTests", dependencies: ["CycleSimulator", "Numbers", "Targets", "Tiling", "TilingTestSupport"]),
  .testTarget(
    name: "CRuntimeTests",
    dependencies: [
      "CRuntime", "Compiler", "CycleSimulator", "Frontends", "Numbers", "Performance", "Schedule", "Targets",
      "TestSupport",
      "Tiling", "TilingTestSupport",
    ]),
  .testTarget(
    name: "CEmitterTests",
    dependencies: [
      "Backend", "CEmitter", "Diagnostics", "IntegerProgram", "IntegerProgramTestSupport", "Numbers", "Quantization",
      "Quantizers", "Schedule", "Targets", "TestSupport", "Tiling",
    ]),
  .testTarget(
    name: "QToolsTests",
    dependencies: [
      "Compiler", "Diagnostics", "Frontends", "JSON", "Performance", "Presentation", "QTools", "Quantization",
      "Targets", "TestSupport",
    ]),
  .testTarget(
    name: "HardwareWidthsTests",
    dependencies: [
      "Compiler", "Frontends", "HardwareWidths", "IntegerProgram", "Lowering", "Numbers", "Prover", "Simulator",
      "TestSupport", bigInt,
    ]),
  .testTarget(name: "PresentationTests", dependencies: ["Presentation"]),
  .testTarget(name: "AssessmentTests", dependencies: ["Assessment", "Numbers"]),
  .testTarget(name: "ExplorationTests", dependencies: ["Exploration", "Numbers", "TestSupport"]),
  .testTarget(name: "AnalysisTests", dependencies: ["Performance", "Presentation", "Statistics", "Verify"]),
  .testTarget(
    name: "PageTests",
    dependencies: [
      "Exploration", "GraphDrawing", "Numbers", "Page", "Performance", "Plans", "Presentation", "QTools", "Search",
      "Statistics", "TestSupport",
    ]),
  .testTarget(
    name: "QCCDriverTests",
    dependencies: [
      "Arrays", "CEmitter", "Compiler", "Diagnostics", "Frontends", "HDF5", "Inference", "IntegerProgram", "Lowering",
      "Numbers", "Page", "Passes", "Performance", "QCCDriver", "QIR", "QTools", "Quantization", "Statistics",
      "TestSupport",
      "Verify",
    ]),
  .testTarget(name: "CommandTests", dependencies: ["Numbers", "TestSupport", "qcc"]),
  .testTarget(
    name: "DocumentationTests",
    dependencies: [
      "KerasImport", "ONNXImport", "qcc", "Quantization", "Quantizers", "TFLiteImport", "TestSupport",
    ]),
  .testTarget(name: "FuzzTests", dependencies: ["FuzzSupport", "Numbers", "TestSupport"]),
]

let benchmarks: [Target] = [
  .executableTarget(
    name: "compile-bench",
    dependencies: [
      "Backend", "CEmitter", "Compiler", "Diagnostics", "Frontends", "Lowering", "Passes", "Prover", "QCCDriver",
      "Schedule",
    ], path: "Benchmarks/CompileBench"),
  .executableTarget(
    name: "calibration-bench",
    dependencies: ["Arrays", "Calibration", "Diagnostics", "FloatEngine", "Frontends", "Passes", "Plans", "QIR"],
    path: "Benchmarks/CalibrationBench"),
  .target(name: "CDotProduct", path: "Benchmarks/CDotProduct", cSettings: [.unsafeFlags(["-O3"])]),
  .executableTarget(
    name: "import-bench", dependencies: ["FloatReference", "KerasImport", "QIR"], path: "Benchmarks/ImportBench"),
  .executableTarget(
    name: "kernel-bench", dependencies: ["CValueKernels", "CDotProduct"], path: "Benchmarks/KernelBench"),
  .executableTarget(
    name: "tiling-bench", dependencies: ["CycleSimulator", "Targets", "Tiling", "TilingTestSupport"],
    path: "Benchmarks/TilingBench"),
  .executableTarget(
    name: "simulator-bench",
    dependencies: [
      "CDotProduct", "Compiler", "Frontends", "IntegerProgram", "Lowering", "Numbers", "Simulator", "Targets",
      "Threads", "Tiling",
      "TilingTestSupport",
    ],
    path: "Benchmarks/SimulatorBench"),
  .executableTarget(
    name: "emitter-bench",
    dependencies: ["Backend", "CEmitter", "IntegerProgram", "Numbers", "Schedule", "Targets", "TilingTestSupport"],
    path: "Benchmarks/EmitterBench"),
]

// Linked with libFuzzer, which brings its own main: only `make fuzz` builds it.
let fuzzing: [Target] =
  Context.environment["QCC_FUZZ"] == nil
  ? []
  : [
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzSupport"], path: "Tests/Fuzz",
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  ]

let package = Package(
  name: "qcc",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.0"),
  ],
  targets: base + formats + model + frontends + compile + backends + analysis + face + testSupport + tests
    + benchmarks + fuzzing,
  swiftLanguageModes: [.v6],
  cxxLanguageStandard: .cxx17
)

/// The modules of a floor: each in its folder there, unless it says another.
func floor(_ folder: String, isSmall: Bool = false, _ modules: [Target]) -> [Target] {
  // What computes much in tests is optimized for them as well: with its checks of overflow, without those of `assert`.
  let computes: Set = [
    "Numbers", "Quantization", "Quantizers", "QIR", "Calibration", "FloatEngine", "FloatReference", "Plans",
    "IntegerProgram", "Prover", "Lowering", "Tiling", "Schedule", "Simulator", "CycleSimulator", "Exploration",
    "HardwareWidths", "Inference", "JSON", "Verify",
  ]
  for module in modules where module.path == nil {
    module.path = "Sources/\(folder)/\(module.name)"
    if isSmall, !computes.contains(module.name) {
      module.swiftSettings = [.unsafeFlags(["-Osize"], .when(configuration: .release))]
    }
    if computes.contains(module.name) {
      module.swiftSettings = (module.swiftSettings ?? []) + [.unsafeFlags(["-O"], .when(configuration: .debug))]
    }
  }
  return modules
}

var argumentParser: Target.Dependency { .product(name: "ArgumentParser", package: "swift-argument-parser") }
var bigInt: Target.Dependency { .product(name: "BigInt", package: "BigInt") }

/// Debian's libhdf5, and minizip for archives with an HDF5 file in them. The shared library of the first brings thirty others of
/// which qcc needs none, and loading them takes longer than reading a network: the release binary has the archives in it.
var hdf5: [LinkerSetting] {
  ["hdf5_serial", "minizip"].map { .linkedLibrary($0, .when(configuration: .debug)) }
    + [":libhdf5_serial.a", ":libsz.a", ":libaec.a", ":libminizip.a", ":libz.a"].map {
      .linkedLibrary($0, .when(configuration: .release))
    }
}

/// Linked into one file: it starts in half the time, and no Swift has to be installed where it runs.
var oneFile: [LinkerSetting] {
  let release = BuildSettingCondition.when(platforms: [.linux], configuration: .release)
  // What the static Foundation needs and does not name itself.
  let foundation = ["swiftSynchronization", "_FoundationCShims", "_FoundationCollections"]
  // At a fixed address nothing has to be relocated at the start, and nobody looks up a name or unwinds a stack in it. Of the
  // linkers only GNU's leaves out both what nothing refers to and the tables for unwinding.
  let small =
    ["-use-ld=bfd", "-Xclang-linker", "-no-pie"]
    + [
      "-s", "--gc-sections", "--no-export-dynamic", "--no-eh-frame-hdr", "-T",
      Context.packageDirectory + "/scripts/no-unwind-tables.ld",
    ]
    .flatMap { ["-Xlinker", $0] }
  return [.unsafeFlags(["-static-stdlib"] + small, release)]
    + foundation.map { .linkedLibrary($0, release) }
}
