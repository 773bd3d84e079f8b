import Access
import FoundationEssentials
import HTTP
import HTTPTypes
import Jobs

extension EditAPI {
  /// `POST /v1/images/edits`: OpenAI's form of an edit, waited for.
  ///
  /// Source: OpenAI API reference, "Create image edit". The edit is a job like any other; a client
  /// that goes away cancels it, unless its Idempotency-Key lets it come again.
  func editImages(_ request: Request) async throws -> Response {
    _ = try Query(request, allowed: [])
    let type = try formType(of: request)
    let (id, isReplay, answer) = try await accept(request) {
      let form = try await openAIForm(of: request, type)
      return (form.body, form.answer)
    }
    let edit = OpenAIEdit(waiting: WaitedEdit(self, id, request), answer: answer)
    var response =
      answer.isStream
      ? Response.events { writer in try await edit.stream(to: writer) } : try await edit.response()
    response.fields[.contentLocation] = link("/v1/edits/\(id)")
    if isReplay { response.fields[.idempotencyReplayed] = "true" }
    return response
  }

  private func formType(of request: Request) throws -> MediaType {
    let type = try contentType(of: request)
    guard type.essence == "multipart/form-data" else {
      throw APIError.unsupportedMediaType(type.essence + ", which this address does not read")
    }
    return type
  }

  private func openAIForm(
    of request: Request, _ type: MediaType
  ) async throws -> OpenAIEditForm {
    let collected = try await collectors.form.collect(request.body)
    let form = try await checking.pictures.run {
      try collected.withBytes { bytes in
        do throws(MultipartError) {
          return try MultipartForm.parse(bytes, contentType: type, limits: MultipartLimits())
        } catch {
          throw APIError.invalidForm(error)
        }
      }
    }
    let edit = try OpenAIEditForm(form)
    let served = try await catalogue().models.map(\.id)
    if let model = edit.answer.model, !configuration.takesAnyModel, !served.contains(model) {
      throw OpenAIError.unknownModel(model, served: served)
    }
    return edit
  }
}

/// One accepted edit on its way to a client that waits.
struct OpenAIEdit: Sendable {
  let waiting: WaitedEdit
  let answer: OpenAIAnswerForm

  private var api: EditAPI { waiting.api }
  private var id: JobID { waiting.id }

  // MARK: The whole answer

  func response() async throws -> Response {
    let job = try await waiting.end()
    guard job.state == .succeeded else { throw OpenAIError(job) }
    let document = try await api.document(of: job)
    var images: [OpenAIImages.Image] = []
    for candidate in document.candidates {
      images.append(try await image(candidate, job))
    }
    return Response.json(
      OpenAIImages(
        created: (job.finishedAt ?? job.createdAt).milliseconds / 1000, data: images,
        outputFormat: job.parameters.outputFormat.rawValue, quality: quality,
        size: Self.size(document), byteedit: warned(document)))
  }

  private func image(
    _ candidate: JobDocument.Candidate, _ job: Job
  ) async throws -> OpenAIImages.Image {
    guard answer.format == .base64 else {
      return OpenAIImages.Image(b64JSON: nil, url: candidate.url, byteedit: candidate)
    }
    return OpenAIImages.Image(
      b64JSON: try await base64(candidate, of: job), url: nil, byteedit: candidate)
  }

  private func base64(
    _ candidate: JobDocument.Candidate, of job: Job
  ) async throws -> String {
    guard let record = job.result?.candidates.first(where: { $0.index == candidate.index }) else {
      throw APIError.unknownImage
    }
    return try await base64(record.image)
  }

  private func base64(_ image: BlobReference) async throws -> String {
    Data(try await api.store.read(image.hash)).base64EncodedString()
  }

  private var quality: String { (answer.quality ?? .auto).rawValue }

  private static func size(_ document: JobDocument) -> String {
    document.candidates.first.map { "\($0.width)x\($0.height)" } ?? "auto"
  }

  /// A size that was asked for and is not the picture's is not passed over in silence.
  private func warned(_ document: JobDocument) -> JobDocument {
    let real = Self.size(document)
    guard let size = answer.size, size != real else { return document }
    var document = document
    document.warnings.append(
      "The picture comes back in its own size, \(real), not in \(size): resize it before or after.")
    return document
  }

  // MARK: The stream

  /// Unfinished pictures as they come, then the finished ones; an edit that fails ends the stream
  /// with an error.
  func stream(to writer: ResponseWriter) async throws {
    do {
      try await follow(writer)
    } catch let error as HTTPError {
      await waiting.giveUp()
      throw error
    } catch let error as OpenAIError {
      try await send("error", error.document, to: writer)
    } catch let error as APIError {
      try await send("error", OpenAIError(error.problem).document, to: writer)
    }
  }

  private func follow(_ writer: ResponseWriter) async throws {
    var (seen, shown) = (Int64(0), 0)
    var latest = ContinuousClock.now
    while true {
      let job = try await api.job(id, waiting.caller)
      for preview in (job.progress?.previews ?? []).dropFirst(shown) {
        try await show(preview, shown, job, to: writer)
        (shown, latest) = (shown + 1, .now)
      }
      if job.state.isFinal { return try await complete(job, to: writer) }
      try await waiting.check()
      // Another attempt begins from its first picture again.
      shown = min(shown, job.progress?.previews?.count ?? shown)
      if .now - latest >= api.configuration.eventHeartbeat {
        try await writer.write(ServerSentEvent.heartbeat)
        latest = .now
      }
      seen = max(seen, job.sequence)
      _ = try await api.store.waitForChange(of: id, after: seen, timeout: .seconds(1))
    }
  }

  private func show(
    _ preview: PreviewRecord, _ index: Int, _ job: Job, to writer: ResponseWriter
  ) async throws {
    let url = api.link("/v1/edits/\(id)/previews/\(index)")
    let event = OpenAIImageEvent(
      type: .partial, b64JSON: try await base64(preview.image),
      createdAt: job.createdAt.milliseconds / 1000,
      outputFormat: job.parameters.outputFormat.rawValue, quality: quality,
      size: "\(preview.width)x\(preview.height)", partialImageIndex: index,
      byteedit: .preview(JobDocument.Preview(preview, url: url)))
    try await send(event.type.rawValue, event, to: writer)
  }

  private func complete(_ job: Job, to writer: ResponseWriter) async throws {
    guard job.state == .succeeded else { throw OpenAIError(job) }
    for candidate in try await api.document(of: job).candidates {
      let event = OpenAIImageEvent(
        type: .completed, b64JSON: try await base64(candidate, of: job),
        createdAt: (job.finishedAt ?? job.createdAt).milliseconds / 1000,
        outputFormat: job.parameters.outputFormat.rawValue, quality: quality,
        size: "\(candidate.width)x\(candidate.height)", byteedit: .candidate(candidate))
      try await send(event.type.rawValue, event, to: writer)
    }
  }

  private func send(
    _ name: String, _ data: some Encodable, to writer: ResponseWriter
  ) async throws {
    try await writer.write(ServerSentEvent(name: name, data: try JSONText.encode(data)).bytes)
  }
}
