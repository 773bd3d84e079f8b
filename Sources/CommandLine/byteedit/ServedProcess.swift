import API
import Compute
import Editing
import Foundation
import HTTP
import JobStoreSQLite
import Jobs
import Logging
import Metrics
import Observability
import Rewards
import ServeSettings
import ServiceLifecycle
import Sockets
import UnixSignals
import Workers

/// One process that accepts and edits: store, workers and HTTP server joined.
struct ServedProcess {
  let settings: ServeConfiguration
  private let source: SettingsSource
  let logger: Logger
  private let threshold: LogThreshold
  let registry = PrometheusRegistry()

  init(_ settings: ServeConfiguration, source: SettingsSource) {
    self.settings = settings
    self.source = source
    let logs = LogSettings(
      format: settings.logFormat == "text" ? .text : .json,
      level: Logger.Level(rawValue: settings.logLevel) ?? .info,
      prompts: settings.logPrompts ? .inFull : .lengthOnly
    )
    logs.bootstrap()
    threshold = logs.threshold
    MetricsSystem.bootstrap(registry)
    logger = Logger(label: "byteedit")
  }

  /// Serves until SIGTERM or SIGINT, then drains and returns.
  func run() async throws {
    raiseDescriptorLimit()
    let hangUp = HangUpActions(logger: logger)
    registry.collect { ProcessStatistics().readings() }
    let address = try SocketAddress(host: settings.host, port: UInt16(settings.port))
    let keys = try readKeys()
    try BindPolicy.check(
      [address], hasKeys: keys != nil, insecureNoAuth: settings.insecureNoAuth)
    reloadKeys(keys, on: hangUp)
    let editor = try ModelLoading.editor(
      folder: settings.model, maxMegapixels: settings.maxMegapixels,
      storage: WeightStorage(rawValue: settings.weights) ?? .float32, adapters: settings.adapters,
      judges: try Judges(try judgeSources()))
    reportEngine(editor)
    reportAccess(keys, address)
    let scoring = try ScoringAdapter(
      editor: editor, threads: settings.threads, waiting: settings.scoreQueue)
    let workerMetrics = WorkerMetrics(logger: Logger(label: "workers"))
    let store = try openStore(workerMetrics)
    let pool = WorkerPool(
      store: store, editor: adapter(editor), settings: workerSettings, metrics: workerMetrics)
    let health = Health()
    let api = EditAPI(
      configuration: apiConfiguration,
      surroundings: .init(
        store: store, models: ModelCatalogue(editor), scoring: scoring,
        access: AccessControl(
          policy: accessPolicy(keys), failuresPerMinute: settings.authFailuresPerMinute,
          logger: auditLogger, metrics: registry),
        health: health, metrics: registry, logger: Logger(label: "api")))
    let server = try HTTPServer(
      serverConfiguration(address), logger: Logger(label: "http"), handler: api.handler())
    let reload = SettingsReload(
      of: settings, source: source, store: store, threshold: threshold, logger: logger)
    hangUp.add("settings") { try reload() }
    let service = EditingService(
      store: store, pool: pool, scoring: scoring, server: server, health: health,
      upkeep: Upkeep(
        store: store, metrics: workerMetrics), description: JSONValue(editor),
      hangUp: hangUp, grace: .seconds(settings.drainSeconds), logger: logger)
    try await ServiceGroup(
      services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
    ).run()
  }

  private func judgeSources() throws -> JudgeSources {
    try JudgeLoading.sources(
      folder: settings.judges, aesthetic: settings.aesthetic, alignment: settings.alignment,
      coherence: settings.coherence)
  }

  private func openStore(_ metrics: WorkerMetrics) throws -> SQLiteJobStore {
    var environment = SQLiteJobStore.Environment()
    environment.onEnd = { metrics.ended($0) }
    return try SQLiteJobStore(
      directory: settings.dataDirectory, settings: settings.storeSettings, environment: environment)
  }

  private func adapter(_ editor: Editor) -> EngineAdapter {
    EngineAdapter(
      editor: editor, workers: settings.workers, threads: settings.threads,
      carriesProvenance: settings.provenance)
  }

