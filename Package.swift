// swift-tools-version: 6.2
import PackageDescription

// MARK: Settings

/// Every Swift target: Swift 6 mode comes with the tools version; warnings are errors.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]
/// Numeric targets are optimised in debug too; plain debug runs their loops hundreds of times slower.
let numeric: [SwiftSetting] = strict + [.unsafeFlags(["-O"])]
let kernelFlags: [CSetting] = [.unsafeFlags(["-O3", "-Wall", "-Wextra", "-Werror"])]
let shimFlags: [CSetting] = [.unsafeFlags(["-O2", "-Wall", "-Wextra", "-Werror"])]

// MARK: Dependencies, exact: a fresh clone builds what was tested

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let metricsTestKit = Target.Dependency.product(name: "MetricsTestKit", package: "swift-metrics")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
let lifecycle = Target.Dependency.product(
  name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// A room of the house: a target in `Sources/<wing>/<name>` that sees only what it lists; those of
/// the engine and of training are numeric.
func room(
  _ wing: String, _ name: String, _ dependencies: [Target.Dependency],
  resources: [Resource] = [], settings: [SwiftSetting]? = nil
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "Sources/\(wing)/\(name)", resources: resources,
    swiftSettings: settings ?? (["Engine", "Training"].contains(wing) ? numeric : strict))
}

/// A face of C libraries, in `<folder>/<name>`.
func shim(
  _ name: String, in folder: String = "Sources/System", linking libraries: [String] = [],
  flags: [CSetting] = shimFlags
) -> Target {
  .target(
    name: name, path: "\(folder)/\(name)", cSettings: flags,
    linkerSettings: libraries.map { .linkedLibrary($0) })
}

/// The tests of a room, in `Tests/<name>Tests`; golden files lie in `Fixtures` beside them.
func test(
  _ name: String, _ dependencies: [Target.Dependency], fixtures: Bool = false,
  settings: [SwiftSetting] = strict
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests",
    resources: fixtures ? [.copy("Fixtures")] : [], swiftSettings: settings)
}

/// The tests of a numeric room; most have golden files.
func numericTest(
  _ name: String, _ dependencies: [Target.Dependency], fixtures: Bool = true
) -> Target {
  test(name, dependencies, fixtures: fixtures, settings: numeric)
}

/// What several tests share, in `Tests/<name>`.
func support(
  _ name: String, _ dependencies: [Target.Dependency], path: String? = nil,
  settings: [SwiftSetting] = strict
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: path ?? "Tests/\(name)", swiftSettings: settings)
}

