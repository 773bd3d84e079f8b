package import Jobs

/// Makes edits; the engine stands behind it.
package protocol EditPerforming: Sendable {
  /// Computes on the calling thread, as long as it needs.
  ///
  /// Calls `onEvent` after every stage and step and passes on what it throws: so an edit stops at
  /// a step boundary. Throws `EditFailure` for what the caller of the service shall read.
  ///
  /// - Parameter onCheckpoint: offered after steps what `input.checkpoint` of a later attempt may be,
  ///   so that it goes on from there; calling the closure makes it.
  func perform(
    _ input: EditInput, onEvent: (EditStep) throws -> Void,
    onCheckpoint: (_ make: () -> [UInt8]) throws -> Void
  ) throws -> EditOutput
}

/// A job's request together with its pictures.
package struct EditInput: Sendable {
  package let parameters: EditParameters
  package let seed: UInt32
  package let image: StoredPicture
  package let mask: StoredPicture?
  /// How far an earlier attempt came; whoever cannot use it begins anew.
  package let checkpoint: [UInt8]?

  package init(
    parameters: EditParameters, seed: UInt32, image: StoredPicture, mask: StoredPicture?,
    checkpoint: [UInt8]? = nil
  ) {
    self.parameters = parameters
    self.seed = seed
    self.image = image
    self.mask = mask
    self.checkpoint = checkpoint
  }
}

/// A picture's file in the store, read when somebody wants its bytes.
package struct StoredPicture: Sendable {
  package let hash: BlobHash
  private let read: @Sendable () throws -> [UInt8]

  package init(hash: BlobHash, read: @escaping @Sendable () throws -> [UInt8]) {
    self.hash = hash
    self.read = read
  }

  /// Blocks; throws `JobStoreError`, which an editor passes on as it is.
  package func bytes() throws -> [UInt8] { try read() }
}

package enum EditStep: Sendable, Hashable {
  /// A stage is done; `name` as in the metric `byteedit_stage_duration_seconds`.
  case stage(name: String, seconds: Double)
  /// The checkpoint is used: so many answers of the model need not be computed again.
  case resumed(answers: Int)
  /// Step `step` (from 1) of `steps` of candidate `candidate` (from 0) is done.
  case step(_ step: Int, of: Int, candidate: Int)
  /// Candidate `candidate` is drawn and judged.
  case scored(candidate: Int, CandidateScores)
  /// A file of the result, whole and certain to be in it, while the edit still computes.
  case file(bytes: [UInt8], mediaType: String)
  /// What a candidate looks like on its way; only where the request asks for it.
  case preview(Preview)

  package struct Preview: Sendable, Hashable {
    package let candidate: Int
    /// From 1.
    package let step: Int
    package let steps: Int
    package let bytes: [UInt8]
    package let mediaType: String
    package let width: Int
    package let height: Int

    package init(
      candidate: Int, step: Int, steps: Int, bytes: [UInt8], mediaType: String, width: Int,
      height: Int
    ) {
      self.candidate = candidate
      self.step = step
      self.steps = steps
      self.bytes = bytes
      self.mediaType = mediaType
      self.width = width
      self.height = height
    }
  }
}

package struct EditOutput: Sendable {
  /// Best first; by their index where there are no scores.
  package var candidates: [Candidate]
  package var maskRule: String?
  package var maskShare: Double
  package var promptTruncated: Bool
  /// What the caller should know, a sentence each.
  package var warnings: [String]
  /// Seconds by stage.
  package var timings: [String: Double]

  package init(
    candidates: [Candidate], maskRule: String?, maskShare: Double, promptTruncated: Bool,
    warnings: [String] = [], timings: [String: Double]
  ) {
    self.candidates = candidates
    self.maskRule = maskRule
    self.maskShare = maskShare
    self.promptTruncated = promptTruncated
    self.warnings = warnings
    self.timings = timings
  }

  package struct Candidate: Sendable {
    package let index: Int
    package let seed: UInt32
    package let bytes: [UInt8]
    package let mediaType: String
    package let width: Int
    package let height: Int
    package let preserved: PreservedPixels
    package let seam: SeamShift?
    package let receipt: JSONValue
    package let scores: CandidateScores?
    package let coherenceMap: CoherenceMap?

    package init(
      index: Int, seed: UInt32, bytes: [UInt8], mediaType: String, width: Int, height: Int,
      preserved: PreservedPixels, seam: SeamShift? = nil, receipt: JSONValue,
      scores: CandidateScores? = nil, coherenceMap: CoherenceMap? = nil
    ) {
      self.index = index
      self.seed = seed
      self.bytes = bytes
      self.mediaType = mediaType
      self.width = width
      self.height = height
      self.preserved = preserved
      self.seam = seam
      self.receipt = receipt
      self.scores = scores
      self.coherenceMap = coherenceMap
    }
  }

  /// Where a candidate looks generated: a PNG and the part of the candidate that it lies over.
  package struct CoherenceMap: Sendable {
    package let bytes: [UInt8]
    package let width: Int
    package let height: Int
    package let region: PictureRegion

    package init(bytes: [UInt8], width: Int, height: Int, region: PictureRegion) {
      self.bytes = bytes
      self.width = width
      self.height = height
      self.region = region
    }
  }
}

/// Why an edit could not be made.
package enum EditFailure: Error, Sendable, Hashable {
  /// The same request would fail again: bad input.
  case permanent(JobError)
  /// Another try may succeed: no memory just now, a disk that was full.
  case transient(JobError)
}
