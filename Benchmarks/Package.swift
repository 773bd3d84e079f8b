// swift-tools-version: 6.2
import PackageDescription

// The rooms through the links Engine, System and Training, so that they and the tools are one
// package and see each other's package declarations; the plain build knows nothing of this. Why:
// docs/decisions/0006-benchmarks.md.
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

func tool(_ name: String, in folder: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, path: folder, swiftSettings: strict)
}

let package = Package(
  name: "Benchmarks",
  targets: [
    shim("CKernels", flags: "-O3"),
    shim("COpenBLAS"),
    shim("CImageCodecs", linking: ["jpeg", "png", "z", "lcms2"]),
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
    room("Imaging", ["CImageCodecs", "Locks"]),
    room(
      "Editing",
      [
        "Models", "Layers", "Diffusion", "Tokenizers", "Checkpoints", "Tensors", "Compute",
        "Imaging", "Digests", "Rewards",
      ]),
    room(
      "Rewards",
      [
        "Models", "Layers", "Tokenizers", "Checkpoints", "Tensors", "Compute", "Imaging", "Digests",
      ]),
    room(
      "Optimizers", in: "Training",
      ["Tensors", "Compute", "CKernels", "Checkpoints", "Digests"]),
    room("Losses", in: "Training", ["Models", "Diffusion", "Tensors"]),
    .target(name: "CLoad", path: "CLoad", cSettings: [.unsafeFlags(["-O2"])]),
    tool("http-load", in: "Load", ["CLoad"]),
    tool("layers", in: "Layers", ["Layers", "Tensors", "Compute"]),
    tool(
      "full-size", in: "FullSize", ["Models", "Checkpoints", "Tensors", "Compute"]),
    tool(
      "training-steps", in: "TrainingSteps",
      ["Losses", "Optimizers", "Models", "Diffusion", "Checkpoints", "Tensors", "Compute"]),
    tool(
      "edit-stages", in: "Edit",
      ["Editing", "Rewards", "Imaging", "Models", "Checkpoints", "Compute"]),
  ]
)
