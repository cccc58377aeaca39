// swift-tools-version: 6.2
import Foundation
import PackageDescription

/// Only then are the fuzz targets there, which need flags that a package others depend on must not have.
let isFuzzing = ProcessInfo.processInfo.environment["FUZZ"] != nil
let coverage: [SwiftSetting] = isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer"])] : []

/// The generator uses `Wire` too: what counts coverage must be in it, though nothing in it is fuzzed.
let coverageRuntime: [LinkerSetting] =
  isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer", "-Xlinker", "--defsym=LLVMFuzzerTestOneInput=0"])] : []

/// Every target that touches octets from the network is built with strict memory safety, its warnings as errors.
let safe: [SwiftSetting] = [
  .strictMemorySafety(), .treatWarning("StrictMemorySafety", as: .error),
]

/// Only `Wire` declares non-escapable types; nobody who uses it needs the feature.
let lifetimes: SwiftSetting = .enableExperimentalFeature("Lifetimes")

let generator: [Target] = [
  .systemLibrary(
    name: "CLibXML2", path: "Generator/CLibXML2", pkgConfig: "libxml-2.0",
    providers: [.apt(["libxml2-dev"])]),
  .target(
    name: "WiregenCore", dependencies: ["CLibXML2", "Wire", "WireText"], path: "Generator/WiregenCore"),
  .executableTarget(
    name: "wiregen",
    dependencies: [
      "WiregenCore", .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], path: "Generator/wiregen", linkerSettings: coverageRuntime),
  .plugin(
    name: "WiregenPlugin", capability: .buildTool(), dependencies: ["wiregen"],
    path: "Generator/WiregenPlugin"),
]

let runtime: [Target] = [
  .target(name: "Wire", swiftSettings: safe + coverage + [lifetimes]),
  .target(name: "WireText", dependencies: ["Wire"], swiftSettings: safe),
  .target(name: "Machine", dependencies: ["Wire"]),
  .target(
    name: "Transport",
    dependencies: [
      "Machine", "Wire",
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOPosix", package: "swift-nio"),
    ]),
  .target(name: "Settings", dependencies: ["WireText", .product(name: "Yams", package: "Yams")]),
  .target(
    name: "Admin",
    dependencies: [
      .product(name: "NIOCore", package: "swift-nio"),
      .product(name: "NIOHTTP1", package: "swift-nio"),
      .product(name: "NIOPosix", package: "swift-nio"),
    ]),
]

let protocols: [Target] = [
  .target(
    name: "PCPWire", dependencies: ["Wire"], exclude: ["wiregen.json", "Schemas"], swiftSettings: safe + coverage,
    plugins: ["WiregenPlugin"]),
  .target(name: "PCP", dependencies: ["PCPWire", "Wire", "Machine"], swiftSettings: safe),
  .target(name: "PCPClient", dependencies: ["PCP", "PCPWire", "Wire", "Machine", "Transport"]),
  .target(name: "PCPBackend", dependencies: ["PCP", "PCPWire", "Wire", "Machine"]),
  .target(
    name: "PCPStore", dependencies: ["PCP", "PCPWire", "Wire", "Machine", .product(name: "GRDB", package: "GRDB.swift")]),
  .target(
    name: "CUSPWire", dependencies: ["Wire"], exclude: ["wiregen.json", "Schemas"], swiftSettings: safe + coverage,
    plugins: ["WiregenPlugin"]),
  .target(
    name: "CPNPWire", dependencies: ["Wire"], exclude: ["wiregen.json", "Schemas"], swiftSettings: safe + coverage,
    plugins: ["WiregenPlugin"]),
]

