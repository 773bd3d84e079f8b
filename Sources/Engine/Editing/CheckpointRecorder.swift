import Digests
import Tensors

/// What lets an edit go on where an earlier attempt at it was stopped.
package struct EditResumption {
  /// What the earlier attempt offered last; passed over where it is damaged, of another edit, or of a
  /// program, model or processor that could answer otherwise.
  package var checkpoint: [UInt8]?
  /// Offered a new checkpoint after every step that the model was asked in; a throw stops the edit.
  ///
  /// Calling the closure makes the checkpoint.
  package var offer: (_ make: () -> [UInt8]) throws -> Void

  package init(
    from checkpoint: [UInt8]? = nil, offer: @escaping (_ make: () -> [UInt8]) throws -> Void
  ) {
    self.checkpoint = checkpoint
    self.offer = offer
  }
}

/// Hands out the answers of an earlier attempt, and keeps this one's.
final class CheckpointRecorder {
  /// How many answers are known from before.
  let recalledCount: Int
  private let recalled: EditCheckpoint?
  private var answersSoFar: [[Tensor]] = []
  private let fingerprint: () -> String
  private let offer: (_ make: () -> [UInt8]) throws -> Void

  /// - Parameter fingerprint: makes `fingerprint(of:_:)`; asked where there is a checkpoint to compare,
  ///   or one to be made: most edits end before.
  init(_ resumption: EditResumption, fingerprint: @escaping () -> String) {
    recalled = resumption.checkpoint.flatMap { EditCheckpoint($0, of: fingerprint()) }
    recalledCount = recalled?.answers.map(\.count).reduce(0, +) ?? 0
    self.fingerprint = fingerprint
    offer = resumption.offer
  }

  /// SHA-256 over everything that decides what the model answers; the receipt's text says most of it.
  static func fingerprint(of request: EditRequest, receipt: String) -> String {
    let parts = [
      receipt, request.prompt, request.negativePrompt,
      request.reader?.digest ?? SHA256.hexadecimal(of: request.image),
    ]
    let lengths = parts.map { String($0.utf8.count) }.joined(separator: " ")
    return SHA256.hexadecimal(of: Array((lengths + parts.joined()).utf8))
  }

  /// The known answers about candidate `index`, from the first on.
  func answers(about index: Int) -> [Tensor] {
    guard let recalled, recalled.answers.indices.contains(index) else { return [] }
    return recalled.answers[index]
  }

  /// Takes in how far candidate `index` is, and offers the checkpoint where that is new.
  func note(_ answers: [Tensor], about index: Int) throws {
    while answersSoFar.count <= index { answersSoFar.append([]) }
    answersSoFar[index] = answers
    guard answers.count > self.answers(about: index).count else { return }
    try offer {
      var checkpoint = EditCheckpoint(fingerprint: fingerprint())
      checkpoint.answers = answersSoFar
      return checkpoint.encoded
    }
  }
}
