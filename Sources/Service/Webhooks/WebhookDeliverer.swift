package import Jobs
import Locks
import Observability

/// Takes what is due out of the outbox and delivers it, several receivers at a time.
///
///     let deliverer = WebhookDeliverer(store: store, sender: sender, report: report)
///     deliverer.start()
///     …
///     await deliverer.shutDown(grace: .seconds(5))
///
/// Any number of processes may do so over one store: a claimed delivery is left alone by the others
/// until its lease ends. Receivers hear of an event at least once.
package final class WebhookDeliverer: Sendable {
  package struct Settings: Sendable {
    /// Attempts at one time, in all and to one host: a slow receiver must not hold up the others.
    package var concurrency = 8
    package var perHost = 2
    /// The longest time an attempt takes.
    package var timeout = Duration.seconds(15)
    /// How often the outbox is looked at, should nobody tell that something is due.
    package var pollInterval = Duration.seconds(1)
    package var formats = [WebhookSubscription.nativeFormat]
    package var schedule = DeliverySchedule(maximumAge: .seconds(86_400))

    package init() {}
  }

  private struct State {
    var running: [String: ClaimedDelivery] = [:]
    var isStopping = false
    var loop: Task<Void, Never>?
  }

  private let store: any WebhookOutbox
  private let sender: WebhookSender
  private let report: WebhookReport
  private let settings: Settings
  private let clock: any WallClock
  private let state = Lock(State())

  package init(
    store: any WebhookOutbox, sender: WebhookSender, report: WebhookReport,
    settings: Settings = Settings(), clock: any WallClock = SystemWallClock()
  ) {
    self.store = store
    self.sender = sender
    self.report = report
    self.settings = settings
    self.clock = clock
  }

  package func start() {
    state.withLock { $0.loop = Task { await run() } }
  }

  private func run() async {
    let (permits, release) = AsyncStream.makeStream(of: Void.self)
    for _ in 0..<settings.concurrency { release.yield() }
    for await _ in permits {
      guard let claimed = await next() else { break }
      // Not a child: an attempt that has begun outlives the loop's cancellation.
      Task {
        await carryOut(claimed)
        release.yield()
      }
    }
  }

  /// The next delivery, counted among those under way; `nil` once this stops.
  private func next() async -> ClaimedDelivery? {
    while !state.withLock({ $0.isStopping }) {
      do throws(JobStoreError) {
        if let claimed = try await store.claimDelivery(claim) {
          state.withLock { $0.running[claimed.lease.id] = claimed }
          return claimed
        }
      } catch {
        guard error != .closed else { return nil }
        report.storeFailed(error, doing: "claim a webhook")
        try? await Task.sleep(for: settings.pollInterval)
      }
      let pause = settings.pollInterval * Double.random(in: 0.75...1.25)
      await store.waitForDeliveries(claim, timeout: pause)
    }
    return nil
  }

  private var claim: DeliveryClaim {
    let hosts = state.withLock { $0.running.values.map(\.delivery.url.host) }
    let counts = Dictionary(hosts.map { ($0, 1) }, uniquingKeysWith: +)
    return DeliveryClaim(
      // An attempt ends well before its lease does.
      lease: settings.timeout + .seconds(30), formats: settings.formats,
      busyHosts: counts.filter { $0.value >= settings.perHost }.map(\.key).sorted())
  }

  private func carryOut(_ claimed: ClaimedDelivery) async {
    defer { state.withLock { _ = $0.running.removeValue(forKey: claimed.lease.id) } }
    guard !state.withLock({ $0.isStopping }) else { return await handBack(claimed) }
    var generator = SystemRandomNumberGenerator()
    let parent = claimed.job.traceparent.flatMap { TraceContext(traceparent: $0) }
    let trace = parent?.child(using: &generator) ?? .random()
    let start = ContinuousClock.now
    let result = await sender.attempt(
      claimed.delivery, of: claimed.job, at: clock.now(), trace: trace)
    let verdict = DeliveryVerdict(
      result, of: claimed.delivery, at: clock.now(), schedule: settings.schedule,
      spread: .random(in: 0...1))
    do throws(JobStoreError) {
      if try await store.settle(claimed.lease, verdict.settlement) {
        report.ended(claimed, verdict, after: .now - start, trace: trace)
      } else {
        report.leaseLost(claimed, trace: trace)
      }
    } catch {
      report.storeFailed(error, doing: "settle a webhook")
    }
  }

  private func handBack(_ claimed: ClaimedDelivery) async {
    do throws(JobStoreError) {
      _ = try await store.settle(claimed.lease, .handedBack)
    } catch {
      report.storeFailed(error, doing: "hand a webhook back")
    }
  }

  /// Begins nothing new, lets what is under way end within `grace`, and hands the rest back.
  package func shutDown(grace: Duration) async {
    let loop = state.withLock { state in
      state.isStopping = true
      return state.loop.take()
    }
    loop?.cancel()
    await loop?.value
    let end = ContinuousClock.now + grace
    while ContinuousClock.now < end, state.withLock({ !$0.running.isEmpty }) {
      try? await Task.sleep(for: .milliseconds(10))
    }
    for claimed in state.withLock({ Array($0.running.values) }) { await handBack(claimed) }
  }
}
