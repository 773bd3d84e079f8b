package import Jobs
import Observability
package import Outbound

/// Builds, signs and sends one payload.
package struct WebhookSender: Sendable {
  /// The payload of an event; throws where it cannot be written.
  package typealias Payload = @Sendable (WebhookDelivery, Job) throws -> [UInt8]
  /// Sends a request; `OutboundClient.send`, or a test's own.
  package typealias Send =
    @Sendable (OutboundRequest) async throws(OutboundError) -> ResponseHead

  private let secrets: WebhookSecrets
  private let userAgent: String
  private let payload: Payload
  private let send: Send

  package init(
    secrets: WebhookSecrets, userAgent: String, payload: @escaping Payload, send: @escaping Send
  ) {
    self.secrets = secrets
    self.userAgent = userAgent
    self.payload = payload
    self.send = send
  }

  /// - Parameter trace: whose span the attempt is.
  func attempt(
    _ delivery: WebhookDelivery, of job: Job, at now: Jobs.Timestamp, trace: TraceContext
  ) async -> Result<ResponseHead, OutboundError> {
    let secrets = secrets.all
    let seconds = now.milliseconds / 1000
    guard let body = try? payload(delivery, job), !secrets.isEmpty,
      let signature = WebhookSignature.header(
        id: delivery.id, timestamp: seconds, body: body, secrets: secrets)
    else { return .failure(.unreachable("the payload cannot be written and signed")) }
    let url = delivery.url
    let request = OutboundRequest(
      isSecure: url.scheme == .https, host: url.host, port: url.port, authority: url.authority,
      target: url.target,
      fields: [
        ("User-Agent", userAgent), ("Content-Type", "application/json"), ("Accept", "*/*"),
        ("webhook-id", delivery.id), ("webhook-timestamp", "\(seconds)"),
        ("webhook-signature", signature), ("traceparent", trace.traceparent),
      ], body: body)
    do throws(OutboundError) {
      return .success(try await send(request))
    } catch {
      return .failure(error)
    }
  }
}
