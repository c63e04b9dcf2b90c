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
    .executableTarget(
      name: "mimegen",
      dependencies: [
        "HDL", "Machine", "Networks",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "HDLTests", dependencies: ["HDL"]),
    .testTarget(name: "GoldenTests", dependencies: ["Networks", "Golden"]),
  ],
  swiftLanguageModes: [.v6]
)
