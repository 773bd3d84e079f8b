import API
import Access
import Compute
import Editing
import Foundation
import HTTP
import Imaging
import JobStorePostgres
import JobStoreSQLite
import Jobs
import Logging
import Metrics
import Observability
import Rewards
import ServeSettings
import ServiceLifecycle
import Sockets
import TLS
import UnixSignals
import Webhooks
import Workers

/// One process of the service, whether it accepts, edits or both: store, workers and HTTP server
/// joined.
struct ServedProcess {
  let settings: ServeConfiguration
  private let source: SettingsSource
  let logger: Logger
  private let threshold: LogThreshold
  private let workerMetrics: WorkerMetrics
  let registry = PrometheusRegistry()
  private let pictures: DecodedPictures

  init(_ settings: ServeConfiguration, source: SettingsSource) {
    self.settings = settings
    self.source = source
    pictures = DecodedPictures(limit: settings.pictureCacheMebibytes << 20)
    let logs = LogSettings(
      format: settings.logFormat == "text" ? .text : .json,
      level: Logger.Level(rawValue: settings.logLevel) ?? .info,
      prompts: settings.logPrompts ? .inFull : .lengthOnly
    )
    logs.bootstrap()
    threshold = logs.threshold
    MetricsSystem.bootstrap(registry)
    logger = Logger(label: "byteedit")
    workerMetrics = WorkerMetrics(logger: Logger(label: "workers"))
  }

  /// Serves until SIGTERM or SIGINT, then drains and returns: with workers over SQLite, without over
  /// PostgreSQL.
  func serve() async throws {
    prepare()
    let address = try SocketAddress(host: settings.host, port: UInt16(settings.port))
    let keys = try readKeys()
    try BindPolicy.check(
      [address], hasKeys: keys != nil, insecureNoAuth: settings.insecureNoAuth)
    let hangUp = HangUpActions(logger: logger)
    reloadKeys(keys, on: hangUp)
    let credentials = try openTLS(hangUp)
    reportAccess(keys, address, isSecured: credentials != nil)
    let management = try settings.managementPort.map {
      try SocketAddress(host: settings.host, port: UInt16($0))
    }
    let front = Front(
      address: address, management: management, keys: keys, credentials: credentials,
      hangUp: hangUp)
    if let url = settings.store {
      let store = try await openStore(url, connections: 8)
      try await run(store, front)
    } else {
      let editor = try loadEditor()
      let store = try openStore()
      try await run(store, front, editor: editor)
    }
  }

  /// Works on what others accept, until SIGTERM or SIGINT.
  func work() async throws {
    prepare()
    guard let url = settings.store else { return }
    let port = settings.managementPort ?? ServeKey.workerManagementPort
    let address = try SocketAddress(host: settings.host, port: UInt16(port))
    let editor = try loadEditor()
    // Every worker reports while the lease keeper renews and upkeep tidies.
    let store = try await openStore(url, connections: settings.workers + 3)
    let front = Front(management: address, hangUp: HangUpActions(logger: logger))
    try await run(store, front, editor: editor)
  }

  private func prepare() {
    raiseDescriptorLimit()
    registry.collect { ProcessStatistics().readings() }
    reportUnknownVariables()
  }

  private func loadEditor() throws -> Editor {
    let editor = try ModelLoading.editor(
      folder: settings.model, maxMegapixels: settings.maxMegapixels,
      storage: WeightStorage(rawValue: settings.weights) ?? .float32, adapters: settings.adapters,
      judges: try Judges(try judgeSources()))
    reportEngine(editor)
    return editor
  }

  /// What a process shows to the outside.
  private struct Front {
    /// Where the whole API is.
    var address: SocketAddress?
    /// Where health and metrics are by themselves, in clear text.
    var management: SocketAddress?
    var keys: KeyRing?
    var credentials: TLSCredentials?
    let hangUp: HangUpActions
  }

  /// - Parameter editor: `nil` where workers of other processes edit.
  private func run(
    _ store: any JobStore, _ front: Front, editor: Editor? = nil
  ) async throws {
    let scoring = try front.address == nil ? nil : editor.flatMap(scorer)
    let health = Health()
    let secrets = try webhookSecrets(on: front.hangUp)
    let api = EditAPI(
      configuration: apiConfiguration(webhookPolicy(secrets)),
      surroundings: .init(
        store: store, models: editor.map { ModelCatalogue($0) }, scoring: scoring,
        pictures: pictures,
        access: AccessControl(
          policy: accessPolicy(front.keys), failuresPerMinute: settings.authFailuresPerMinute,
          logger: auditLogger, metrics: registry),
        health: health, metrics: registry, logger: Logger(label: "api")))
    let server = try front.address.map {
      try HTTPServer(
        serverConfiguration($0, front.credentials), logger: Logger(label: "http"),
        prepared: api.preparedAnswers(), handler: api.handler())
    }
    let management = try front.management.map {
      try HTTPServer(
        serverConfiguration($0), logger: Logger(label: "http"), prepared: api.preparedAnswers(),
        handler: api.managementHandler())
    }
    let reload = SettingsReload(
      of: settings, source: source, store: store, threshold: threshold, logger: logger)
    front.hangUp.add("settings") { try reload() }
    let service = EditingService(
      store: store, pool: editor.map { pool($0, store) }, scoring: scoring,
      servers: [server, management].compactMap(\.self), isSecured: front.credentials != nil,
      health: health, upkeep: Upkeep(store: store, metrics: workerMetrics),
      webhooks: try front.address == nil ? nil : webhookDeliverer(secrets, store, api),
      description: try editor.map { try JSONValue($0) }, hangUp: front.hangUp,
      grace: .seconds(settings.drainSeconds), logger: logger)
    try await ServiceGroup(
      services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
    ).run()
  }

