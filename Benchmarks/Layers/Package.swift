// swift-tools-version: 6.2
import PackageDescription

// The engine's rooms through links, so that they and the benchmark are one package and see each
// other's package declarations; the plain build knows nothing of this.
let numeric: [SwiftSetting] = [.enableUpcomingFeature("InternalImportsByDefault")]

let package = Package(
  name: "LayerBenchmark",
  targets: [
    .target(name: "CKernels", path: "System/CKernels", cSettings: [.unsafeFlags(["-O3"])]),
    .target(name: "COpenBLAS", path: "System/COpenBLAS"),
    .target(
      name: "Compute", dependencies: ["CKernels", "COpenBLAS"], path: "Engine/Compute",
      swiftSettings: numeric),
    .target(
      name: "Tensors", dependencies: ["Compute", "CKernels"], path: "Engine/Tensors",
      swiftSettings: numeric),
    .target(
      name: "Layers", dependencies: ["Tensors", "Compute", "CKernels"], path: "Engine/Layers",
      swiftSettings: numeric),
    .executableTarget(
      name: "layers", dependencies: ["Layers", "Tensors", "Compute"], path: "Benchmark",
      swiftSettings: numeric),
  ]
)
