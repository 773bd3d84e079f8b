import Jobs

/// A job as operators see it: what a caller typed is shown only by `jobs show`.
struct JobListing: Encodable, Sendable {
  let id: String
  let state: JobState
  let task: String
  let owner: String
  let attempt: Int
  let createdAt: Timestamp
  let finishedAt: Timestamp?
  let error: String?

  init(_ job: Job) {
    id = job.id.text
    state = job.state
    task = job.parameters.task.rawValue
    owner = job.owner
    attempt = job.attempt
    createdAt = job.createdAt
    finishedAt = job.finishedAt
    error = job.error?.code
  }

  enum CodingKeys: String, CodingKey {
    case id, state, task, owner, attempt, error
    case createdAt = "created_at"
    case finishedAt = "finished_at"
  }

  private var cells: [String] {
    [id, state.rawValue, task, owner, String(attempt), createdAt.rfc3339, error ?? ""]
  }

  /// Columns as wide as their longest cell.
  static func table(_ listings: [JobListing]) -> String {
    let rows =
      [["ID", "STATE", "TASK", "OWNER", "ATTEMPT", "CREATED", "ERROR"]] + listings.map(\.cells)
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let line = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }.joined(separator: "  ")
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}

/// Everything that is known of one job.
struct JobDetails: Encodable, Sendable {
  struct Picture: Encodable, Sendable {
    let sha256: String
    let bytes: Int
    let mediaType: String

    init(_ blob: BlobReference) {
      (sha256, bytes, mediaType) = (blob.hash.text, blob.byteCount, blob.mediaType)
    }

    enum CodingKeys: String, CodingKey {
      case sha256, bytes
      case mediaType = "media_type"
    }
  }

  struct Event: Encodable, Sendable {
    let sequence: Int64
    let at: Timestamp
    let kind: String
  }

  let job: JobListing
  let seed: UInt32
  let maxAttempts: Int
  let startedAt: Timestamp?
  let cancelRequested: Bool
  let parameters: EditParameters
  let image: Picture
  let mask: Picture?
  let candidates: [Picture]
  let errorDetail: String?
  let traceparent: String?
  let events: [Event]
  let webhooks: [DeliveryDetails]

  init(_ job: Job, events: [JobEvent], deliveries: [WebhookDelivery]) {
    self.job = JobListing(job)
    seed = job.seed
    maxAttempts = job.maxAttempts
    startedAt = job.startedAt
    cancelRequested = job.cancelRequested
    parameters = job.parameters
    image = Picture(job.image)
    mask = job.mask.map(Picture.init)
    candidates = job.result?.candidates.map { Picture($0.image) } ?? []
    errorDetail = job.error?.detail
    traceparent = job.traceparent
    self.events = events.map {
      Event(sequence: $0.sequence, at: $0.moment, kind: $0.kind.name)
    }
    webhooks = deliveries.map(DeliveryDetails.init)
  }

  enum CodingKeys: String, CodingKey {
    case job, seed, parameters, image, mask, candidates, traceparent, events, webhooks
    case maxAttempts = "max_attempts"
    case startedAt = "started_at"
    case cancelRequested = "cancel_requested"
    case errorDetail = "error_detail"
  }

  /// A line a fact; parameters as JSON.
  func text() throws -> String {
    var lines = [
      "id           \(job.id)", "state        \(job.state.rawValue)",
      "task         \(job.task)", "owner        \(job.owner)",
      "attempt      \(job.attempt) of \(maxAttempts)", "created      \(job.createdAt.rfc3339)",
    ]
    if let startedAt { lines.append("started      \(startedAt.rfc3339)") }
    if let finished = job.finishedAt { lines.append("finished     \(finished.rfc3339)") }
    if cancelRequested { lines.append("cancel       requested") }
    if let code = job.error { lines.append("error        \(code): \(errorDetail ?? "")") }
    lines.append("seed         \(seed)")
    lines.append("parameters   \(try JSONText.encode(parameters))")
    lines.append("image        \(Self.text(image))")
    if let mask { lines.append("mask         \(Self.text(mask))") }
    lines += candidates.map { "candidate    \(Self.text($0))" }
    lines += events.map { "event \($0.sequence)  \($0.at.rfc3339)  \($0.kind)" }
    lines += webhooks.map(\.text)
    return lines.joined(separator: "\n")
  }

  private static func text(_ picture: Picture) -> String {
    "\(picture.sha256)  \(picture.mediaType)  \(byteText(picture.bytes))"
  }
}