  private func scorer(_ editor: Editor) throws -> ScoringAdapter? {
    try ScoringAdapter(
      editor: editor, threads: settings.threads, waiting: settings.scoreQueue)
  }

  private func pool(_ editor: Editor, _ store: any JobStore) -> WorkerPool {
    WorkerPool(
      store: store, editor: adapter(editor), settings: workerSettings, metrics: workerMetrics)
  }

  private func judgeSources() throws -> JudgeSources {
    try JudgeLoading.sources(
      folder: settings.judges, aesthetic: settings.aesthetic, alignment: settings.alignment,
      coherence: settings.coherence)
  }

  private func openStore() throws -> SQLiteJobStore {
    var environment = SQLiteJobStore.Environment()
    environment.onEnd = { [workerMetrics] in workerMetrics.ended($0) }
    return try SQLiteJobStore(
      directory: settings.dataDirectory, settings: settings.storeSettings, environment: environment)
  }

  private func openStore(_ url: String, connections: Int) async throws -> PostgresJobStore {
    let address = try PostgresAddress(url)
    var environment = PostgresJobStore.Environment()
    environment.connections = connections
    environment.onEnd = { [workerMetrics] in workerMetrics.ended($0) }
    let store = try await PostgresJobStore(
      address: address, settings: settings.storeSettings, environment: environment)
    logger.info("store opened", metadata: ["store": "\(address)"])
    return store
  }

  private func adapter(_ editor: Editor) -> EngineAdapter {
    EngineAdapter(
      editor: editor, pictures: pictures, workers: settings.workers, threads: settings.threads,
      carriesProvenance: settings.provenance)
  }

  private var workerSettings: WorkerSettings {
    var worker = WorkerSettings()
    worker.count = settings.workers
    worker.lease = .seconds(settings.leaseSeconds)
    worker.heartbeatInterval = .milliseconds(settings.leaseSeconds * 250)
    worker.checkpointInterval = .seconds(settings.checkpointSeconds)
    return worker
  }

  private func apiConfiguration(_ webhooks: WebhookPolicy) -> APIConfiguration {
    var api = APIConfiguration()
    api.webhookRefusal = { webhooks.refusal(of: $0) }
    api.images.maxPixels = settings.maxMegapixels * 1_000_000
    api.images.maxBytes = settings.maxBodyMebibytes << 20
    api.formBody = settings.maxBodyMebibytes << 20
    api.jsonBody = min(api.jsonBody, settings.maxBodyMebibytes << 20)
    api.publicURL = settings.publicURL
    api.takesAnyModel = !settings.strictModel
    api.version = BuildIdentity.version
    api.submissionsPerAddress = settings.submissionsPerAddress
    api.trustedProxies = settings.trustedProxies
    api.connectionLimits = [
      "connections": settings.maxConnections,
      "connections_per_address": settings.connectionsPerAddress,
      "header_seconds": settings.headerSeconds, "idle_seconds": settings.idleSeconds,
      "transfer_grace_seconds": settings.transferGraceSeconds,
      "minimum_bytes_per_second": settings.minimumBytesPerSecond,
    ]
    return api
  }

  private func serverConfiguration(
    _ address: SocketAddress, _ credentials: TLSCredentials? = nil
  ) -> HTTPServer.Configuration {
    var configuration = HTTPServer.Configuration(
      addresses: [address], loops: AvailableCores.count)
    configuration.credentials = credentials
    configuration.onHandshake = credentials == nil ? nil : handshakeCounter
    configuration.limits.body = settings.maxBodyMebibytes << 20
    configuration.limits.headerDeadline = .seconds(settings.headerSeconds)
    configuration.limits.idleDeadline = .seconds(settings.idleSeconds)
    configuration.limits.transferGrace = .seconds(settings.transferGraceSeconds)
    configuration.limits.minimumRate = settings.minimumBytesPerSecond
    configuration.connections = ConnectionLimits(
      total: settings.maxConnections, perAddress: settings.connectionsPerAddress,
      unlimited: settings.trustedProxies)
    return configuration
  }
}
