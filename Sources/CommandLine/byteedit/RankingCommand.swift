import ArgumentParser
import Compute
import Evidence
import Foundation
import Imaging
import Recipes
import Rewards

/// Shows what a judge puts first and last.
struct RankingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ranking",
    abstract: "Draw the candidates that a judge ranks first and last.",
    discussion: """
      Ranks the held-out edits of folders made by 'byteedit data candidates', draws the first in \
      the upper row and the last in the lower one (coherence with its map below each), and prints \
      their prompts.
      """)

  @OptionGroup var judges: JudgeOptions

  @Option(help: "Which judge: aesthetic, alignment or coherence.")
  var judge = "aesthetic"

  @Option(help: "A folder of candidates; may be repeated.", completion: .directory)
  var data: [String]

  @Option(help: "Candidates at either end, 1 to 40.")
  var shown = 10

  @Option(help: "Threads to compute on; 0 uses every core.")
  var threads = 0

  @Option(name: .shortAndLong, help: "The sheet: .png or .jpg.")
  var output: String

  func validate() throws {
    if !(1...40).contains(shown) { throw ValidationError("--shown takes 1 to 40") }
    if threads < 0 { throw ValidationError("--threads must not be negative") }
  }

  func run() throws {
    guard let kind = JudgeKind(rawValue: judge), let judge = try judges.load()[kind] else {
      throw ValidationError("--judge \(judge): there is no such judge, or it is off")
    }
    let team = threads > 0 ? ThreadTeam(threads: threads) : .shared
    let ranking = try ThreadTeam.$current.withValue(team) {
      try Ranking(
        try data.map { try CandidateFolder(reading: $0) }, by: judge, shown: shown)
    }
    try SheetFile.write(try ranking.sheet(), to: output)
    print("\(ranking.count) candidates by \(kind.rawValue)")
    for (name, places) in [("first", ranking.first), ("last", ranking.last)] {
      for place in places {
        print("\(name)  \(String(format: "%+.2f", place.raw))  \(place.id)  \(place.prompt)")
      }
    }
  }
}

/// Writes a sheet in the format that its name asks for.
enum SheetFile {
  static func write(_ sheet: Picture, to path: String) throws {
    let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
    let bytes =
      ending == "jpg" || ending == "jpeg"
      ? try ImageEncoder.jpeg(sheet, quality: 85) : try ImageEncoder.png(sheet, compression: 6)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }
}
