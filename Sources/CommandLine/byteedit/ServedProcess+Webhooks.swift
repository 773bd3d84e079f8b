import API
import Foundation
import Jobs
import Logging
import Observability
import Outbound
import Sockets
import TLS
import Webhooks

extension ServedProcess {
  /// The secrets that webhooks are signed with, read again on SIGHUP; none where none are set.
  func webhookSecrets(on hangUp: HangUpActions) throws -> WebhookSecrets {
    let webhooks = settings.webhooks
    let read = { @Sendable () throws in
      try WebhookSecrets.read(text: webhooks.secret, file: webhooks.secretFile)
    }
    let secrets = WebhookSecrets(try read())
    if webhooks.secretFile != nil {
      hangUp.add("webhook secrets") { secrets.replace(with: try read()) }
    }
    return secrets
  }

  func webhookPolicy(_ secrets: WebhookSecrets) -> WebhookPolicy {
    WebhookPolicy(
      secrets: secrets, allowsHTTP: settings.webhooks.allowsHTTP,
      addresses: AddressPolicy(allowed: settings.webhooks.allowedNetworks))
  }

  /// What delivers webhooks, and counts those that wait; `nil` without a secret.
  func webhookDeliverer(
    _ secrets: WebhookSecrets, _ store: any JobStore, _ api: EditAPI
  ) throws -> WebhookDeliverer? {
    registry.collect {
      guard let outbox = try? await store.outboxStatistics() else { return [] }
      return [
        GaugeReading(MetricCatalogue.webhooksPending, Double(outbox.pending)),
        GaugeReading(MetricCatalogue.webhooksOldest, outbox.oldestSeconds),
      ]
    }
    guard !secrets.isEmpty else {
      logger.notice("no webhook secret is configured: webhooks are refused and none is delivered")
      return nil
    }
    if settings.publicURL == nil {
      logger.warning("webhooks carry links without scheme and host: set public_url")
    }
    var delivering = WebhookDeliverer.Settings()
    delivering.formats = EditAPI.webhookFormats
    delivering.timeout = .seconds(settings.webhooks.timeoutSeconds)
    delivering.schedule = DeliverySchedule(
      maximumAge: .seconds(settings.webhooks.maximumAgeHours * 3600))
    let client = try outboundClient(timeout: delivering.timeout)
    let sender = WebhookSender(
      secrets: secrets, userAgent: "byteedit/\(BuildIdentity.version)",
      payload: { try api.webhookPayload($0, of: $1) },
      send: { request throws(OutboundError) in try await client.send(request) })
    return WebhookDeliverer(
      store: store, sender: sender, report: WebhookReport(logger: Logger(label: "webhooks")),
      settings: delivering)
  }

  private func outboundClient(timeout: Duration) throws -> OutboundClient {
    let trust = try TLSClientContext(
      trust: settings.webhooks.authorities.map(TLSClientContext.Trust.systemAnd) ?? .system)
    return OutboundClient(
      policy: AddressPolicy(allowed: settings.webhooks.allowedNetworks), timeout: timeout,
      trust: trust)
  }
}
