import API
import Foundation
import HTTP
import Jobs
import Logging
import ServiceLifecycle
import Webhooks
import Workers

/// Store, workers and server as one service, so that they stop in the one order that loses nothing.
struct EditingService: Service {
  let store: any JobStore
  /// `nil` where workers of other processes edit.
  let pool: WorkerPool?
  let scoring: ScoringAdapter?
  /// The first one is the API's, or the only one of a process that only works.
  let servers: [HTTPServer]
  /// Whether the first one speaks TLS.
  let isSecured: Bool
  let health: Health
  let upkeep: Upkeep
  /// `nil` where nothing is delivered.
  let webhooks: WebhookDeliverer?
  /// What the workers register.
  let description: JSONValue?
  let hangUp: HangUpActions
  let grace: Duration
  let logger: Logger

  func run() async throws {
    let hangUps = await hangUp.listen()
    try await pool?.start(description: description ?? .null)
    webhooks?.start()
    for (index, server) in servers.enumerated() {
      server.start()
      let scheme = index == 0 && isSecured ? "https" : "http"
      for address in server.addresses {
        logger.notice(
          index == 0 ? "serving" : "serving health and metrics",
          metadata: ["address": "\(scheme)://\(address)"])
      }
    }
    health.started()
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await upkeep.run() }
      group.addTask { await hangUp.run(hangUps) }
      try? await gracefulShutdown()
      group.cancelAll()
    }
    await stop()
  }

  /// Not ready first, then no new work, then what runs, then who is told, then answers, then the store.
  private func stop() async {
    logger.notice("draining")
    health.drain()
    await store.drain()
    await pool?.shutDown(grace: grace)
    await webhooks?.shutDown(grace: .seconds(5))
    for server in servers { await server.stop(grace: .seconds(5)) }
    scoring?.close()
    await store.close()
    logger.notice("stopped")
  }
}
