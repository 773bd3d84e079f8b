import Access
import HTTP
import Jobs
package import Logging
package import Observability
import Sockets

/// Lets requests in or not: whose key it is, what the key allows and how much.
package struct AccessControl: Sendable {
  private let policy: AccessPolicy
  private let failuresPerMinute: Int
  private let time: any TimeSource
  private let requests: RateLimiter<String>
  private let failures: RateLimiter<SocketAddress.LimitKey?>
  let audit: AuditLog

  /// - Parameter failuresPerMinute: requests that are not let in, of one address in a minute, before
  ///   they are neither logged nor told why.
  package init(
    policy: AccessPolicy, failuresPerMinute: Int = 60, logger: Logger, metrics: PrometheusRegistry,
    time: any TimeSource = SystemTime()
  ) {
    self.policy = policy
    self.failuresPerMinute = failuresPerMinute
    self.time = time
    requests = RateLimiter(time: time)
    failures = RateLimiter(time: time)
    audit = AuditLog(logger: logger, metrics: metrics)
    // Not of self, whose audit log holds the metrics: they would keep each other for ever.
    metrics.collect { Self.activeKeys(policy, at: time.timestamp) }
  }

  /// The caller of a request that asks for `scope`; nil is open to everybody, key or not.
  ///
  /// Throws `APIError.denied`.
  func admit(_ request: Request, _ scope: Scope?) throws(APIError) -> Caller {
    guard let scope else { return .nobody }
    var found: APIKey?
    do throws(AccessDenial) {
      let keys: KeyRing
      switch policy {
      case .everybody: return .everybody
      case .thisMachine(let publicURL):
        try SiteCheck(publicURL: publicURL).check(request)
        return .everybody
      case .keys(let ring): keys = ring
      }
      let key = try key(of: request, in: keys)
      found = key
      try check(key, scope)
      return Caller(key)
    } catch {
      throw .denied(denied(error, request, found))
    }
  }

  private func key(of request: Request, in keys: KeyRing) throws(AccessDenial) -> APIKey {
    switch BearerToken(request.fields) {
    case .none: throw .missing
    case .malformed: throw .malformed
    case .secret(let secret):
      guard let key = keys.key(of: secret) else { throw .unknown }
      return key
    }
  }

  private func check(_ key: APIKey, _ scope: Scope) throws(AccessDenial) {
    switch key.state(at: now) {
    case .active: break
    case .disabled: throw .disabled
    case .expired: throw .expired
    }
    guard key.scopes.allow(scope) else { throw .scope(needed: scope, held: key.scopes) }
    guard let limit = key.quota.requestsPerMinute,
      let wait = requests.take(key.id, perMinute: limit)
    else { return }
    throw .requestRate(perMinute: limit, retryAfter: wait.retryAfterSeconds)
  }

  /// Counts and logs a denial.
  ///
  /// Whoever sends no valid key is denied without a word after a while,
  /// so that guessing fills no log; a valid key from the same address is not affected.
  private func denied(
    _ denial: AccessDenial, _ request: Request, _ key: APIKey?
  ) -> AccessDenial {
    audit.count(denial)
    let wait = failures.take(request.client?.limitKey, perMinute: failuresPerMinute)
    guard let wait else {
      audit.denied(request, keyID: key?.id, denial)
      return denial
    }
    return denial.isGuess ? .tooManyFailures(retryAfter: wait.retryAfterSeconds) : denial
  }

  /// What a caller is told whose owner has as many jobs as it may.
  func overQuota(_ request: Request, retryAfter: Int) -> AccessDenial {
    let limit = request.caller.jobsInFlight ?? 0
    let denial = AccessDenial.jobsInFlight(limit: limit, retryAfter: retryAfter)
    audit.count(denial)
    return denial
  }

  private var now: Jobs.Timestamp { time.timestamp }

  private static func activeKeys(_ policy: AccessPolicy, at now: Jobs.Timestamp) -> [GaugeReading] {
    guard case .keys(let keys) = policy else { return [] }
    let active = keys.all.filter { $0.state(at: now) == .active }
    return [GaugeReading(MetricCatalogue.activeKeys, Double(active.count))]
  }
}

extension TimeSource {
  fileprivate var timestamp: Jobs.Timestamp {
    Jobs.Timestamp(milliseconds: wall().wholeMilliseconds)
  }
}

extension Duration {
  /// Whole seconds, from 1 to 120: longer ones clients do not wait.
  fileprivate var retryAfterSeconds: Int {
    Int(min(120, max(1, (self / .seconds(1)).rounded(.up))))
  }
}

extension Request {
  /// Who asks; nobody where no route has said.
  var caller: Caller { principal as? Caller ?? .nobody }
}
