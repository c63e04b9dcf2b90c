// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "mimegen",
  products: [.library(name: "HDL", targets: ["HDL"])],
  targets: [
    .target(name: "HDL"),
    .target(
      name: "Testbench", path: "testbenches", sources: ["Testbench.swift"],
      resources: [
        .embedInCode("mime_core_harness.cpp"), .embedInCode("mime_core_ports.h"),
        .embedInCode("mime_core_queue.h"), .embedInCode("mime_core_bare_loop.h"),
        .embedInCode("mime_core_print.h"),
      ]),
    .target(name: "Cosimulation", dependencies: ["Testbench"]),
    .testTarget(name: "HDLTests", dependencies: ["HDL"]),
    .testTarget(name: "CosimulationTests", dependencies: ["Cosimulation"]),
  ],
  swiftLanguageModes: [.v6]
)
