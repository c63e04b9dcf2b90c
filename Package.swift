// swift-tools-version: 6.1
import PackageDescription

// Imports run one way: HDL <- Machine, HDL <- Simulation <- Verilated <- Lint, HDL <- Formal,
// Machine and Formal <- Proofs, Networks <- Golden, Networks <- ONNX, Networks <- Mapping <- Programs <-
// Energy, and all of them <- Cosimulation <- mimegen. Energy <- Exploration, the model over many designs. Reports draws what it
// is given and imports nothing. The golden model (Golden) knows nothing of tiles or RTL, and the mapping
// knows nothing of the golden model.
let package = Package(
  name: "mimegen",
  products: [
    .executable(name: "mimegen", targets: ["mimegen"]),
    // The hardware language and what goes with it, for designs of any kind.
    .library(
      name: "HDL",
      targets: ["HDL", "Components", "Simulation", "Waves", "Verilated", "Lint", "Formal"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", exact: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CGMP", providers: [.apt(["libgmp-dev"])]),
    .target(name: "HDL"),
    .target(name: "Simulation", dependencies: ["HDL", "CGMP"]),
    .target(name: "Components", dependencies: ["HDL"]),
    .target(name: "Formal", dependencies: ["HDL"]),
    .target(name: "Lint", dependencies: ["HDL", "Verilated"]),
    .target(name: "Waves", dependencies: ["Simulation"]),
    .target(
      name: "Verilated", dependencies: ["HDL", "Simulation"],
      resources: [
        .embedInCode("Library/bench.cpp"), .embedInCode("Library/model.h"),
        .embedInCode("Library/print.h"), .embedInCode("Library/library.mk"),
      ]),
    .target(name: "RandomModules", dependencies: ["HDL", "Simulation", "Verilated"]),
    .executableTarget(
      name: "hdl-fuzz",
      dependencies: [
        "HDL", "RandomModules", "Verilated", "Lint",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(name: "Machine", dependencies: ["HDL", "Components"]),
    .target(name: "Proofs", dependencies: ["HDL", "Components", "Machine", "Formal"]),
    .target(
      name: "Networks",
      resources: ["vgg16_32", "vgg16_64", "vgg16_224", "resnet18_224", "mobilenetv1_224"].map {
        .embedInCode("Shapes/\($0).json")
      }),
    .target(name: "CDotProducts"),
    .target(name: "Golden", dependencies: ["Networks", "CGMP", "CDotProducts"]),
    .target(
      name: "ONNX",
      dependencies: ["Networks", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["Schema/onnx.proto"]),
    .target(name: "Mapping", dependencies: ["Networks"]),
    .target(name: "Programs", dependencies: ["HDL", "Machine", "Networks", "Mapping"]),
    .target(
      name: "Energy",
      dependencies: [
        "Machine", "Networks", "Mapping", "Programs", .product(name: "Yams", package: "Yams"),
      ],
      resources: [
        .embedInCode("Tables/eyeriss.yaml"), .embedInCode("Tables/horowitz-45nm.yaml"),
      ]),
    .target(name: "Reports"),
    .target(
      name: "Exploration",
      dependencies: ["Machine", "Networks", "Mapping", "Programs", "Energy", "Verilated"]),
    .target(
      name: "Testbench", path: "testbenches", sources: ["Testbench.swift"],
      resources: [
        .embedInCode("harness_print.h"), .embedInCode("harness_random.h"),
        .embedInCode("harness_simulation.h"), .embedInCode("mime_core_harness.cpp"),
        .embedInCode("mime_core_ports.h"), .embedInCode("mime_core_queue.h"),
        .embedInCode("mime_core_bare_loop.h"), .embedInCode("mime_accelerator_harness.cpp"),
        .embedInCode("mime_accelerator_memory.h"), .embedInCode("mime_accelerator_channels.h"),
        .embedInCode("mime_accelerator_port.h"), .embedInCode("mime_accelerator_registers.h"),
      ]),
    .target(
      name: "Cosimulation",
      dependencies: [
        "HDL", "Machine", "Networks", "Golden", "Mapping", "Programs", "Energy", "Simulation",
        "Testbench", "Verilated",
      ]),
    .executableTarget(
      name: "mimegen",
      dependencies: [
        "HDL", "Machine", "Networks", "Golden", "Mapping", "Programs", "Energy", "Cosimulation",
        "Exploration", "Formal", "ONNX", "Proofs", "Reports", "Verilated",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(name: "FIR", dependencies: ["HDL"], path: "Examples/FIR"),
    .target(
      name: "PEArray", dependencies: ["HDL"], path: "Examples/PEArray", exclude: ["pe_array.py"]),
    .executableTarget(
      name: "pe-array", dependencies: ["HDL", "Machine", "PEArray", "Simulation", "Verilated"],
      path: "Examples/PEArrayCommand"),
    .testTarget(
      name: "ExampleTests",
      dependencies: ["FIR", "PEArray", "HDL", "Simulation", "Verilated", "Lint"]),
    .testTarget(
      name: "GuideTests",
      dependencies: ["HDL", "Components", "Simulation", "Waves", "Verilated", "Lint", "Formal"]),
    .testTarget(
      name: "ComponentTests",
      dependencies: ["Components", "HDL", "Lint", "Simulation", "Verilated", "Waves"]),
    .testTarget(name: "HDLTests", dependencies: ["HDL", "Simulation"]),
    .target(name: "Gallery", dependencies: ["HDL", "Components"], path: "Tests/Gallery"),
    .testTarget(
      name: "SimulationTests",
      dependencies: [
        "Gallery", "HDL", "Components", "Simulation", "Waves", "Verilated", "Lint", "Machine",
      ]),
    .testTarget(
      name: "FormalTests", dependencies: ["Gallery", "HDL", "Components", "Formal", "Proofs"]),
    .testTarget(name: "WavesTests", dependencies: ["Simulation", "Waves"]),
    .testTarget(name: "VerilatedTests", dependencies: ["HDL", "Simulation", "Verilated"]),
    .testTarget(
      name: "RandomModuleTests",
      dependencies: ["HDL", "RandomModules", "Simulation", "Verilated", "Lint"]),
    .testTarget(name: "MachineTests", dependencies: ["HDL", "Machine"]),
    .testTarget(
      name: "AcceleratorTests",
      dependencies: [
        "HDL", "Components", "Machine", "Networks", "Golden", "Mapping", "Programs", "Cosimulation",
        "Lint", "Simulation", "Verilated",
      ]),
    .testTarget(
      name: "AnalysisTests",
      dependencies: ["Machine", "Networks", "Golden", "Mapping", "Programs", "Cosimulation"]),
    .testTarget(name: "GoldenTests", dependencies: ["Networks", "Golden"]),
    .testTarget(
      name: "ONNXTests",
      dependencies: [
        "Networks", "Golden", "ONNX", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["Exported", "node_tests.safetensors"]),
    .testTarget(
      name: "EnergyTests",
      dependencies: [
        "Machine", "Networks", "Golden", "Mapping", "Programs", "Energy", "Cosimulation",
        .product(name: "Yams", package: "Yams"),
      ]),
    .testTarget(name: "ReportTests", dependencies: ["Reports"]),
    .testTarget(
      name: "ExplorationTests",
      dependencies: ["Machine", "Networks", "Mapping", "Programs", "Energy", "Exploration"]),
    .testTarget(name: "MappingTests", dependencies: ["Networks", "Mapping", "Energy"]),
    .testTarget(
      name: "CosimulationTests",
      dependencies: ["HDL", "Components", "Machine", "Cosimulation", "Verilated"]),
    .testTarget(
      name: "VerificationTests",
      dependencies: [
        "HDL", "Machine", "Networks", "Golden", "Mapping", "Cosimulation", "Verilated",
      ]),
    .testTarget(name: "CommandTests", dependencies: ["mimegen", "Machine", "Networks", "Golden"]),
  ],
  swiftLanguageModes: [.v6]
)
