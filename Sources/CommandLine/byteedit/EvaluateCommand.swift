import ArgumentParser

/// Measures what the judges are worth to an editor.
struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Measure what the judges are worth to an editor.",
    discussion: "docs/evidence.md has the last results and how to repeat them.",
    subcommands: [ProbeCommand.self, BestOfCommand.self, StepsCommand.self, RankingCommand.self])
}
