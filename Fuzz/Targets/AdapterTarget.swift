import Models

/// A LoRA file: tensors' names, ranks and the JSON inside its metadata.
final class AdapterTarget: FuzzTarget {
  static let name = "adapter"
  static let sources = [
    "Engine/Models/Adapters/AdapterFile.swift", "Engine/Models/Adapters/AdapterKey.swift",
    "Engine/Models/Adapters/AdapterSettings.swift",
    "Engine/Models/Adapters/LowRankFactors.swift",
  ]

  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  func read(_ input: [UInt8]) -> FuzzVerdict {
    do {
      return try folder.with(["adapter.safetensors": input]) {
        do {
          _ = try AdapterFile(path: "\(folder.path)/adapter.safetensors")
          return .accepted
        } catch {
          return .refused("\(error)")
        }
      }
    } catch {
      return .refused("\(error)")
    }
  }

  static func parts(of input: [UInt8]) -> [[UInt8]] { SafetensorsTarget.parts(of: input) }
  static func whole(_ parts: [[UInt8]]) -> [UInt8] { SafetensorsTarget.whole(parts) }
}
