import Jobs

/// A job as Cog's clients see it.
struct Prediction: Encodable {
  enum Status: String, Encodable {
    case starting
    case processing
    case succeeded
    case failed
    case canceled

    /// What never started before its deadline has failed: Cog has no word for it.
    init(_ state: JobState) {
      self =
        switch state {
        case .queued: .starting
        case .running: .processing
        case .succeeded: .succeeded
        case .failed, .expired: .failed
        case .canceled: .canceled
        }
    }
  }

  struct Metrics: Encodable {
    /// Seconds of the last attempt.
    var predictTime: Double?
    /// Seconds since the prediction was made.
    var totalTime: Double?

    enum CodingKeys: String, CodingKey {
      case predictTime = "predict_time"
      case totalTime = "total_time"
    }
  }

  struct Links: Encodable {
    var get: String
    var cancel: String
  }

  var id: String
  var status: Status
  /// As understood: the seed filled in, pictures left out.
  var input: [String: JSONValue]
  /// The pictures as data URLs, best first.
  var output: Nullable<[String]>
  var error: Nullable<String>
  var logs: String
  var metrics: Metrics
  var createdAt: Timestamp
  var startedAt: Nullable<Timestamp>
  var completedAt: Nullable<Timestamp>
  var urls: Links
  /// The native answer: scores, receipts, preserved pixels, links to the pictures.
  var byteedit: JobDocument?

  enum CodingKeys: String, CodingKey {
    case id
    case status
    case input
    case output
    case error
    case logs
    case metrics
    case createdAt = "created_at"
    case startedAt = "started_at"
    case completedAt = "completed_at"
    case urls
    case byteedit
  }

  init(_ job: Job, _ document: JobDocument, output: [String]?, link: (String) -> String) {
    id = job.predictionID
    status = Status(job.state)
    input = document.parameters
    self.output = Nullable(output)
    error = Nullable(
      job.state == .expired
        ? "the deadline passed before it started" : job.state == .failed ? job.error?.detail : nil)
    logs = document.warnings.joined(separator: "\n")
    metrics = Metrics(
      predictTime: document.timings.run,
      totalTime: job.finishedAt.map { $0.seconds(since: job.createdAt) })
    (createdAt, startedAt) = (job.createdAt, Nullable(job.startedAt))
    completedAt = Nullable(job.finishedAt)
    urls = Links(get: link("/predictions/\(id)"), cancel: link("/predictions/\(id)/cancel"))
    byteedit = document
  }
}

extension EditAPI {
  /// What a webhook tells Cog's clients: the prediction, with links in the place of pictures.
  ///
  /// - Throws: where it cannot be encoded.
  func predictionPayload(_ delivery: WebhookDelivery, of job: Job) throws -> [UInt8] {
    var job = job
    let isStart = delivery.event == .running
    if isStart {
      // As it stood then, whatever has come of it: the same over all attempts to deliver.
      (job.state, job.startedAt, job.finishedAt) = (.queued, delivery.createdAt, nil)
      (job.progress, job.result, job.error) = (nil, nil, nil)
    }
    var document = JobDocument(job, queuePosition: nil, link: link)
    document.webhook = nil
    let output = job.state == .succeeded ? document.candidates.map(\.url) : nil
    var prediction = Prediction(job, document, output: output, link: link)
    if isStart { prediction.byteedit = nil }
    return Array(try JSONText.encode(prediction).utf8)
  }
}

extension Job {
  /// The name that the client chose, or the job's own.
  var predictionID: String {
    guard case .object(let noted)? = parameters.metadata?[CogForm.mark],
      case .string(let text)? = noted["id"]
    else { return id.text }
    return text
  }
}
