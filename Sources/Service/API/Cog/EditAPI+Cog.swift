import Access
import FoundationEssentials
import HTTP
import HTTPTypes
import Jobs

/// Cog's HTTP API, by which clients of models in its containers make predictions.
///
/// Source: replicate/cog, docs/http.md.
extension EditAPI {
  var cogRoutes: [Route] {
    [
      cogRoute(.post, "/predictions", scope: .edit, createPrediction),
      cogRoute(.put, "/predictions/{prediction_id}", scope: .edit, createPrediction),
      cogRoute(.get, "/predictions/{prediction_id}", scope: .read, showPrediction),
      cogRoute(.post, "/predictions/{prediction_id}/cancel", scope: .edit, cancelPrediction),
      cogRoute(.get, "/health-check", scope: nil, healthCheck),
    ]
  }

  private func cogRoute(
    _ method: HTTPRequest.Method, _ pattern: String, scope: Scope?,
    _ operation: nonisolated(nonsending) @escaping @Sendable (Request) async throws -> Response
  ) -> Route {
    route(
      method, pattern, scope: scope, operation,
      failure: { error, problem in (error as? CogError ?? CogError(problem())).response })
  }

  // MARK: Predictions

  /// Waited for, unless the client prefers not to; a client that goes away cancels it, unless the
  /// name that it chose lets it come again.
  private func createPrediction(_ request: Request) async throws -> Response {
    _ = try Query(request, allowed: [])
    let accepted = AcceptedTypes(request.fields[.accept])
    guard
      accepted.quality(of: "application/json") > 0
        || accepted.quality(of: "text/event-stream") == 0
    else { throw CogError.noEvents }
    let (id, isReplay, form) = try await accept(
      request,
      receive: {
        let form = try await predictionForm(of: request)
        return (form.body, form)
      }, naming: { $0.id?.key })
    let preferences = Preferences(request.fields[values: .prefer])
    let job: Job
    if preferences["respond-async"] != nil || (isReplay && form.id != nil) {
      job = try await self.job(id, request.caller)
    } else if let wait = preferences.wait {
      job = try await awaitEnd(of: id, for: .seconds(wait), request.caller)
    } else {
      job = try await WaitedEdit(self, id, request, hasName: form.id != nil).end()
    }
    var response = try await response(of: job)
    if preferences["respond-async"] != nil { response.fields[.preferenceApplied] = "respond-async" }
    if isReplay { response.fields[.idempotencyReplayed] = "true" }
    return response
  }

  private func predictionForm(of request: Request) async throws -> CogForm {
    let type = try contentType(of: request)
    guard type.essence == "application/json" else {
      throw APIError.unsupportedMediaType(type.essence + ", which this address does not read")
    }
    var pathID: PredictionID?
    if let text = request.parameters["prediction_id"] {
      pathID = PredictionID(text)
      guard pathID != nil else {
        throw CogError.invalid(["path", "prediction_id"], PredictionID.rule)
      }
    }
    let collected = try await collectors.json.collect(request.body)
    let form = try await checking.pictures.run { [configuration, pathID] in
      try collected.withBytes { bytes in
        try CogForm(
          try SubmittedBody.object(bytes, maximumDepth: configuration.jsonDepth), pathID: pathID)
      }
    }
    guard form.id == nil || request.fields[values: .idempotencyKey].isEmpty else {
      throw CogError.invalid(
        ["header", "idempotency-key"], "says the same as the prediction's id: send one of them")
    }
    let served = try await catalogue().models
    if let version = form.version, !configuration.takesAnyModel,
      !served.contains(where: { $0.id == version || $0.hash == version })
    {
      let names = served.map(\.id).joined(separator: ", ")
      throw CogError.invalid(["body", "version"], "is not served here: use \(names)")
    }
    return form
  }

  private func showPrediction(_ request: Request) async throws -> Response {
    _ = try Query(request, allowed: [])
    var response = try await response(of: try await predicted(request))
    response.status = .ok
    return response
  }

  private func cancelPrediction(_ request: Request) async throws -> Response {
    _ = try Query(request, allowed: [])
    let id = try await predicted(request).id
    switch try await store.cancel(id) {
    case .canceled(let job), .requested(let job), .alreadyFinal(let job):
      var response = try await response(of: job)
      response.status = .ok
      return response
    case .gone: throw APIError.jobGone
    case .unknown: throw APIError.unknownJob
    }
  }

  /// By the name that the caller chose, or the one that it was given.
  private func predicted(_ request: Request) async throws -> Job {
    guard let text = request.parameters["prediction_id"] else { throw APIError.unknownJob }
    if let id = JobID(text) { return try await job(id, request.caller) }
    guard let key = PredictionID(text)?.key else { throw APIError.unknownJob }
    return try Self.found(
      try await store.job(named: key, of: request.caller.owner), request.caller)
  }

  /// 202 while it is on its way; a prediction that failed is an answer like any other, as with Cog.
  private func response(of job: Job) async throws -> Response {
    var output: [String]?
    if job.state == .succeeded, let result = job.result {
      output = []
      for candidate in result.candidates {
        let bytes = Data(try await store.read(candidate.image.hash)).base64EncodedString()
        output?.append("data:\(candidate.image.mediaType);base64,\(bytes)")
      }
    }
    let prediction = Prediction(job, try await document(of: job), output: output, link: link)
    var response = Response.json(prediction, status: job.state.isFinal ? .ok : .accepted)
    response.fields[.contentLocation] = link("/v1/edits/\(job.id)")
    return response
  }

  // MARK: Health

  private struct HealthReport: Encodable {
    var status: String
    var version: [String: String]
    /// What is wrong where it is unhealthy.
    var problem: String?

    enum CodingKeys: String, CodingKey {
      case status
      case version
      case problem = "user_healthcheck_error"
    }
  }

  /// 200 whatever it says, as with Cog.
  ///
  /// `BUSY` means that a prediction would wait, not that it would
  /// be refused.
  private func healthCheck(_ request: Request) async throws -> Response {
    let (status, problem) = await cogStatus()
    return Response.json(
      HealthReport(
        status: status, version: ["byteedit": configuration.version], problem: problem))
  }

  private func cogStatus() async -> (status: String, problem: String?) {
    guard health.hasStarted else { return ("STARTING", nil) }
    guard !health.isDraining else { return ("UNHEALTHY", "the service is stopping") }
    guard let queue = try? await store.statistics(),
      let workers = try? await store.workers(seenWithin: configuration.workerSilence)
    else { return ("UNHEALTHY", "the job store is unreachable") }
    guard !workers.isEmpty else { return ("UNHEALTHY", "no worker is registered") }
    return (queue.running >= workers.count ? "BUSY" : "READY", nil)
  }
}