let tests: [Target] = [
  .target(name: "VectorSupport", dependencies: ["Wire", "WireText"], path: "Tests/VectorSupport"),
  .testTarget(name: "WireTextTests", dependencies: ["WireText", "Wire"], path: "Tests/WireTextTests"),
  .testTarget(
    name: "PCPWireTests", dependencies: ["PCPWire", "FuzzHarness", "VectorSupport", "Wire"], path: "Tests/PCPWireTests"),
  .testTarget(name: "CUSPWireTests", dependencies: ["CUSPWire", "FuzzHarness", "VectorSupport", "Wire", "WireText"]),
  .testTarget(name: "CPNPWireTests", dependencies: ["CPNPWire", "FuzzHarness", "VectorSupport", "Wire", "WireText"]),
  .target(
    name: "KitWire", dependencies: ["Wire"], path: "Tests/KitWire", exclude: ["wiregen.json"], swiftSettings: safe,
    plugins: ["WiregenPlugin"]),
  .target(
    name: "KitAcme", dependencies: ["KitWire", "Wire"], path: "Tests/KitVendors/Acme", exclude: ["wiregen.json"],
    swiftSettings: safe, plugins: ["WiregenPlugin"]),
  .target(
    name: "KitBeta", dependencies: ["KitAcme", "KitWire", "Wire"], path: "Tests/KitVendors/Beta", exclude: ["wiregen.json"],
    swiftSettings: safe, plugins: ["WiregenPlugin"]),
  .target(
    name: "KitRival", dependencies: ["KitWire", "Wire"], path: "Tests/KitVendors/Rival", exclude: ["wiregen.json"],
    swiftSettings: safe, plugins: ["WiregenPlugin"]),
  .target(
    name: "EverythingWire", dependencies: ["Wire"], path: "Tests/EverythingWire", exclude: ["wiregen.json", "Vendor"],
    swiftSettings: safe, plugins: ["WiregenPlugin"]),
  .target(
    name: "EverythingVendor", dependencies: ["EverythingWire", "Wire"], path: "Tests/EverythingWire/Vendor",
    exclude: ["wiregen.json"], swiftSettings: safe, plugins: ["WiregenPlugin"]),
  .target(
    name: "VariablesWire", dependencies: ["Wire"], path: "Tests/VariablesWire", exclude: ["wiregen.json"],
    swiftSettings: safe, plugins: ["WiregenPlugin"]),
  .target(
    name: "Agreement",
    dependencies: [
      "EverythingWire", "KitWire", "VariablesWire", "PCPWire", "CUSPWire", "CPNPWire", "STUNWire", "DHCPv6Wire", "RADIUSWire",
      "DiameterWire", "FuzzHarness", "VectorSupport", "Wire", "WireText", "WiregenCore",
    ],
    path: "Tests/Agreement", exclude: ["LEDGER.md"]),
  .executableTarget(
    name: "AgreementRun", dependencies: ["Agreement", .product(name: "ArgumentParser", package: "swift-argument-parser")],
    path: "Tests/AgreementRun"),
  .testTarget(name: "AgreementTests", dependencies: ["Agreement", "VectorSupport", "Wire", "WiregenCore"]),
  .testTarget(
    name: "KitTests",
    dependencies: ["KitAcme", "KitBeta", "KitRival", "KitWire", "FuzzHarness", "VectorSupport", "Wire", "WireText"]),
  .testTarget(
    name: "ForeignTests",
    dependencies: [
      "STUNWire", "DHCPv6Wire", "RADIUSWire", "DiameterWire", "FuzzHarness", "VectorSupport", "Wire", "WireText",
    ]),
  .testTarget(name: "WiregenTests", dependencies: ["WiregenCore", "CLibXML2", "VectorSupport", "Wire", "WireText", "wiregen"]),
  .testTarget(
    name: "InteropTests", dependencies: ["PCPWire", "Wire", "WireText", "WiregenCore", "VectorSupport", "Demo"]),
  .target(
    name: "FuzzHarness", dependencies: ["PCPWire", "CUSPWire", "CPNPWire", "Wire", "WireText", "VectorSupport"],
    path: "Tests/Fuzz/Harness"),
  .testTarget(
    name: "SecondReadingTests", dependencies: ["CUSPWire", "CPNPWire", "VectorSupport", "Wire", "WireText"],
    path: "Tests/SecondReading", exclude: ["cusp.py", "cpnp.py", "cpnp.md"]),
  .testTarget(name: "FuzzHarnessTests", dependencies: ["FuzzHarness"], path: "Tests/Fuzz/HarnessTests"),
  .target(name: "AllocationCounter", path: "Tests/AllocationCounter"),
  .executableTarget(
    name: "AllocationCheck", dependencies: ["AllocationCounter", "PCPWire", "Wire", "VectorSupport"],
    path: "Tests/AllocationCheck"),
  .testTarget(name: "AllocationTests", dependencies: ["AllocationCheck", "VectorSupport"]),
  .executableTarget(
    name: "StackCheck", dependencies: ["KitWire", "VectorSupport", "Wire", "WireText"], path: "Tests/StackCheck"),
  .target(
    name: "LinearWire", dependencies: ["Wire"], path: "Tests/LinearWire", exclude: ["wiregen.json"], swiftSettings: safe,
    plugins: ["WiregenPlugin"]),
  .executableTarget(name: "LinearCheck", dependencies: ["LinearWire", "Wire", "WireText"], path: "Tests/LinearCheck"),
  .testTarget(name: "LinearTests", dependencies: ["LinearCheck", "VectorSupport"]),
  .executableTarget(name: "Plant", dependencies: ["WiregenCore"], path: "Tests/Plant", linkerSettings: coverageRuntime),
  .plugin(name: "PlantPlugin", capability: .buildTool(), dependencies: ["Plant"], path: "Tests/PlantPlugin"),
  .target(
    name: "PlantedWire", dependencies: ["Wire"], path: "Tests/PlantedWire", exclude: ["planted.xml"], plugins: ["PlantPlugin"]),
  .testTarget(name: "PlantedTests", dependencies: ["Agreement", "PlantedWire", "VectorSupport"]),
  .testTarget(name: "HouseTests", path: "Tests/HouseTests"),
  .testTarget(name: "PluginTests", path: "Tests/PluginTests"),
  .testTarget(name: "MachineTests", dependencies: ["Machine", "Wire"]),
  .testTarget(name: "PCPTests", dependencies: ["PCP", "PCPWire", "Machine", "Wire"]),
  .testTarget(name: "PCPClientTests", dependencies: ["PCPClient", "PCP", "PCPWire", "Machine", "Transport", "Wire"]),
  .testTarget(
    name: "PCPBackendTests",
    dependencies: ["NetworkSupport", "PCPBackend", "PCP", "PCPWire", "PCPTool", "VectorSupport", "Machine", "Wire"]),
  .target(name: "NetworkSupport", path: "Tests/NetworkSupport", exclude: ["peer.py"]),
  .testTarget(name: "PCPPeerTests", dependencies: ["NetworkSupport", "PCPTool", "VectorSupport"]),
  .testTarget(
    name: "PCPScenarioTests", dependencies: ["PCP", "PCPWire", "Machine", "Transport", "VectorSupport", "Wire"]),
  .testTarget(
    name: "PCPStoreTests",
    dependencies: ["PCPStore", "PCP", "PCPWire", "Machine", "Wire", .product(name: "GRDB", package: "GRDB.swift")]),
  .testTarget(name: "SettingsTests", dependencies: ["Settings"]),
  .testTarget(name: "AdminTests", dependencies: ["Admin", "VectorSupport"]),
  .testTarget(
    name: "PCPToolTests",
    dependencies: [
      "PCPTool", "Admin", "PCP", "PCPWire", "Settings", "Machine", "Transport", "VectorSupport", "Wire",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ]),
]

