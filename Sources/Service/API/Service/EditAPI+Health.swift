import HTTP
import HTTPTypes
import Jobs

extension EditAPI {
  private struct Report: Encodable {
    var status: String
    var checks: [String: String]?
  }

  /// The process answers: asks neither the store nor the model.
  func livez(_ request: Request) async throws -> Response { Self.alive }

  static let alive = Response.json(Report(status: "ok"))

  /// Jobs can be accepted and somebody will carry them out.
  func readyz(_ request: Request) async throws -> Response {
    let checks = [
      "accepting": health.isDraining ? "draining" : "ok",
      "store": await storeState(), "worker": await workerState(),
    ]
    return report(checks.values.allSatisfy { $0 == "ok" }, checks)
  }

  /// Start-up is over.
  func startupz(_ request: Request) async throws -> Response {
    report(health.hasStarted, ["models": health.hasStarted ? "ok" : "loading"])
  }

  private func storeState() async -> String {
    do {
      _ = try await store.statistics()
      return "ok"
    } catch {
      return "unreachable"
    }
  }

  private func workerState() async -> String {
    let workers = try? await store.workers(seenWithin: configuration.workerSilence)
    return workers?.isEmpty == false ? "ok" : "none registered"
  }

  private func report(_ isFine: Bool, _ checks: [String: String]) -> Response {
    let report = Report(status: isFine ? "ok" : "unavailable", checks: checks)
    var response = Response.json(report, status: isFine ? .ok : .serviceUnavailable)
    if !isFine { response.fields[.retryAfter] = "1" }
    return response
  }
}
