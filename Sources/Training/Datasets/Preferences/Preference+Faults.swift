import Foundation

extension Preference {
  /// Candidates that one line may have.
  static let mostCandidates = 1000

  /// What contradicts itself or cannot be, each in a few words; empty where the line is sound.
  package var faults: [String] {
    var faults = references.compactMap(\.fault)
    if id.isEmpty { faults.append("id is empty") }
    if annotator.isEmpty { faults.append("annotator is empty") }
    if prompt.isEmpty, task == .inpaint { faults.append("prompt is empty, but task is inpaint") }
    if best == worst { faults.append("best and worst are the same picture") }
    if let time, (try? Date(time, strategy: .iso8601)) == nil {
      faults.append("time '\(time)' is not as in 2026-11-24T15:00:00Z")
    }
    if clusters?.contains(where: { $0.key.isEmpty || $0.value.isEmpty }) == true {
      faults.append("clusters has an empty name")
    }
    return faults + candidateFaults
  }

  /// Every picture that the line names.
  package var references: [PictureReference] {
    [best, worst] + (candidates ?? []) + [source, mask].compactMap(\.self)
  }

  private var candidateFaults: [String] {
    guard let candidates else { return order == nil ? [] : ["order needs candidates"] }
    guard candidates.count <= Self.mostCandidates else {
      return ["\(candidates.count) candidates, at most \(Self.mostCandidates) are allowed"]
    }
    guard Set(candidates).count == candidates.count else { return ["a candidate is given twice"] }
    guard candidates.contains(best), candidates.contains(worst) else {
      return ["best and worst must be among candidates"]
    }
    guard let order else { return [] }
    guard order.sorted() == Array(candidates.indices) else {
      return ["order must name every candidate once, 0 ..< \(candidates.count)"]
    }
    let isConsistent =
      order.first.map { candidates[$0] } == best && order.last.map { candidates[$0] } == worst
    return isConsistent ? [] : ["order must begin with best and end with worst"]
  }
}
