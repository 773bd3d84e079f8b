import ArgumentParser
import Compute
import Editing
import Foundation
import Models

/// Looks into one model folder.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Check a diffusers folder and print what it holds.",
    discussion: """
      Loads every part, as 'serve' would; what cannot be used is named. --compare loads the weights \
      a second time in fewer bits and prints what that costs: for every layer the error of its \
      weights and of its output on random input, for every network the error of a whole pass, all \
      relative to 32 bits.
      """)

  @Argument(help: "The folder; the embedded editor if not given.", completion: .directory)
  var folder: String?

  @Option(help: "How weights are kept in memory: fp32, fp16, bf16 or int8.")
  var weights = WeightStorage.float32

  @Option(help: "Compare this storage of the weights with fp32.")
  var compare: WeightStorage?

  @Flag(help: "Print the comparison as JSON.")
  var json = false

  func validate() throws {
    guard compare != nil || !json else {
      throw ValidationError("--json prints a comparison; name a storage with --compare")
    }
  }

  func run() throws {
    let path = try folder ?? ModelLocator.embeddedModel()
    if let compare {
      let comparison = try StorageComparison(folder: path, storage: compare)
      return print(json ? try comparison.json : ComparisonTable(comparison).text)
    }
    let model = try EditorModel(
      folder: path, name: URL(fileURLWithPath: path).lastPathComponent, storage: weights)
    print("folder        \(path)")
    print("hash          \(model.hash)")
    for line in model.summary { print(line) }
  }
}

extension StorageComparison {
  fileprivate var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      encoder.keyEncodingStrategy = .convertToSnakeCase
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }
}
