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
  targets: [
    shim("CKernels", flags: "-O3"),
    shim("COpenBLAS"),
    shim("COpenSSL", linking: ["crypto"]),
    room("Digests", in: "System", ["COpenSSL"]),
    room("Locks", in: "System", []),
    room("Compute", ["CKernels", "COpenBLAS", "Locks"]),
    room("Tensors", ["Compute", "CKernels"]),
    room("Layers", ["Tensors", "Compute", "CKernels"]),
    room("Checkpoints", ["Tensors", "Compute", "CKernels", "Digests"]),
    room("Tokenizers", []),
    room("Diffusion", ["Tensors", "Checkpoints"]),
    room("Models", ["Layers", "Tensors", "Checkpoints", "Compute", "Locks"]),
    .target(
      name: "FuzzTargets", dependencies: ["Checkpoints", "Diffusion", "Models", "Tokenizers"],
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
