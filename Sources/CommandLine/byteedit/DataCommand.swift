import ArgumentParser

/// Looks into data for training.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Look into data for training, and make some.",
    subcommands: [
      PreviewCommand.self, CandidatesCommand.self, PreferencesCommand.self, PromptsCommand.self,
    ])
}
