/// A checked request, ready to be accepted.
package struct Submission: Sendable {
  package var owner: String
  package var parameters: EditParameters
  /// The seed asked for, or one drawn by `EditParameters.drawSeed`.
  package var seed: UInt32
  package var image: BlobReference
  package var mask: BlobReference?
  package var idempotency: IdempotencyClaim?
  package var traceparent: String?
  package var webhook: WebhookSubscription?
  /// Jobs that the owner may have queued and running, this one included; `nil` is no limit.
  package var ownerLimit: Int?

  package init(
    owner: String, parameters: EditParameters, seed: UInt32, image: BlobReference,
    mask: BlobReference? = nil, idempotency: IdempotencyClaim? = nil, traceparent: String? = nil,
    webhook: WebhookSubscription? = nil, ownerLimit: Int? = nil
  ) {
    self.owner = owner
    self.parameters = parameters
    self.seed = seed
    self.image = image
    self.mask = mask
    self.idempotency = idempotency
    self.traceparent = traceparent
    self.webhook = webhook
    self.ownerLimit = ownerLimit
  }
}

/// A caller's `Idempotency-Key`: 1 to 255 visible ASCII characters.
package struct IdempotencyKey: Sendable, Hashable {
  package static let lengths = 1...255
  package let text: String

  package init?(_ text: String) {
    guard Self.lengths.contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
    else { return nil }
    self.text = text
  }
}

/// The key together with what it stands for.
package struct IdempotencyClaim: Sendable, Hashable {
  package let key: IdempotencyKey
  /// From `RequestFingerprint`: parsed fields and picture hashes, taken before a seed is drawn.
  package let requestHash: String

  package init(key: IdempotencyKey, requestHash: String) {
    self.key = key
    self.requestHash = requestHash
  }
}

/// How the store answers a submission.
package enum SubmitOutcome: Sendable, Hashable {
  /// On disk, pictures included (202).
  case accepted(Job)
  /// The key was accepted before: the same answer again (202).
  case replayed(JobID)
  /// The key was used for another request (422).
  case payloadDiffers(JobID)
  /// As many jobs wait as may (503 with Retry-After).
  case queueFull(QueueStatistics)
  /// The owner has as many jobs queued and running as it may (429 with Retry-After).
  case ownerLimitReached(QueueStatistics)
  /// The service is stopping (503 with Retry-After).
  case draining
}

extension EditParameters {
  /// The seed asked for, or a random one.
  package func drawSeed(using generator: inout some RandomNumberGenerator) -> UInt32 {
    seed ?? generator.next()
  }

  package func drawSeed() -> UInt32 {
    var generator = SystemRandomNumberGenerator()
    return drawSeed(using: &generator)
  }
}
