package import Jobs

/// What a webhook carries (Standard Webhooks, "Payload structure"): links in the place of pictures.
private struct WebhookDocument<Content: Encodable>: Encodable {
  let type: String
  /// When the event happened; the same over all attempts.
  let timestamp: Timestamp
  let data: Content
}

/// An edit that a worker has begun: nothing that changes from one attempt to deliver to the next.
private struct BegunEdit: Encodable {
  let id: JobID
  let object = "edit"
  let state = JobState.running
  let task: String
  let createdAt: Timestamp
  let startedAt: Timestamp
  let metadata: [String: JSONValue]?
  let links: [String: String]

  enum CodingKeys: String, CodingKey {
    case id, object, state, task, metadata, links
    case createdAt = "created_at"
    case startedAt = "started_at"
  }
}

extension EditAPI {
  /// The formats that `webhookPayload` knows.
  package static let webhookFormats = [WebhookSubscription.nativeFormat, CogForm.webhookFormat]

  /// The payload of an event, for the formats that the API's clients know.
  ///
  /// - Throws: where it cannot be encoded.
  package func webhookPayload(_ delivery: WebhookDelivery, of job: Job) throws -> [UInt8] {
    if delivery.format == CogForm.webhookFormat { return try predictionPayload(delivery, of: job) }
    let text =
      delivery.event == .running
      ? try payload(of: delivery, begun(job, at: delivery.createdAt))
      : try payload(of: delivery, ended(job))
    return Array(text.utf8)
  }

  private func payload(of delivery: WebhookDelivery, _ data: some Encodable) throws -> String {
    try JSONText.encode(
      WebhookDocument(type: delivery.event.rawValue, timestamp: delivery.createdAt, data: data))
  }

  private func begun(_ job: Job, at moment: Timestamp) -> BegunEdit {
    BegunEdit(
      id: job.id, task: job.parameters.task.rawValue, createdAt: job.createdAt, startedAt: moment,
      metadata: job.parameters.metadata, links: ["self": link("/v1/edits/\(job.id)")])
  }

  /// The receiver knows its own URL, and what it may hold need not travel.
  private func ended(_ job: Job) -> JobDocument {
    var document = JobDocument(job, queuePosition: nil, link: link)
    document.webhook = nil
    return document
  }
}
