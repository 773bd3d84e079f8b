import ArgumentParser
import Datasets
import Foundation

/// Checks, merges and parts files of preferences.
struct PreferencesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preferences",
    abstract: "Check files of preferences; say how far annotators agree, merge and part them.",
    discussion: """
      Paths in a file are relative to it: files that are merged or parted must lie in one folder, and \
      what is written is written there.
      """)

  @Argument(help: "Files of preferences, a JSON object a line.", completion: .file())
  var files: [String]

  @Option(help: "Write one preference an edit, by Borda's count of all annotators, to this file.")
  var merge: String?

  @Option(help: "Part by cluster: this share of clusters goes to NAME-heldout.jsonl.")
  var heldOut: Double?

  @Option(help: "Clusters that must not lie on both sides: scene,object.")
  var by = "scene"

  @Option(help: "Which clusters are held out.")
  var seed: UInt64 = 0

  @Flag(help: "Pass over pictures that are not there.")
  var withoutPictures = false

  func run() throws {
    var preferences: [Preference] = []
    var hasProblems = false
    for file in files {
      let problems = try PreferenceFile.problems(in: file, checksFiles: !withoutPictures)
      problems.forEach { print($0.description) }
      hasProblems = hasProblems || !problems.isEmpty
      if problems.isEmpty { preferences += try PreferenceFile.read(file) }
    }
    guard !hasProblems else { throw ExitCode.failure }
    report(preferences)
    if merge != nil || heldOut != nil { try checkFolders() }
    if let merge { preferences = try merged(preferences, to: merge) }
    if let heldOut { try part(preferences, heldOut) }
  }

  private func report(_ preferences: [Preference]) {
    let annotators = Set(preferences.map(\.annotator)).sorted()
    print(
      "\(preferences.count) preferences of \(Set(preferences.map(\.id)).count) edits by "
        + annotators.joined(separator: ", "))
    let agreement = PreferenceAgreement(preferences)
    guard let share = agreement.share, let alpha = agreement.alpha else { return }
    print(
      String(
        format: "%d pairs compared twice or more: %.1f%% alike, Krippendorff's alpha %.3f",
        agreement.pairs, 100 * share, alpha))
    for (pair, kappa) in agreement.kappa.sorted(by: { $0.key < $1.key }) {
      print(String(format: "Cohen's kappa %.3f  ", kappa) + pair)
    }
  }

  /// Throws where paths would no longer lead to their pictures.
  private func checkFolders() throws {
    let folders = Set((files + [merge].compactMap(\.self)).map(Self.folder))
    guard folders.count == 1 else {
      throw ValidationError("the files and what is written must lie in one folder")
    }
  }

  private static func folder(_ file: String) -> String {
    URL(fileURLWithPath: file).deletingLastPathComponent().standardizedFileURL.path
  }

  private func merged(_ preferences: [Preference], to file: String) throws -> [Preference] {
    let result = PreferenceMerge.merge(preferences)
    try PreferenceFile.write(result.merged, to: file)
    print("\(file): \(result.merged.count), undecided \(result.undecided.count)")
    return result.merged
  }

  private func part(_ preferences: [Preference], _ share: Double) throws {
    let split = try PreferenceSplit(
      preferences, heldOut: share, by: by.split(separator: ",").map(String.init), seed: seed)
    let stem = URL(fileURLWithPath: merge ?? files[0]).deletingPathExtension().path
    try PreferenceFile.write(split.training, to: stem + "-training.jsonl")
    try PreferenceFile.write(split.heldOut, to: stem + "-heldout.jsonl")
    print(
      "\(stem)-training.jsonl: \(split.training.count), \(stem)-heldout.jsonl: "
        + "\(split.heldOut.count), dropped \(split.dropped.count)")
  }
}
