// swift-tools-version: 6.2
import PackageDescription

// The rooms through links, as in Benchmarks (docs/decisions/0006-benchmarks.md), so that the targets
// reach what is package-wide. `Scripts/fuzz` adds the sanitizers, or the coverage, by the flags of
// its build.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

func room(
  _ name: String, in wing: String = "Engine", _ dependencies: [Target.Dependency]
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "\(wing)/\(name)", swiftSettings: strict)
}

let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func shim(_ name: String, linking libraries: [String] = [], flags: String = "-O2") -> Target {
  .target(
    name: name, path: "System/\(name)", cSettings: [.unsafeFlags([flags])],
    linkerSettings: libraries.map { .linkedLibrary($0) })
}

let package = Package(
  name: "Fuzz",
  products: [
    .executable(name: "fuzz", targets: ["fuzz"]), .executable(name: "replay", targets: ["replay"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    shim("CKernels", flags: "-O3"),
    shim("COpenBLAS"),
    shim("CImageCodecs", linking: ["jpeg", "png", "z", "lcms2"]),
    shim("COpenSSL", linking: ["crypto"]),
    shim("CTLS", linking: ["ssl", "crypto"]),
    shim("CPlatform"),
    room("Digests", in: "System", ["COpenSSL"]),
    room("Locks", in: "System", []),
    room("Compute", ["CKernels", "COpenBLAS", "Locks"]),
    room("Tensors", ["Compute", "CKernels"]),
    room("Layers", ["Tensors", "Compute", "CKernels"]),
    room("Checkpoints", ["Tensors", "Compute", "CKernels", "Digests"]),
    room("Tokenizers", []),
    room("Diffusion", ["Tensors", "Checkpoints"]),
    room("Models", ["Layers", "Tensors", "Checkpoints", "Compute", "Locks"]),
    room("Imaging", ["CImageCodecs", "Locks"]),
    room("TLS", in: "Service", ["CTLS", "Locks"]),
    room("Sockets", in: "Service", ["TLS", "CPlatform", "Locks", logging, system]),
    room(
      "HTTP", in: "Service",
      ["Sockets", "TLS", "CPlatform", "Locks", httpTypes, logging, system]),
    room("Observability", in: "Service", ["Locks", logging, metrics]),
    room("Jobs", in: "Service", ["Digests", "Locks"]),
    room("Outbound", in: "Service", ["Sockets", "TLS", "Locks"]),
    room("Access", in: "Service", ["Jobs", "Observability", "Digests", "Locks", yams]),
    room("ServeSettings", in: "Service", ["Models", "Compute", "Sockets", yams]),
    .target(
      name: "API",
      dependencies: [
        "Access", "HTTP", "Sockets", "Jobs", "Imaging", "Observability", "Digests", "Locks",
        httpTypes, logging, metrics,
      ], path: "Service/API", resources: [.embedInCode("openapi.yaml")], swiftSettings: strict),
    .target(
      name: "RequestReading", dependencies: ["HTTP", httpTypes], path: "Requests",
      swiftSettings: strict),
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Checkpoints", "Diffusion", "Models", "Tokenizers", "Imaging", "HTTP", "Jobs", "API",
        "Outbound", "ServeSettings", "RequestReading", httpTypes,
      ],
      path: "Targets", swiftSettings: strict),
    .systemLibrary(name: "CLibFuzzer", path: "CLibFuzzer"),
    // gold, the linker by default, fails at the sanitizer's tables.
    .executableTarget(
      name: "fuzz", dependencies: ["FuzzTargets", "CLibFuzzer"], path: "Driver",
      swiftSettings: strict, linkerSettings: [.unsafeFlags(["-use-ld=lld"])]),
    .executableTarget(
      name: "replay", dependencies: ["FuzzTargets"], path: "Replay", swiftSettings: strict),
  ]
)
