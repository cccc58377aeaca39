// swift-tools-version: 6.2
import PackageDescription

// A package of somebody else: it uses the plugin on schemas of its own, with no Swift settings, and adds a private option to PCP
// from outside. It stands here so that the project finds out first when that stops working.
let package = Package(
  name: "Acme",
  products: [.library(name: "AcmeWire", targets: ["AcmeWire"])],
  dependencies: [.package(name: "Wiregen", path: "../..")],
  targets: [
    .target(
      name: "AcmeWire",
      dependencies: [
        .product(name: "Wire", package: "Wiregen"), .product(name: "WireText", package: "Wiregen"),
        .product(name: "PCPWire", package: "Wiregen"),
      ],
      exclude: ["wiregen.json"],
      plugins: [.plugin(name: "WiregenPlugin", package: "Wiregen")]),
    .testTarget(name: "AcmeTests", dependencies: ["AcmeWire"]),
    .testTarget(
      name: "AcmeSamples",
      dependencies: [
        "AcmeWire", .product(name: "Wire", package: "Wiregen"), .product(name: "WireText", package: "Wiregen"),
      ],
      exclude: ["wiregen.json"], plugins: [.plugin(name: "WiregenPlugin", package: "Wiregen")]),
  ],
  swiftLanguageModes: [.v6]
)
