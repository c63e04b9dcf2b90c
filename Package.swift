// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "mimegen",
  products: [.library(name: "HDL", targets: ["HDL"])],
  targets: [
    .systemLibrary(name: "CGMP", providers: [.apt(["libgmp-dev"])]),
    .target(name: "HDL"),
    .target(name: "Networks"),
    .target(name: "Golden", dependencies: ["Networks", "CGMP"]),
    .testTarget(name: "HDLTests", dependencies: ["HDL"]),
    .testTarget(name: "GoldenTests", dependencies: ["Networks", "Golden"]),
  ],
  swiftLanguageModes: [.v6]
)
