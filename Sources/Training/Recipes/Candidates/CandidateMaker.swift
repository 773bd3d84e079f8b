import Datasets
package import Editing
import Imaging

/// Draws candidates of many edits and has the oracle rank them.
///
/// Edits come in groups of `CandidatePlan.group`: candidate k of all of them is one batch of the
/// editor. A group is in the folder when its lines are in the manifest; a run that was ended goes on
/// with the first group that is not.
package struct CandidateMaker: Sendable {
  private let model: EditorModel
  private let subjects: any CandidateSubjects
  private let plan: CandidatePlan

  package init(model: EditorModel, subjects: any CandidateSubjects, plan: CandidatePlan) {
    (self.model, self.subjects, self.plan) = (model, subjects, plan)
  }

  /// Draws what the folder lacks of the first `count` edits.
  /// - Parameter onGroup: told of the edits that are there now; what it throws ends the run.
  package func make(
    _ count: Int, in folder: inout CandidateFolder,
    onGroup: (_ done: Int, _ drawn: Int) throws -> Void = { _, _ in }
  ) throws {
    let present = Set(folder.records.map(\.id))
    var drawn = 0
    for group in 0..<(count + CandidatePlan.group - 1) / CandidatePlan.group {
      let first = group * CandidatePlan.group
      let missing = (first..<min(count, first + CandidatePlan.group))
        .filter { !present.contains(Self.id($0)) }
      guard !missing.isEmpty else { continue }
      let records = try make(missing, group: group, folder)
      try folder.add(records)
      drawn += records.reduce(0) { $0 + $1.candidates.count }
      try onGroup(folder.records.count, drawn)
    }
  }

  static func id(_ index: Int) -> String {
    let digits = String(index)
    return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
  }

  private func make(
    _ indices: [Int], group: Int, _ folder: CandidateFolder
  ) throws -> [CandidateRecord] {
    let subjects = try indices.map(subjects.subject)
    let reconstructions = try model.reconstructed(subjects.map(\.reference.target))
    var records = try indices.indices.map { place in
      try record(indices[place], subjects[place], reconstructions[place], folder)
    }
    let oracles = subjects.map { Oracle($0.reference) }
    for candidate in 0..<plan.perPrompt {
      let edits = zip(indices, subjects).map { edit($0, $1, candidate) }
      let settings = plan.settings(group: group, candidate: candidate)
      let pictures = try model.draw(edits, settings: settings)
      for place in indices.indices {
        let finished = try edits[place].pasted(
          pictures[place], repairsSeams: plan.repairsSeams)
        let file = "pictures/\(records[place].id)/candidate-\(candidate).png"
        try folder.write(finished, to: file)
        records[place].candidates.append(
          CandidateRecord.Candidate(
            file: file, sampler: settings.sampler?.rawValue ?? model.defaultSampler,
            steps: settings.steps ?? model.defaultSteps,
            guidanceScale: settings.guidanceScale ?? model.defaultGuidanceScale,
            seed: edits[place].seed, scores: try oracles[place].scores(finished)))
      }
    }
    return records
  }

  private func edit(_ index: Int, _ subject: CandidateSubject, _ candidate: Int) -> CropEdit {
    var generator = SplitMix(seed: plan.seed).stream(index).stream(candidate)
    return CropEdit(
      picture: subject.source, hole: subject.reference.hole, prompt: subject.request,
      seed: UInt32(truncatingIfNeeded: generator.next()))
  }

  /// Writes what is known of an edit; its candidates are still to come.
  private func record(
    _ index: Int, _ subject: CandidateSubject, _ reconstruction: FloatImage,
    _ folder: CandidateFolder
  ) throws -> CandidateRecord {
    let id = Self.id(index)
    func file(_ name: String) -> String { "pictures/\(id)/\(name).png" }
    let reference = subject.reference
    let pictures = [
      ("source", subject.source), ("target", reference.target),
      ("background", reference.background), ("reconstruction", reconstruction),
    ]
    for (name, picture) in pictures { try folder.write(picture, to: file(name)) }
    try folder.write(reference.hole, to: file("mask"))
    if let instance = reference.instance { try folder.write(instance, to: file("instance")) }
    return CandidateRecord(
      id: id, task: subject.task, prompt: subject.prompt, request: subject.request,
      attributes: subject.attributes, clusters: subject.clusters, source: file("source"),
      mask: file("mask"),
      target: file("target"), background: file("background"),
      instance: reference.instance.map { _ in file("instance") },
      reconstruction: file("reconstruction"), candidates: [])
  }
}
