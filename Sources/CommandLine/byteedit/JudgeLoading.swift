import ArgumentParser
import Foundation
import Rewards

/// Which judges a command works with.
struct JudgeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Folder with the judges 'aesthetic', 'alignment' and 'coherence', or 'off'; the embedded ones "
        + "if not given.", valueName: "dir|off"))
  var judges: String?

  @Option(help: ArgumentHelp("Another aesthetic judge, or 'off'.", valueName: "path|off"))
  var aesthetic: String?

  @Option(help: ArgumentHelp("Another alignment judge, or 'off'.", valueName: "path|off"))
  var alignment: String?

  @Option(help: ArgumentHelp("Another coherence judge, or 'off'.", valueName: "path|off"))
  var coherence: String?

  /// Loads them.
  func load() throws -> Judges {
    try Judges(
      try JudgeLoading.sources(
        folder: judges, aesthetic: aesthetic, alignment: alignment, coherence: coherence))
  }
}

/// Finds the judges that a command is told to use.
enum JudgeLoading {
  /// A folder of judges that is not there.
  struct MissingFolder: Error, CustomStringConvertible {
    var path: String
    var description: String {
      "there is no folder \(path) for judges; name one that is there, or say 'off'"
    }
  }

  /// - Parameter folder: a folder, `off`, or `nil` for the embedded judges, which need not be there.
  static func sources(
    folder: String?, aesthetic: String?, alignment: String?, coherence: String?
  ) throws -> JudgeSources {
    var sources = JudgeSources()
    switch folder {
    case nil: sources.folder = ModelLocator.embeddedJudges()
    case "off"?: break
    case let path?:
      guard ModelLocator.isFolder(path) else { throw MissingFolder(path: path) }
      sources.folder = path
    }
    if let aesthetic { sources.aesthetic = .init(aesthetic) }
    if let alignment { sources.alignment = .init(alignment) }
    if let coherence { sources.coherence = .init(coherence) }
    return sources
  }
}
