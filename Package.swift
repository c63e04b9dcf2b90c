// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "mimegen",
  products: [.library(name: "HDL", targets: ["HDL"])],
  targets: [
    .systemLibrary(name: "CGMP", providers: [.apt(["libgmp-dev"])]),
    .target(name: "HDL"),
    .target(name: "Networks"),
    .target(name: "Mapping", dependencies: ["Networks"]),
    .target(name: "Energy", dependencies: ["Networks", "Mapping"]),
    .testTarget(name: "HDLTests", dependencies: ["HDL"]),
    .testTarget(name: "MappingTests", dependencies: ["Networks", "Mapping", "Energy"]),
  ],
  swiftLanguageModes: [.v6]
)
