extension WebhookDelivery {
  /// Writes down how an attempt ended.
  package mutating func settle(_ settlement: DeliverySettlement, at now: Timestamp) {
    switch settlement {
    case .delivered(let note):
      (state, self.note, finishedAt) = (.delivered, note, now)
    case .retry(let pause, let note):
      (self.note, runAt) = (note, now + pause)
    case .failed(let note), .unsubscribed(let note):
      (state, self.note, finishedAt) = (.failed, note, now)
    case .handedBack:
      attempt = max(0, attempt - 1)
      runAt = now
    }
  }
}
