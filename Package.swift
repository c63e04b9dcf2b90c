// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "mimegen",
  products: [.library(name: "HDL", targets: ["HDL"])],
  targets: [
    .target(name: "HDL"),
    .target(name: "Machine", dependencies: ["HDL"]),
    .testTarget(name: "HDLTests", dependencies: ["HDL"]),
  ],
  swiftLanguageModes: [.v6]
)
