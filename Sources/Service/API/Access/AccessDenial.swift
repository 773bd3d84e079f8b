package import Access
import HTTP
import HTTPTypes

/// Why a request is not let in; the answer names what to do about it.
package enum AccessDenial: Error {
  case missing
  case malformed
  case unknown
  case disabled
  case expired
  /// Too many keys that are none came from the caller's address.
  case tooManyFailures(retryAfter: Int)
  case scope(needed: Scope, held: Set<Scope>)
  case requestRate(perMinute: Int, retryAfter: Int)
  case jobsInFlight(limit: Int, retryAfter: Int)
  /// Without keys: the request comes from a page of another site, by this field.
  case foreignSite(_ field: String, _ value: String)

  /// For metrics and the audit log.
  var reason: String {
    switch self {
    case .missing: "missing"
    case .malformed: "malformed"
    case .unknown: "unknown"
    case .disabled: "disabled"
    case .expired: "expired"
    // Only what the answer becomes; counted as what it was.
    case .tooManyFailures: "unknown"
    case .scope: "scope"
    case .requestRate: "rate"
    case .jobsInFlight: "jobs"
    case .foreignSite: "site"
    }
  }

  /// No key that is known was shown.
  var isGuess: Bool {
    switch self {
    case .missing, .malformed, .unknown: true
    default: false
    }
  }

  static let reasons = [
    "missing", "malformed", "unknown", "disabled", "expired", "scope", "rate", "jobs", "site",
  ]
}

extension AccessDenial {
  var problem: Problem {
    switch self {
    case .missing, .unknown, .disabled, .expired:
      Problem(
        .unauthorized, type: "urn:byteedit:problem:unauthorized", title: "Unauthorized",
        detail: detail, fields: [.wwwAuthenticate: challenge])
    case .malformed:
      Problem(
        .badRequest, type: "urn:byteedit:problem:invalid-header", title: "Invalid header",
        detail: detail, fields: [.wwwAuthenticate: challenge])
    case .scope:
      Problem(
        .forbidden, type: "urn:byteedit:problem:insufficient-scope", title: "Insufficient scope",
        detail: detail, fields: [.wwwAuthenticate: challenge])
    case .foreignSite:
      Problem(
        .forbidden, type: "urn:byteedit:problem:foreign-site", title: "Foreign site",
        detail: detail)
    case .tooManyFailures(let seconds):
      Problem(
        .tooManyRequests, type: "urn:byteedit:problem:too-many-failures",
        title: "Too many failures", detail: detail, fields: [.retryAfter: "\(seconds)"])
    case .requestRate(_, let seconds), .jobsInFlight(_, let seconds):
      Problem(
        .tooManyRequests, type: "urn:byteedit:problem:quota-exceeded", title: "Quota exceeded",
        detail: detail, fields: [.retryAfter: "\(seconds)"])
    }
  }

  private var detail: String {
    switch self {
    case .missing: "this needs an API key: send it as 'Authorization: Bearer <key>'"
    case .malformed: "Authorization must be there once, as 'Bearer <key>'"
    case .unknown: "the API key is not known here: check it, or ask the operator for one"
    case .disabled: "the API key is disabled: ask the operator for another"
    case .expired: "the API key has expired: ask the operator for another"
    case .tooManyFailures(let seconds):
      "too many requests without a valid API key came from your address: "
        + "check the key and try again after \(seconds) s"
    case .scope(let needed, let held):
      "this needs a key with the scope '\(needed.rawValue)', and this one has '\(held.text)': "
        + "use another, or ask the operator to add the scope"
    case .requestRate(let limit, let seconds):
      "the API key allows \(limit) requests a minute: try again after \(seconds) s"
    case .jobsInFlight(let limit, let seconds):
      "the API key allows \(limit) jobs queued and running at one time: wait until one has ended, "
        + "or cancel one; try again after \(seconds) s"
    case .foreignSite(let field, let value):
      "without API keys only this machine's own names are served, and \(field) is '\(value)': "
        + "call http://localhost or http://127.0.0.1, or have the operator configure keys or "
        + "public_url"
    }
  }

  /// The challenge of RFC 6750, section 3; without an error where nothing was shown.
  private var challenge: String {
    let realm = "Bearer realm=\"byteedit\""
    return switch self {
    case .missing: realm
    case .malformed: realm + ", error=\"invalid_request\""
    case .scope(let needed, _):
      realm + ", error=\"insufficient_scope\", scope=\"\(needed.rawValue)\""
    default: realm + ", error=\"invalid_token\""
    }
  }
}
