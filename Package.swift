// swift-tools-version:6.1
import PackageDescription

let package = Package(
  name: "qcc",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.0.0"),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.0"),
  ],
  targets: [
    .target(name: "Diagnostics"),
    .target(name: "Quantization", dependencies: ["Diagnostics", .product(name: "BigInt", package: "BigInt")]),
    .testTarget(name: "QuantizationTests", dependencies: ["Diagnostics", "HDF5", "JSON", "Quantization"]),
    .target(name: "QIR", dependencies: ["Diagnostics", "Quantization"]),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5-serial", providers: [.apt(["libhdf5-dev"])]),
    .target(name: "CHDF5Shims", dependencies: ["CHDF5"]),
    .target(name: "Files", dependencies: ["Diagnostics"]),
    .target(name: "JSON", dependencies: ["Diagnostics"]),
    .target(name: "Arrays", dependencies: ["Diagnostics", "Files", "HDF5"]),
    .target(name: "HDF5", dependencies: ["CHDF5Shims", "Diagnostics", "Files"]),
    .target(name: "KerasImport", dependencies: ["Diagnostics", "HDF5", "JSON", "QIR", "Quantization"]),
    .systemLibrary(
      name: "CProtobufC", pkgConfig: "libprotobuf-c", providers: [.apt(["libprotobuf-c-dev"])]),
    .target(name: "COnnx", dependencies: ["CProtobufC"]),
    .target(name: "ONNX", dependencies: ["COnnx", "CProtobufC", "Diagnostics", "Files", "Quantization"]),
    .target(name: "ONNXImport", dependencies: ["Diagnostics", "ONNX", "QIR", "Quantization"]),
    .target(name: "ONNXExport", dependencies: ["Diagnostics", "ONNX", "QIR", "Quantization"]),
    .testTarget(
      name: "ONNXExportTests",
      dependencies: [
        "Diagnostics", "FloatReference", "KerasImport", "ONNX", "ONNXExport", "ONNXImport", "QIR", "Quantization",
        "TestSupport",
      ]),
    .executableTarget(
      name: "import-bench", dependencies: ["FloatReference", "KerasImport"], path: "Benchmarks/ImportBench"),
    .testTarget(
      name: "KerasImportTests",
      dependencies: [
        "Diagnostics", "FloatReference", "HDF5", "JSON", "KerasImport", "QIR", "Quantization", "TestSupport",
      ]),
    // Hot loops in C: optimised in debug builds too, where they would be a hundred times slower.
    .target(name: "CValueKernels", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "CDotProduct", path: "Benchmarks/CDotProduct", cSettings: [.unsafeFlags(["-O3"])]),
    .executableTarget(
      name: "kernel-bench", dependencies: ["CValueKernels", "CDotProduct"], path: "Benchmarks/KernelBench"),
    .testTarget(name: "CValueKernelsTests", dependencies: ["CValueKernels"]),
    .target(
      name: "Targets", dependencies: ["Diagnostics", .product(name: "Yams", package: "Yams")], exclude: ["Resources"]),
    .target(name: "Tiling", dependencies: ["Diagnostics", "Targets"]),
    .target(name: "CycleSimulator", dependencies: ["Diagnostics", "Targets", "Tiling"]),
    .testTarget(name: "TargetsTests", dependencies: ["Diagnostics", "Targets"]),
    .testTarget(name: "TilingTests", dependencies: ["Diagnostics", "Targets", "Tiling", "TilingTestSupport"]),
    .testTarget(
      name: "CycleSimulatorTests", dependencies: ["CycleSimulator", "Targets", "Tiling", "TilingTestSupport"]),
    .executableTarget(
      name: "tiling-bench", dependencies: ["CycleSimulator", "Targets", "Tiling", "TilingTestSupport"],
      path: "Benchmarks/TilingBench"),
    .target(name: "TilingTestSupport", dependencies: ["Targets", "Tiling"], path: "Tests/TilingTestSupport"),
    .target(name: "IntegerProgram", dependencies: ["Diagnostics", "Quantization", "Targets", "Tiling"]),
    .target(
      name: "IntegerProgramTestSupport", dependencies: ["IntegerProgram", "Targets", "Tiling"],
      path: "Tests/IntegerProgramTestSupport"),
    .target(name: "FloatReference", dependencies: ["CValueKernels", "QIR", "Quantization"]),
    .target(name: "Passes", dependencies: ["Diagnostics", "QIR", "Quantization"]),
    .target(
      name: "Lowering",
      dependencies: [
        "Diagnostics", "IntegerProgram", "QIR", "Quantization", "Targets", "Tiling",
        .product(name: "BigInt", package: "BigInt"),
      ]),
    .testTarget(name: "QIRTests", dependencies: ["Diagnostics", "KerasImport", "QIR", "Quantization"]),
    .testTarget(
      name: "PassesTests", dependencies: ["Diagnostics", "FloatReference", "Passes", "QIR", "Quantization"],
      exclude: ["filetests"]),
    .testTarget(
      name: "LoweringTests",
      dependencies: [
        "Diagnostics", "FloatReference", "IntegerProgram", "Lowering", "QIR", "Quantization", "Simulator", "Targets",
        "TestSupport",
      ]),
    .target(name: "CRuntime", path: "Runtime", exclude: ["bench"]),
    .target(name: "CEmitter", dependencies: ["Diagnostics", "IntegerProgram", "Targets", "Tiling"]),
    .executableTarget(
      name: "emitter-bench", dependencies: ["CEmitter", "IntegerProgram", "Targets", "Tiling", "TilingTestSupport"],
      path: "Benchmarks/EmitterBench"),
    .testTarget(name: "CRuntimeTests", dependencies: ["CRuntime"]),
    .testTarget(
      name: "CEmitterTests",
      dependencies: [
        "CEmitter", "IntegerProgram", "IntegerProgramTestSupport", "Targets", "Tiling",
      ]),
    .testTarget(name: "DocumentationTests", dependencies: ["KerasImport", "ONNXImport", "Quantization", "qcc"]),
    .testTarget(
      name: "ONNXImportTests",
      dependencies: [
        "Diagnostics", "FloatReference", "HDF5", "ONNX", "ONNXImport", "QCCDriver", "QIR",
      ]),
    .testTarget(name: "DiagnosticsTests", dependencies: ["Diagnostics"]),
    .testTarget(name: "JSONTests", dependencies: ["Diagnostics", "JSON"]),
    .testTarget(name: "ArraysTests", dependencies: ["Arrays", "Diagnostics"]),
    .testTarget(name: "HDF5Tests", dependencies: ["Diagnostics", "HDF5", "TestSupport"]),
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .target(
      name: "FuzzSupport",
      dependencies: ["Diagnostics", "HDF5", "KerasImport", "ONNX", "ONNXImport", "QCCDriver", "QIR"],
      path: "Tests/FuzzSupport"),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzSupport", "TestSupport"]),
    .testTarget(
      name: "IntegerProgramTests",
      dependencies: [
        "Diagnostics", "IntegerProgram", "IntegerProgramTestSupport", "Targets", "Tiling",
        .product(name: "BigInt", package: "BigInt"),
      ]),
    .target(
      name: "Simulator",
      dependencies: ["CValueKernels", "Diagnostics", "IntegerProgram", "Quantization", "Targets", "Tiling"]),
    .testTarget(
      name: "SimulatorTests",
      dependencies: ["Diagnostics", "IntegerProgram", "IntegerProgramTestSupport", "Simulator", "Targets", "Tiling"]),
    .executableTarget(
      name: "simulator-bench",
      dependencies: ["IntegerProgram", "Simulator", "Targets", "Tiling", "TilingTestSupport"],
      path: "Benchmarks/SimulatorBench"),
    .target(name: "QTools", dependencies: ["Diagnostics", "QIR", "Quantization", "Targets"]),
    .testTarget(
      name: "QToolsTests", dependencies: ["Diagnostics", "JSON", "QCCDriver", "QIR", "QTools", "Reports", "Targets"]),
    .target(name: "Reports"),
    .testTarget(name: "ReportsTests", dependencies: ["Reports", "TestSupport"]),
    .target(
      name: "QCCDriver",
      dependencies: [
        "Arrays", "CEmitter", "CycleSimulator", "Diagnostics", "FloatReference", "HDF5", "IntegerProgram",
        "KerasImport", "Lowering", "ONNX", "ONNXExport", "ONNXImport", "Passes", "QIR", "QTools", "Quantization",
        "Reports", "Simulator", "Targets", "Tiling",
      ]),
    .testTarget(
      name: "QCCDriverTests",
      dependencies: [
        "Arrays", "CEmitter", "Diagnostics", "HDF5", "IntegerProgram", "Lowering", "QCCDriver", "QIR", "QTools",
        "Quantization", "Reports", "Targets", "TestSupport",
      ]),
    .testTarget(name: "CommandTests", dependencies: ["Arrays", "TestSupport", "qcc"]),
    .executableTarget(
      name: "qcc",
      dependencies: [
        "CEmitter", "Diagnostics", "Files", "ONNXExport", "QCCDriver", "QTools", "Reports", "Targets",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      // Linked into one file: it starts in half the time, and no Swift has to be installed where it runs.
      linkerSettings: [
        .unsafeFlags(
          ["-static-stdlib", "-Xlinker", "-s", "-Xlinker", "--gc-sections"],
          .when(platforms: [.linux], configuration: .release)),
        // What the static Foundation needs and does not name itself.
        .linkedLibrary("swiftSynchronization", .when(platforms: [.linux], configuration: .release)),
        .linkedLibrary("CoreFoundation", .when(platforms: [.linux], configuration: .release)),
        .linkedLibrary("FoundationInternationalization", .when(platforms: [.linux], configuration: .release)),
        .linkedLibrary("_FoundationICU", .when(platforms: [.linux], configuration: .release)),
        .linkedLibrary("_FoundationCShims", .when(platforms: [.linux], configuration: .release)),
        .linkedLibrary("_FoundationCollections", .when(platforms: [.linux], configuration: .release)),
      ]),
  ],
  swiftLanguageModes: [.v6]
)

// Linked with libFuzzer, which brings its own main: only `make fuzz` builds it.
if Context.environment["QCC_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzSupport"], path: "Tests/Fuzz",
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}
