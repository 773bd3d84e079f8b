import Datasets
import Foundation
import Imaging

/// Two pictures of one edit, one preferred to the other.
struct PreferredPair: Sendable {
  var better: BytePicture
  var worse: BytePicture
  let prompt: String
  /// The box around what was edited; nil where nothing is known of it.
  var hole: PixelRect?
  /// The probability that the other one should have been preferred, 0...0.5.
  var doubt: Float = 0
  /// Who preferred it.
  let annotator: String
  let clusters: [String]

  /// What is preferred among a folder's pictures.
  ///
  /// For training: of candidate sets every pair that the oracle's training terms agree on, and best and
  /// worst of what others prefer in `preferences.jsonl`. Held out: best and worst by
  /// `preferences-evaluation.jsonl`, or else by the former.
  /// - Parameter sets: the candidate sets of the same folder.
  static func read(
    _ path: String, _ sets: [(element: CandidateSet, isHeldOut: Bool)]
  ) throws -> [(element: PreferredPair, isHeldOut: Bool)] {
    let taught = try preferences("\(path)/preferences.jsonl")
    let judged = try preferences("\(path)/preferences-evaluation.jsonl")
    let training = taught.filter {
      !isHeldOut($0) && (sets.isEmpty || $0.annotator != OracleTerms.training.annotator)
    }
    let heldOut = (judged.isEmpty ? taught : judged).filter(isHeldOut)
    let both = training.map { ($0, false) } + heldOut.map { ($0, true) }
    let named = try inParallel(0..<both.count) { index in
      (try pairs(both[index].0, folder: path), both[index].1)
    }
    var found: [(element: PreferredPair, isHeldOut: Bool)] = []
    for (set, isHeldOut) in sets where !isHeldOut {
      for pair in set.pairs { found.append((pair, false)) }
    }
    for (pairs, isHeldOut) in named {
      for pair in pairs { found.append((pair, isHeldOut)) }
    }
    return found
  }

  private static func preferences(_ file: String) throws -> [Preference] {
    FileManager.default.fileExists(atPath: file) ? try PreferenceFile.read(file) : []
  }

  private static func isHeldOut(_ preference: Preference) -> Bool {
    HeldOutClusters.holds(preference.clusters ?? [:], id: preference.id)
  }

  /// Best and worst; a digest instead of a path names no file of the folder and is passed over.
  private static func pairs(_ preference: Preference, folder: String) throws -> [PreferredPair] {
    guard case .path(let best) = preference.best, case .path(let worst) = preference.worst else {
      return []
    }
    let better = try BytePicture(contentsOf: "\(folder)/\(best)")
    var hole: PixelRect?
    if case .path(let mask)? = preference.mask {
      hole = try box("\(folder)/\(mask)", width: better.width, height: better.height)
    }
    return [
      PreferredPair(
        better: better, worse: try BytePicture(contentsOf: "\(folder)/\(worst)"),
        prompt: preference.prompt, hole: hole, annotator: preference.annotator,
        clusters: HeldOutClusters.names(preference.clusters ?? [:], id: preference.id))
    ]
  }

  private static func box(_ mask: String, width: Int, height: Int) throws -> PixelRect? {
    guard let data = FileManager.default.contents(atPath: mask) else {
      throw RecipeError.unreadable(path: mask, reason: "it cannot be read")
    }
    return try MaskReader.read(Array(data), width: width, height: height).mask.boundingBox
  }

  /// Both pictures in a mirror.
  var mirrored: PreferredPair {
    var mirrored = self
    (mirrored.better, mirrored.worse) = (better.mirrored, worse.mirrored)
    mirrored.hole?.x = better.width - (hole?.maxX ?? 0)
    return mirrored
  }
}

extension CandidateSet {
  /// How far two candidates are apart at least, of 1, as in `byteedit data candidates`.
  private static let margin = 0.02
  /// At this difference one in four doubts, at twice the difference one in eight.
  private static let scale = 0.03

  /// How far below the other candidate's a term of the better one may be, as a share of it.
  private static let tolerance = 0.01

  /// Every pair of candidates that the oracle's training terms tell apart with one voice, and how much
  /// its lead leaves to doubt.
  ///
  /// An order that one of the terms contradicts is left out: the sum of the terms then hangs on how much
  /// each counts, which no picture shows.
  var pairs: [PreferredPair] {
    candidates.indices.flatMap { better in
      candidates.indices.compactMap { worse -> PreferredPair? in
        let lead = scores[better].score(.training) - scores[worse].score(.training)
        guard lead > Self.margin, agree(that: better, isAbove: worse) else { return nil }
        return PreferredPair(
          better: candidates[better], worse: candidates[worse], prompt: prompt, hole: box,
          doubt: Float(1 / (1 + exp(lead / Self.scale))),
          annotator: OracleTerms.training.annotator, clusters: clusters)
      }
    }
  }

  private func agree(that better: Int, isAbove worse: Int) -> Bool {
    OracleTerms.training.terms.allSatisfy { term in
      guard let above = scores[better][term], let below = scores[worse][term] else { return true }
      return above >= below * (1 - Self.tolerance)
    }
  }
}
