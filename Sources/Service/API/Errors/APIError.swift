package import HTTP
import HTTPTypes
package import Jobs

/// What the API refuses or cannot do; each case becomes one problem document.
package enum APIError: Error {
  case invalidFields([Problem.FieldError])
  case malformedJSON(String)
  case invalidForm(MultipartError)
  case unsupportedMediaType(String?)
  case invalidHeader(name: String, detail: String)
  case transport(HTTPError)
  case denied(AccessDenial)
  case store(JobStoreError)
  case unknownJob
  case jobGone
  case unknownImage
  case unknownPreview
  case imageNotReady(JobState)
  case noCoherenceMap
  case judgesOff
  /// This process accepts edits for others and has no judge itself.
  case scoresElsewhere
  case scoresFull(retryAfter: Int)
  case scoringFailed(String)
  /// The first request with this Idempotency-Key is still on its way.
  case keyInUse
  case keyUsedOtherwise(JobID)
  case queueFull(retryAfter: Int)
  case draining
  case tooManyUploads
  case tooManyUploadsFromAddress
  case tookTooLong

  static func invalidField(_ pointer: String, _ detail: String) -> APIError {
    .invalidFields([Problem.FieldError(pointer: pointer, detail: detail)])
  }
}

extension APIError {
  var problem: Problem {
    switch self {
    case .invalidFields(let errors):
      Self.problem(
        .badRequest, "invalid-request", "Invalid request",
        "the request cannot be carried out as it stands: see errors", errors: errors)
    case .malformedJSON(let reason):
      Self.problem(
        .badRequest, "malformed-body", "Malformed body",
        "the body is no usable JSON object (\(reason)): send one")
    case .invalidForm(let error):
      Self.problem(.badRequest, "malformed-body", "Malformed body", error.detail)
    case .unsupportedMediaType(let found):
      Self.problem(
        .unsupportedMediaType, "unsupported-media-type", "Unsupported media type",
        "the body is \(found ?? "of no stated type"): send multipart/form-data or application/json")
    case .invalidHeader(let name, let detail):
      Self.problem(.badRequest, "invalid-header", "Invalid header", "\(name) \(detail)")
    case .transport(let error): Problem(error)
    case .denied(let denial): denial.problem
    case .store(let error): Self.problem(of: error)
    case .scoringFailed(let detail):
      Self.problem(.internalServerError, "scoring-failed", "Scoring failed", detail)
    default: stateProblem
    }
  }

  private var stateProblem: Problem {
    switch self {
    case .jobGone:
      Self.problem(
        .gone, "gone", "Gone", "the job's time is over and its pictures are removed: submit again")
    case .unknownImage:
      Self.problem(
        .notFound, "not-found", "Not found",
        "the job has no such picture: its candidates list what there is")
    case .unknownPreview:
      Self.problem(
        .notFound, "not-found", "Not found",
        "the job has no such preview: its progress lists what there is; submit with previews from "
          + "1 to 3 to see candidates on their way")
    case .noCoherenceMap:
      Self.problem(
        .notFound, "not-found", "Not found",
        "the picture has no coherence map: the coherence judge was off when it was made; "
          + "submit again when /v1/models lists it")
    case .scoresElsewhere:
      Self.problem(
        .notFound, "judges-off", "Judges off",
        "this service scores only what it edits: submit an edit, or ask a service whose workers "
          + "run in the serving process")
    case .judgesOff:
      Self.problem(
        .notFound, "judges-off", "Judges off",
        "every judge of this service is off, so nothing can be scored: start it with judges")
    case .imageNotReady(let state):
      Self.problem(
        .conflict, "not-ready", "Not ready",
        "the job is \(state.rawValue): wait until it has succeeded, with ?wait=N on its own URL",
        retryAfter: 1)
    case .keyInUse:
      Self.problem(
        .conflict, "idempotency-key-in-use", "Idempotency-Key in use",
        "the first request with this Idempotency-Key is still arriving: try again later",
        retryAfter: 1)
    case .keyUsedOtherwise(let id):
      Self.problem(
        .unprocessableContent, "idempotency-key-reused", "Idempotency-Key reused",
        "this Idempotency-Key stands for another request (\(id)): use a new one")
    default: loadProblem
    }
  }

  private var loadProblem: Problem {
    switch self {
    case .queueFull(let seconds):
      Self.problem(
        .serviceUnavailable, "queue-full", "Queue full",
        "as many jobs wait as may: try again after \(seconds) s", retryAfter: seconds)
    case .scoresFull(let seconds):
      Self.problem(
        .serviceUnavailable, "scores-full", "Too many scores",
        "as many pictures wait to be scored as may: try again after \(seconds) s",
        retryAfter: seconds)
    case .tookTooLong:
      Self.problem(
        .gatewayTimeout, "timeout", "Took too long",
        "the edit took too long and was cancelled: submit it to /v1/edits and poll it there")
    case .draining:
      Self.problem(
        .serviceUnavailable, "draining", "Draining",
        "the service is stopping: try again at another instance or later", retryAfter: 5)
    case .tooManyUploads:
      Self.problem(
        .serviceUnavailable, "too-many-uploads", "Too many uploads",
        "too many submissions arrive at once: try again shortly", retryAfter: 1)
    case .tooManyUploadsFromAddress:
      Self.problem(
        .tooManyRequests, "too-many-uploads", "Too many uploads",
        "too many submissions arrive from your address at once: send fewer in parallel",
        retryAfter: 1)
    default:
      Self.problem(
        .notFound, "not-found", "Not found", "there is no such job: check the id")
    }
  }

  private static func problem(of error: JobStoreError) -> Problem {
    switch error {
    case .busy, .closed, .locked, .unreachable:
      problem(
        .serviceUnavailable, "store-unavailable", "Store unavailable",
        "the job store cannot answer now: try again", retryAfter: 2)
    case .diskFull:
      problem(
        .init(code: 507, reasonPhrase: "Insufficient Storage"), "storage-full", "Storage full",
        "the service has no room for more pictures: try again later, or free its disk",
        retryAfter: 60)
    case .quotaExceeded:
      problem(
        .init(code: 507, reasonPhrase: "Insufficient Storage"), "storage-quota", "Storage quota",
        "the pictures of waiting and running jobs fill the service's quota: try again when some "
          + "have ended", retryAfter: 30)
    case .blobMissing: APIError.jobGone.problem
    case .newerSchema, .olderSchema, .corrupt, .failed:
      // What exactly broke is for the log, not for callers.
      problem(
        .internalServerError, "internal", "Internal error",
        "the job store failed: try again, and tell the operator if it lasts")
    }
  }

  private static func problem(
    _ status: HTTPResponse.Status, _ type: String, _ title: String, _ detail: String,
    errors: [Problem.FieldError] = [], retryAfter: Int? = nil
  ) -> Problem {
    var fields = HTTPFields()
    if let retryAfter { fields[.retryAfter] = String(retryAfter) }
    return Problem(
      status, type: "urn:byteedit:problem:\(type)", title: title, detail: detail, errors: errors,
      fields: fields)
  }
}
