import Access
package import HTTP
import HTTPTypes
package import Imaging
package import Jobs
package import Logging
package import Observability

/// The native API over a job store: it accepts, reports and cancels jobs, and edits nothing itself.
package struct EditAPI: Sendable {
  /// What the API needs and does not make itself.
  package struct Surroundings: Sendable {
    package var store: any JobStore
    /// What this process serves itself; `nil` where other processes work, who say it in the store.
    package var models: ModelCatalogue?
    /// Scores pictures for `POST /v1/scores`; `nil` where every judge is off.
    package var scoring: (any PictureScoring)?
    /// Shared with the workers of this process, so that they need not decode again.
    package var pictures: DecodedPictures
    package var access: AccessControl
    package var health: Health
    package var metrics: PrometheusRegistry
    package var logger: Logger

    package init(
      store: any JobStore, models: ModelCatalogue?, scoring: (any PictureScoring)? = nil,
      pictures: DecodedPictures = DecodedPictures(limit: 0), access: AccessControl, health: Health,
      metrics: PrometheusRegistry, logger: Logger
    ) {
      self.store = store
      self.models = models
      self.scoring = scoring
      self.pictures = pictures
      self.access = access
      self.health = health
      self.metrics = metrics
      self.logger = logger
    }
  }

  let configuration: APIConfiguration
  let surroundings: Surroundings
  private let registered: RegisteredModels
  private let requests: RequestMetrics
  let gate: SubmissionGate
  /// What was told about jobs lately.
  let shown = DocumentCache()
  let checking: CheckedEdit.Lanes
  let collectors: (form: BodyCollector, json: BodyCollector)

  package init(configuration: APIConfiguration, surroundings: Surroundings) {
    self.configuration = configuration
    self.surroundings = surroundings
    registered = RegisteredModels(surroundings.store, silence: configuration.workerSilence)
    requests = RequestMetrics(surroundings.metrics)
    gate = SubmissionGate(
      total: configuration.submissions, perAddress: configuration.submissionsPerAddress)
    checking = CheckedEdit.Lanes(width: configuration.checkers)
    let spooling = WorkQueue(label: "spool", width: 1)
    func collector(_ limit: Int) -> BodyCollector {
      BodyCollector(limit: limit, directory: configuration.spoolDirectory, queue: spooling)
    }
    collectors = (collector(configuration.formBody), collector(configuration.jsonBody))
    collectQueueMetrics()
  }

  var store: any JobStore { surroundings.store }
  var health: Health { surroundings.health }

  /// The models that are served at this moment.
  func catalogue() async throws -> ModelCatalogue {
    if let models = surroundings.models { return models }
    return try await registered.catalogue()
  }
  var logger: Logger { surroundings.logger }

  /// Every operation with the scope that its caller's key must have, nil where nobody is asked;
  /// `openapi.yaml` describes the same, which a test checks.
  package var routes: [Route] {
    [
      route(.post, "/v1/edits", scope: .edit, submit),
      route(.get, "/v1/edits", scope: .read, list),
      route(.get, "/v1/edits/{id}", scope: .read, show),
      route(.delete, "/v1/edits/{id}", scope: .edit, cancel),
      route(.get, "/v1/edits/{id}/events", scope: .read, events),
      route(.get, "/v1/edits/{id}/previews/{k}", scope: .read, preview),
      route(.get, "/v1/edits/{id}/images/{k}", scope: .read, image),
      route(.get, "/v1/edits/{id}/images/{k}/coherence", scope: .read, coherenceMap),
      route(.post, "/v1/scores", scope: .edit, score),
      route(.get, "/v1/models", scope: .read, models),
      openAIRoute(.get, "/v1/models/{model}", scope: .read, model),
      openAIRoute(.post, "/v1/images/edits", scope: .edit, editImages),
      route(.get, "/livez", scope: nil, livez),
      route(.get, "/readyz", scope: nil, readyz),
      route(.get, "/startupz", scope: nil, startupz),
      route(.get, "/metrics", scope: .read, metrics),
      route(.get, "/openapi.yaml", scope: nil, document),
    ] + openInferenceRoutes + stableDiffusionRoutes + iopaintRoutes
      + cogRoutes
  }

  /// Health and metrics alone, for a process that only works.
  package var managementRoutes: [Route] {
    [
      route(.get, "/livez", scope: nil, livez), route(.get, "/readyz", scope: nil, readyz),
      route(.get, "/startupz", scope: nil, startupz), route(.get, "/metrics", scope: nil, metrics),
    ]
  }

  package func handler() -> Handler { handler(of: routes) }

  package func managementHandler() -> Handler { handler(of: managementRoutes) }

  /// What needs no handler as long as nobody wants a line of log for each request.
  package func preparedAnswers() -> PreparedAnswers {
    let timer = requests.timer(.get, "/livez", 200)
    var answers = PreparedAnswers { [logger] in
      logger.logLevel <= .debug
    } observe: { duration in
      timer.recordNanoseconds(duration.nanoseconds)
    }
    answers.add("/livez", Self.alive)
    return answers
  }

  /// The routes inside what every request passes: ids, logs, metrics, safety headers.
  private func handler(of routes: [Route]) -> Handler {
    let router = Router(routes)
    return chain(
      [
        requestIDs(), traces(), ClientAddresses(trusting: configuration.trustedProxies).middleware,
        accessLog(logger, level: .debug) { $0.logged($1) },
        observed { [requests] in requests.record($0, $1, $2) }, safetyHeaders(),
      ],
      { await router.respond(to: $0) })
  }

  /// Asks who the caller is before the operation sees the request, and writes down what callers
  /// change.
  ///
  /// - Parameter failure: the form of errors that the route's clients expect; problems as a rule.
  func route(
    _ method: HTTPRequest.Method, _ pattern: String, scope: Scope?,
    _ operation: nonisolated(nonsending) @escaping @Sendable (Request) async throws -> Response,
    failure: @escaping @Sendable (any Error, () -> Problem) -> Response = { $1().response }
  ) -> Route {
    Route(method, pattern) { [logger, access = surroundings.access] request in
      var request = request
      do {
        request.principal = try access.admit(request, scope)
      } catch {
        return failure(error) { Self.problem(of: error, request, logger) }
      }
      var response: Response
      do {
        response = try await operation(request)
      } catch {
        response = failure(error) { Self.problem(of: error, request, logger) }
      }
      if method != .get { access.audit.carriedOut(request, response) }
      return response
    }
  }

  private func openAIRoute(
    _ method: HTTPRequest.Method, _ pattern: String, scope: Scope?,
    _ operation: nonisolated(nonsending) @escaping @Sendable (Request) async throws -> Response
  ) -> Route {
    route(
      method, pattern, scope: scope, operation,
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
      var fields = request.logged()
      fields["error"] = "\(error)"
      fields["path"] = "\(request.path)"
      logger.error("request failed", metadata: fields)
    }
    return problem
  }
}