let foreign: [Target] = ["STUNWire", "DHCPv6Wire", "RADIUSWire", "DiameterWire"].map {
  .target(
    name: $0, dependencies: ["Wire"], path: "Tests/ForeignWire/\($0)", exclude: ["wiregen.json"], swiftSettings: safe,
    plugins: ["WiregenPlugin"])
}

let fuzzing: [Target] =
  !isFuzzing
  ? []
  : [.target(name: "FuzzDriver", dependencies: ["FuzzHarness"], path: "Tests/Fuzz/Driver")]
    + [
      "FuzzPCPRequest", "FuzzPCPResponse", "FuzzNATPMP", "FuzzCUSPControlPlane", "FuzzCUSPUserPlane", "FuzzCPNPClient",
      "FuzzCPNPServer",
    ].map {
      .executableTarget(
        name: $0, dependencies: ["FuzzDriver", "FuzzHarness"], path: "Tests/Fuzz/\($0)", swiftSettings: coverage,
        linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"])])
    }

let programs: [Target] = [
  .executableTarget(
    name: "PCPTool",
    dependencies: [
      "Admin", "PCP", "PCPBackend", "PCPClient", "PCPStore", "PCPWire", "Settings", "Wire", "WireText", "Machine", "Transport",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
      .product(name: "Logging", package: "swift-log"),
      .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      .product(name: "UnixSignals", package: "swift-service-lifecycle"),
    ]),
  .executableTarget(
    name: "Demo", dependencies: ["PCP", "PCPWire", "Wire", "WireText", "Machine", "Transport"]),
]

let package = Package(
  name: "Wiregen",
  products: [
    .executable(name: "wiregen", targets: ["wiregen"]),
    .plugin(name: "WiregenPlugin", targets: ["WiregenPlugin"]),
    .library(name: "Wire", targets: ["Wire"]),
    .library(name: "WireText", targets: ["WireText"]),
    .library(name: "PCPWire", targets: ["PCPWire"]),
    .library(name: "CUSPWire", targets: ["CUSPWire"]),
    .library(name: "CPNPWire", targets: ["CPNPWire"]),
    .library(name: "PCPClient", targets: ["PCPClient"]),
    .executable(name: "pcp", targets: ["PCPTool"]),
    .executable(name: "demo", targets: ["Demo"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    // Its words for keys that are there twice are relied on, to name all of them.
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: generator + runtime + protocols + programs + tests + foreign + fuzzing,
  swiftLanguageModes: [.v6]
)
