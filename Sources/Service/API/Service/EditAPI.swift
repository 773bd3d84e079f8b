package import HTTP
import HTTPTypes
package import Jobs
package import Logging
package import Observability

/// The native API over a job store: it accepts, reports and cancels jobs, and edits nothing itself.
package struct EditAPI: Sendable {
  /// What the API needs and does not make itself.
  package struct Surroundings: Sendable {
    package var store: any JobStore
    package var models: ModelCatalogue
    /// Scores pictures for `POST /v1/scores`; `nil` where every judge is off.
    package var scoring: (any PictureScoring)?
    package var health: Health
    package var metrics: PrometheusRegistry
    package var logger: Logger

    package init(
      store: any JobStore, models: ModelCatalogue, scoring: (any PictureScoring)? = nil,
      health: Health, metrics: PrometheusRegistry, logger: Logger
    ) {
      self.store = store
      self.models = models
      self.scoring = scoring
      self.health = health
      self.metrics = metrics
      self.logger = logger
    }
  }

  let configuration: APIConfiguration
  let surroundings: Surroundings
  let gate: SubmissionGate
  let checking: WorkQueue
  let collectors: (form: BodyCollector, json: BodyCollector)

  package init(configuration: APIConfiguration, surroundings: Surroundings) {
    self.configuration = configuration
    self.surroundings = surroundings
    gate = SubmissionGate(
      total: configuration.submissions, perAddress: configuration.submissionsPerAddress)
    checking = WorkQueue(label: "picture-check", width: configuration.checkers)
    let spooling = WorkQueue(label: "spool", width: 1)
    func collector(_ limit: Int) -> BodyCollector {
      BodyCollector(limit: limit, directory: configuration.spoolDirectory, queue: spooling)
    }
    collectors = (collector(configuration.formBody), collector(configuration.jsonBody))
    collectQueueMetrics()
  }

  var store: any JobStore { surroundings.store }
  var health: Health { surroundings.health }
  var logger: Logger { surroundings.logger }

  /// Every operation; `openapi.yaml` describes the same, which a test checks.
  package var routes: [Route] {
    [
      route(.post, "/v1/edits", submit),
      route(.get, "/v1/edits", list),
      route(.get, "/v1/edits/{id}", show),
      route(.delete, "/v1/edits/{id}", cancel),
      route(.get, "/v1/edits/{id}/events", events),
      route(.get, "/v1/edits/{id}/previews/{k}", preview),
      route(.get, "/v1/edits/{id}/images/{k}", image),
      route(.get, "/v1/edits/{id}/images/{k}/coherence", coherenceMap),
      route(.post, "/v1/scores", score),
      route(.get, "/v1/models", models),
      openAIRoute(.get, "/v1/models/{model}", model),
      openAIRoute(.post, "/v1/images/edits", editImages),
      route(.get, "/livez", livez),
      route(.get, "/readyz", readyz),
      route(.get, "/startupz", startupz),
      route(.get, "/metrics", metrics),
      route(.get, "/openapi.yaml", document),
    ] + openInferenceRoutes + stableDiffusionRoutes
  }

  /// The routes inside what every request passes: ids, logs, metrics, safety headers.
  package func handler() -> Handler {
    let router = Router(routes)
    let requests = surroundings.metrics
    return chain(
      [
        requestIDs(), accessLog(logger, level: .debug),
        observed { RequestMetrics.record($0, $1, $2, in: requests) }, safetyHeaders(),
      ],
      { await router.respond(to: $0) })
  }

  /// - Parameter failure: the form of errors that the route's clients expect; problems as a rule.
  func route(
    _ method: HTTPRequest.Method, _ pattern: String,
    _ operation: nonisolated(nonsending) @escaping @Sendable (Request) async throws -> Response,
    failure: @escaping @Sendable (any Error, () -> Problem) -> Response = { $1().response }
  ) -> Route {
    Route(method, pattern) { [logger] request in
      do {
        return try await operation(request)
      } catch {
        return failure(error) { Self.problem(of: error, request, logger) }
      }
    }
  }

  private func openAIRoute(
    _ method: HTTPRequest.Method, _ pattern: String,
    _ operation: nonisolated(nonsending) @escaping @Sendable (Request) async throws -> Response
  ) -> Route {
    route(
      method, pattern, operation,
      failure: { error, problem in (error as? OpenAIError ?? OpenAIError(problem())).response })
  }

  /// The one place where errors become problems.
  private static func problem(
    of error: any Error, _ request: Request, _ logger: Logger
  ) -> Problem {
    let problem =
      switch error {
      case let error as APIError: error.problem
      case let error as JobStoreError: APIError.store(error).problem
      case let error as HTTPError: APIError.transport(error).problem
      default: APIError.store(.failed("\(error)")).problem
      }
    if problem.status.code >= 500, problem.fields[.retryAfter] == nil {
      logger.error(
        "request failed",
        metadata: ["error": "\(error)", "path": "\(request.path)", "request_id": "\(request.id)"])
    }
    return problem
  }
}

/// No guessing of types, and no caching of what changes unless a route says so.
private func safetyHeaders() -> Middleware {
  { request, next in
    var response = await next(request)
    response.fields[.contentTypeOptions] = "nosniff"
    if response.fields[.cacheControl] == nil { response.fields[.cacheControl] = "no-store" }
    return response
  }
}
