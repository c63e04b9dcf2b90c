// swift-tools-version: 6.1
import PackageDescription

// Imports run one way: HDL <- Machine, Networks <- Golden, Networks <- Mapping <- Energy,
// and all of them <- Cosimulation <- mimegen. The golden model (Golden) knows nothing of
// tiles or RTL, and the mapping knows nothing of the golden model.
let package = Package(
  name: "mimegen",
  products: [
    .executable(name: "mimegen", targets: ["mimegen"]),
    .library(name: "HDL", targets: ["HDL"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "CGMP", providers: [.apt(["libgmp-dev"])]),
    .target(name: "HDL"),
    .target(name: "Machine", dependencies: ["HDL"]),
    .target(name: "Networks"),
    .target(name: "Golden", dependencies: ["Networks", "CGMP"]),
    .target(name: "Mapping", dependencies: ["Networks"]),
    .target(name: "Energy", dependencies: ["Networks", "Mapping"]),
    .target(
      name: "Testbench", path: "testbenches", sources: ["Testbench.swift"],
      resources: [
        .embedInCode("mime_core_harness.cpp"), .embedInCode("mime_core_ports.h"),
        .embedInCode("mime_core_queue.h"), .embedInCode("mime_core_bare_loop.h"),
        .embedInCode("mime_core_print.h"),
      ]),
    .target(
      name: "Cosimulation",
      dependencies: ["HDL", "Machine", "Networks", "Golden", "Mapping", "Energy", "Testbench"]),
    .executableTarget(
      name: "mimegen",
      dependencies: [
        "HDL", "Machine", "Networks", "Golden", "Mapping", "Energy", "Cosimulation",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "HDLTests", dependencies: ["HDL"]),
    .testTarget(name: "MachineTests", dependencies: ["HDL", "Machine"]),
    .testTarget(name: "GoldenTests", dependencies: ["Networks", "Golden"]),
    .testTarget(name: "MappingTests", dependencies: ["Networks", "Mapping", "Energy"]),
    .testTarget(name: "CosimulationTests", dependencies: ["HDL", "Machine", "Cosimulation"]),
    .testTarget(
      name: "VerificationTests",
      dependencies: ["HDL", "Machine", "Networks", "Golden", "Mapping", "Cosimulation"]),
    .testTarget(name: "CommandTests", dependencies: ["mimegen", "Machine", "Networks", "Golden"]),
  ],
  swiftLanguageModes: [.v6]
)
