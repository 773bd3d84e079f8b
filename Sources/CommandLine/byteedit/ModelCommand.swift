import ArgumentParser
import Checkpoints
import Editing
import Foundation

/// Looks into model folders.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Look into model folders.", subcommands: [Inspect.self])

  struct Inspect: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Check a diffusers folder and print what it holds.",
      discussion: "Loads every part, as 'serve' would; what cannot be used is named.")

    @Argument(help: "The folder; the embedded editor if not given.", completion: .directory)
    var folder: String?

    func run() throws {
      let path = try folder ?? ModelLocator.embeddedModel()
      let model = try EditorModel(folder: path, name: URL(fileURLWithPath: path).lastPathComponent)
      print("folder        \(path)")
      print("hash          \(model.hash)")
      for line in model.summary { print(line) }
    }
  }
}