let package = Package(
  name: "byteedit",
  products: [.executable(name: "byteedit", targets: ["byteedit"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
    .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // MARK: System
    shim("CKernels", flags: kernelFlags),
    shim("COpenBLAS"),
    shim("CImageCodecs", linking: ["jpeg", "png", "z", "lcms2"]),
    shim("COpenSSL", linking: ["crypto"]),
    shim("CTLS", linking: ["ssl", "crypto"]),
    shim("CPostgres", linking: ["pq"]),
    shim("CPlatform"),
    room("System", "Digests", ["COpenSSL"]),
    room("System", "Locks", []),

    // MARK: Engine
    room("Engine", "Compute", ["CKernels", "COpenBLAS", "Locks"]),
    room("Engine", "Tensors", ["Compute", "CKernels"]),
    room("Engine", "Layers", ["Tensors", "Compute", "CKernels"]),
    room("Engine", "Checkpoints", ["Tensors", "Compute", "CKernels", "Digests"]),
    room("Engine", "Tokenizers", []),
    room("Engine", "Diffusion", ["Tensors", "Checkpoints"]),
    room("Engine", "Models", ["Layers", "Tensors", "Checkpoints", "Compute", "Locks"]),
    room("Engine", "Imaging", ["CImageCodecs", "Locks"]),
    room(
      "Engine", "Editing",
      [
        "Models", "Layers", "Diffusion", "Tokenizers", "Checkpoints", "Tensors", "Compute",
        "Imaging", "Digests", "Rewards",
      ]),
    room(
      "Engine", "Rewards",
      [
        "Models", "Layers", "Tokenizers", "Checkpoints", "Tensors", "Compute", "Imaging", "Digests",
      ]),

    // MARK: Training
    room("Training", "Optimizers", ["Tensors", "Compute", "CKernels", "Checkpoints", "Digests"]),
    room("Training", "Losses", ["Models", "Diffusion", "Tensors"]),
    room("Training", "Datasets", ["Imaging", "Tensors", "Compute", "Digests"]),
    room(
      "Training", "Recipes",
      [
        "Datasets", "Losses", "Optimizers", "Rewards", "Editing", "Models", "Diffusion",
        "Tokenizers", "Checkpoints", "Imaging", "Tensors", "Compute", "Digests", "Locks",
        "Statistics", "Plots",
      ]),

    // MARK: Evaluation
    room("Evaluation", "Statistics", [], settings: numeric),
    room("Evaluation", "Plots", []),
    room(
      "Evaluation", "Evidence",
      [
        "Recipes", "Datasets", "Editing", "Rewards", "Models", "Checkpoints", "Imaging", "Tensors",
        "Statistics", "Plots",
      ], settings: numeric),

    // MARK: Service
    room("Service", "TLS", ["CTLS", "Locks"]),
    room("Service", "Sockets", ["TLS", "CPlatform", "Locks", logging, system]),
    room("Service", "HTTP", ["Sockets", "TLS", "CPlatform", "Locks", httpTypes, logging, system]),
    room("Service", "Observability", ["Locks", logging, metrics]),
    room("Service", "Jobs", ["Digests", "Locks"]),
    room("Service", "Access", ["Jobs", "Observability", "Digests", "Locks", yams]),
    room("Service", "JobStoreSQLite", ["Jobs", "Locks", grdb]),
    room("Service", "JobStorePostgres", ["Jobs", "Locks", "CPostgres"]),
    room("Service", "Workers", ["Jobs", "Locks", "Observability", logging, metrics]),
    room("Service", "Outbound", ["Sockets", "TLS", "Locks"]),
    room(
      "Service", "Webhooks",
      ["Jobs", "Outbound", "Sockets", "Observability", "Digests", "Locks", logging, metrics]),
    room("Service", "ServeSettings", ["Models", "Compute", "Sockets", yams]),
    room(
      "Service", "API",
      [
        "Access", "HTTP", "Sockets", "Jobs", "Imaging", "Observability", "Digests", "Locks",
        httpTypes, logging, metrics,
      ], resources: [.embedInCode("openapi.yaml")]),

    // MARK: The front door
    .target(
      name: "DefaultModel", path: "Sources/DefaultModel", exclude: ["README.md"],
      resources: [.copy("Model"), .copy("Judges")], swiftSettings: strict),
    .executableTarget(
      name: "byteedit",
      dependencies: [
        "API", "Access", "HTTP", "Sockets", "TLS", "Jobs", "JobStoreSQLite", "JobStorePostgres",
        "Workers", "Observability", "Outbound", "Webhooks", "ServeSettings", "Editing", "Rewards",
        "Imaging", "Checkpoints", "Models", "Compute", "CPlatform", "Diffusion", "Digests", "Locks",
        "Datasets", "Recipes", "Evidence", "Plots", "DefaultModel", argumentParser, logging,
        metrics, lifecycle, unixSignals, yams,
      ],
      path: "Sources/CommandLine/byteedit", swiftSettings: strict),

    // MARK: Tests, a mirror of Sources
    support("Goldens", ["Tensors"], settings: numeric),
    support("TestSupport", []),
    support(
      "JudgeFolders", ["Rewards", "Models", "Checkpoints", "Imaging", "Tensors"],
      settings: numeric),
    numericTest("Compute", ["Compute", "CKernels", "Locks"], fixtures: false),
    numericTest("Tensors", ["Tensors", "Compute", "Goldens"]),
    numericTest("Layers", ["Layers", "Tensors", "Compute", "Goldens"]),
    numericTest("Checkpoints", ["Checkpoints", "Tensors", "Digests", "TestSupport"]),
    numericTest("Tokenizers", ["Tokenizers", "TestSupport"]),
    numericTest("Diffusion", ["Diffusion", "Tensors"]),
    numericTest(
      "Models", ["Models", "Checkpoints", "Layers", "Tensors", "Compute", "TestSupport"]),
    numericTest("Imaging", ["Imaging", "CImageCodecs"]),
    numericTest(
      "Editing",
      [
        "Editing", "Rewards", "Models", "Imaging", "Checkpoints", "Diffusion", "Tensors", "Compute",
        "Digests", "TestSupport",
      ]),
    numericTest(
      "Rewards",
      [
        "Rewards", "JudgeFolders", "Models", "Layers", "Tokenizers", "Checkpoints", "Tensors",
        "Compute", "Imaging", "TestSupport",
      ]),
    numericTest(
      "Optimizers",
      [
        "Optimizers", "Checkpoints", "Tensors", "Compute", "CKernels", "Locks", "Goldens",
        "TestSupport",
      ]),
    numericTest(
      "Losses",
      [
        "Losses", "Optimizers", "Models", "Diffusion", "Checkpoints", "Tensors", "Compute",
        "Goldens",
      ]),
    numericTest("Datasets", ["Datasets", "Imaging", "Compute", "TestSupport"]),
    numericTest(
      "Recipes",
      [
        "Recipes", "Datasets", "Losses", "Optimizers", "Models", "Editing", "Checkpoints",
        "Tokenizers", "Imaging", "Diffusion", "Tensors", "Compute", "Statistics", "Rewards",
        "TestSupport",
      ], fixtures: false),
    numericTest("Statistics", ["Statistics"]),
    test("Plots", ["Plots"]),
    numericTest(
      "Evidence",
      [
        "Evidence", "Recipes", "Datasets", "Editing", "Rewards", "JudgeFolders", "Models",
        "Checkpoints", "Imaging", "Tensors", "Statistics", "TestSupport",
      ], fixtures: false),
    shim("CTestCertificates", in: "Tests", linking: ["crypto"]),
    support("TestCertificates", ["CTestCertificates"]),
    test("TLS", ["TLS", "TestCertificates"]),
    test("Sockets", ["Sockets", "TLS", "TestCertificates", "CPlatform", system, logging]),
    test(
      "HTTP",
      [
        "HTTP", "Sockets", "TLS", "TestCertificates", "CPlatform", "RequestReading", httpTypes,
        logging,
      ]),
    test("Outbound", ["Outbound", "Sockets", "TLS", "TestCertificates", "CPlatform", "Locks"]),
    test(
      "Webhooks",
      [
        "Webhooks", "Outbound", "Sockets", "Jobs", "JobStoreBench", "Observability", "Locks",
        logging, metricsTestKit,
      ]),
    test("Observability", ["Observability", "TestSupport", logging, metrics]),
    test("Jobs", ["Jobs"]),
    test("Access", ["Access", "Jobs", "Observability", "TestSupport"]),
    .executableTarget(
      name: "JobStoreProbe", dependencies: ["JobStoreSQLite", "Jobs"],
      path: "Tests/JobStoreProbe", swiftSettings: strict),
    support(
      "JobStoreBench", ["JobStoreSQLite", "JobStorePostgres", "Jobs", "Locks", "TestSupport"]),
    test("JobStoreConformance", ["JobStoreBench", "Jobs"]),
    test(
      "JobStoreSQLite",
      ["JobStoreSQLite", "JobStoreBench", "Jobs", "JobStoreProbe", "Locks", grdb]),
    test("JobStorePostgres", ["JobStorePostgres", "JobStoreBench", "Jobs", "Locks"]),
    support("FaultHistory", ["Jobs"]),
    test("FaultHistory", ["FaultHistory", "Jobs"]),
    .executableTarget(
      name: "FaultRun",
      dependencies: ["FaultHistory", "JobStoreBench", "Jobs", "Digests", "Locks"],
      path: "Tests/FaultRun", swiftSettings: strict),
    test(
      "Workers",
      ["Workers", "Jobs", "JobStoreSQLite", "Locks", "TestSupport", logging, metricsTestKit]),
    test(
      "API",
      [
        "API", "Access", "HTTP", "Sockets", "Jobs", "JobStoreSQLite", "Imaging", "Observability",
        "Locks", "TestSupport", httpTypes, logging, metrics, yams,
      ]),
    test(
      "byteedit",
      [
        "byteedit", "ServeSettings", "Editing", "Imaging", "Workers", "Jobs", "JobStoreSQLite",
        "Observability", "Locks", "TLS", "TestCertificates", "TestSupport", logging,
      ]),
    test("ServeSettings", ["ServeSettings", "TestSupport"]),
    support("RequestReading", ["HTTP", httpTypes], path: "Fuzz/Requests"),
    support(
      "FuzzTargets",
      [
        "Checkpoints", "Diffusion", "Models", "Tokenizers", "Imaging", "HTTP", "Jobs", "API",
        "Outbound", "ServeSettings", "RequestReading", httpTypes,
      ], path: "Fuzz/Targets", settings: numeric),
    test("Fuzz", ["FuzzTargets"]),
    .testTarget(
      name: "Journeys",
      dependencies: [
        "byteedit", "JudgeFolders", "JobStoreBench", "Sockets", "TLS", "TestCertificates",
        "TestSupport",
      ],
      path: "Tests/Journeys",
      resources: [.copy("Fixtures")], swiftSettings: strict),
  ]
)

// MARK: The service's rooms alone, for sanitizers (Scripts/sanitize --service)

if Context.environment["BYTEEDIT_SERVICE_ALONE"] != nil {
  var kept: Set = [
    "TLSTests", "SocketsTests", "HTTPTests", "ObservabilityTests", "JobsTests", "AccessTests",
    "JobStoreConformanceTests", "JobStoreSQLiteTests", "JobStorePostgresTests", "WorkersTests",
    "APITests", "ImagingTests", "OutboundTests", "WebhooksTests",
  ]
  var seen = 0
  while seen != kept.count {
    seen = kept.count
    for target in package.targets where kept.contains(target.name) {
      for case .byNameItem(let name, _) in target.dependencies { kept.insert(name) }
    }
  }
  package.targets.removeAll { !kept.contains($0.name) }
  package.products = []
}
