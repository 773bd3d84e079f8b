import ArgumentParser

/// Looks into model folders.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model", abstract: "Look into model folders.", subcommands: [InspectCommand.self])
}
