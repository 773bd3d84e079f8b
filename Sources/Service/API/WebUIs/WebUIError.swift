import HTTP
import HTTPTypes
import Jobs

/// An error as clients of AUTOMATIC1111's API and of IOPaint's, which has the same form, read it.
package struct WebUIError: Error {
  var status: HTTPResponse.Status
  package var detail: String
  /// When another try is worth it, and which key would do.
  var fields = HTTPFields()

  static func invalid(_ field: String, _ detail: String) -> WebUIError {
    WebUIError(status: .unprocessableContent, detail: "\(field) \(detail)")
  }
}

extension WebUIError {
  /// - Parameter names: what fields of ours are called where the client comes from.
  init(_ problem: Problem, names: [String: String]) {
    let details = problem.errors.map { error in
      let name = String(error.pointer.dropFirst())
      return "\(names[name] ?? name) \(error.detail)"
    }
    self.init(
      status: problem.status == .badRequest ? .unprocessableContent : problem.status,
      detail: details.isEmpty ? problem.detail : details.joined(separator: "; "),
      fields: problem.fields)
  }

  /// An edit that ended without pictures.
  init(_ job: Job) {
    self.init(
      status: job.failedByRequest
        ? .unprocessableContent : job.state == .failed ? .internalServerError : .conflict,
      detail: job.error?.detail ?? "the edit was \(job.state.rawValue)")
  }

  private struct Document: Encodable {
    var error: String
    var detail: String
    var body = ""
    var errors: String
  }

  var response: Response {
    var response = Response.json(
      Document(error: status.reasonPhrase, detail: detail, errors: detail), status: status)
    response.fields.append(contentsOf: fields)
    return response
  }
}
