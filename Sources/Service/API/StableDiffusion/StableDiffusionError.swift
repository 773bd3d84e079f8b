import HTTP
import HTTPTypes
import Jobs

/// An error as clients of the web UI's API read it.
struct StableDiffusionError: Error {
  var status: HTTPResponse.Status
  var detail: String
  /// When another try is worth it, and which key would do.
  var fields = HTTPFields()

  static func invalid(_ field: String, _ detail: String) -> StableDiffusionError {
    StableDiffusionError(status: .unprocessableContent, detail: "\(field) \(detail)")
  }
}

extension StableDiffusionError {
  init(_ problem: Problem) {
    let details = problem.errors.map { "\($0.pointer.dropFirst()) \($0.detail)" }
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