  private var workerSettings: WorkerSettings {
    var worker = WorkerSettings()
    worker.count = settings.workers
    worker.lease = .seconds(settings.leaseSeconds)
    worker.heartbeatInterval = .milliseconds(settings.leaseSeconds * 250)
    return worker
  }

  private var apiConfiguration: APIConfiguration {
    var api = APIConfiguration()
    api.images.maxPixels = settings.maxMegapixels * 1_000_000
    api.images.maxBytes = settings.maxBodyMebibytes << 20
    api.formBody = settings.maxBodyMebibytes << 20
    api.jsonBody = min(api.jsonBody, settings.maxBodyMebibytes << 20)
    api.publicURL = settings.publicURL
    api.takesAnyModel = !settings.strictModel
    api.version = BuildIdentity.version
    api.submissionsPerAddress = settings.submissionsPerAddress
    api.trustedProxies = settings.trustedProxies
    return api
  }

  private func serverConfiguration(_ address: SocketAddress) -> HTTPServer.Configuration {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    var configuration = HTTPServer.Configuration(addresses: [address], loops: cores)
    configuration.limits.body = settings.maxBodyMebibytes << 20
    configuration.connections = ConnectionLimits(
      total: settings.maxConnections, perAddress: settings.connectionsPerAddress,
      unlimited: settings.trustedProxies)
    return configuration
  }

  /// Says what computes, and warns where the machine is left unused.
  private func reportEngine(_ editor: Editor) {
    logger.info(
      "model loaded",
      metadata: [
        "model": "\(editor.model.name)", "model_hash": "\(editor.model.hash)",
        "build": "\(editor.build)", "kernel_set": "\(KernelSet.active.rawValue)",
        "blas_core": "\(BLAS.coreName)", "blas_core_forced": "\(BLAS.isForced)",
        "weights": "\(editor.model.storage.rawValue)",
        "adapters": "\(AdapterOption.text(settings.adapters))",
      ])
    reportJudges(editor.judges)
    if BLAS.isFallbackCore {
      logger.warning(
        "OpenBLAS uses a fallback core and will be slow; set OPENBLAS_CORETYPE",
        metadata: ["blas_core": "\(BLAS.coreName)"])
    }
    let unknown = ServeConfiguration.unknownVariables(ProcessInfo.processInfo.environment)
    if !unknown.isEmpty {
      logger.warning(
        "environment variables that are no settings are ignored",
        metadata: ["variables": "\(unknown.joined(separator: " "))"])
    }
  }
}

extension ServedProcess {
  /// Says what scores, and what does not.
  fileprivate func reportJudges(_ judges: Judges) {
    for kind in JudgeKind.allCases {
      guard let judge = judges[kind] else {
        logger.notice("judge is off, its scores are null", metadata: ["judge": "\(kind.rawValue)"])
        continue
      }
      let description = JudgeDescription(judge)
      logger.info(
        "judge loaded",
        metadata: [
          "judge": "\(description.judge)", "judge_model": "\(description.model)",
          "judge_hash": "\(description.hash)", "calibration": "\(description.calibration)",
        ])
    }
  }
}

/// Store, workers and server as one service, so that they stop in the one order that loses nothing.
struct EditingService: Service {
  let store: SQLiteJobStore
  let pool: WorkerPool
  let scoring: ScoringAdapter?
  let server: HTTPServer
  let health: Health
  let upkeep: Upkeep
  let description: JSONValue
  let hangUp: HangUpActions
  let grace: Duration
  let logger: Logger

  func run() async throws {
    try await pool.start(description: description)
    server.start()
    health.started()
    for address in server.addresses {
      logger.notice("serving", metadata: ["address": "http://\(address)"])
    }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await upkeep.run() }
      group.addTask { await hangUp.run() }
      try? await gracefulShutdown()
      group.cancelAll()
    }
    await stop()
  }

  /// Not ready first, then no new work, then what runs, then answers, then the store.
  private func stop() async {
    logger.notice("draining")
    health.drain()
    await store.drain()
    await pool.shutDown(grace: grace)
    await server.stop(grace: .seconds(5))
    scoring?.close()
    await store.close()
    logger.notice("stopped")
  }
}
