import API
import Foundation
import HTTP
import Jobs
import Logging
import ServiceLifecycle
import Workers

/// Store, workers and server as one service, so that they stop in the one order that loses nothing.
struct EditingService: Service {
  let store: any JobStore
  /// `nil` where workers of other processes edit.
  let pool: WorkerPool?
  let scoring: ScoringAdapter?
  let server: HTTPServer
  let health: Health
  let upkeep: Upkeep
  /// What the workers register.
  let description: JSONValue?
  let hangUp: HangUpActions
  let grace: Duration
  let logger: Logger

  func run() async throws {
    try await pool?.start(description: description ?? .null)
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
    await pool?.shutDown(grace: grace)
    await server.stop(grace: .seconds(5))
    scoring?.close()
    await store.close()
    logger.notice("stopped")
  }
}
