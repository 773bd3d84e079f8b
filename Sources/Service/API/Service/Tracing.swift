import HTTP
import HTTPTypes
import Logging
import Observability

/// Gives every request a trace: the caller's own where `traceparent` is one, else a new one, so that
/// the log's lines about a request and its job belong together (W3C Trace Context, section 3.2).
func traces() -> Middleware {
  Middleware { request in
    if request.trace == nil {
      request.head.fields[.traceparent] = TraceContext.random().traceparent
    }
  }
}

extension Request {
  var trace: TraceContext? { fields[.traceparent].flatMap { TraceContext(traceparent: $0) } }

  /// Which request, trace and job a line of the log is about.
  ///
  /// - Parameter response: the answer, where it names the job that the request made.
  func logged(_ response: Response? = nil) -> Logger.Metadata {
    var fields: Logger.Metadata = [LogKey.requestID: "\(id)"]
    if let trace { fields[LogKey.traceID] = "\(trace.traceID)" }
    if let job = job(of: response) { fields[LogKey.jobID] = "\(job)" }
    return fields
  }

  /// The job of the request's path, or the one that its answer is about.
  private func job(of response: Response?) -> String? {
    if let id = parameters["id"] { return id }
    let location = response?.fields[.location] ?? response?.fields[.contentLocation]
    return location?.split(separator: "/").last.map(String.init)
  }
}
