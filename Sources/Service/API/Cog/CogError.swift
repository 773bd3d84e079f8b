import HTTP
import HTTPTypes
import Jobs

/// An error as clients of Cog's API read it: what FastAPI says of a request that does not hold, or one
/// sentence.
package struct CogError: Error {
  /// One wrong value and where it stands: `["body", "input", "steps"]`.
  package struct Detail: Encodable {
    var loc: [String]
    package var msg: String
    var type = "value_error"
  }

  var status: HTTPResponse.Status
  package var message: String
  package var details: [Detail] = []
  /// When another try is worth it, and which key would do.
  var fields = HTTPFields()

  static func invalid(_ details: [Detail]) -> CogError {
    CogError(status: .unprocessableContent, message: "", details: details)
  }

  static func invalid(_ location: [String], _ message: String) -> CogError {
    .invalid([Detail(loc: location, msg: message)])
  }

  /// As Cog answers where a model does not stream.
  static let noEvents = CogError(
    status: .notAcceptable,
    message: "predictions are not streamed: leave Accept out, and follow /v1/edits/{id}/events of "
      + "the job that byteedit.id names")
}

extension CogError {
  init(_ problem: Problem) {
    let isBody = problem.type == "urn:byteedit:problem:malformed-body"
    var details = problem.errors.map { Detail(loc: Self.location($0.pointer), msg: $0.detail) }
    if isBody, details.isEmpty {
      details = [Detail(loc: ["body"], msg: problem.detail, type: "json_invalid")]
    }
    self.init(
      status: details.isEmpty ? problem.status : .unprocessableContent, message: problem.detail,
      details: details, fields: problem.fields)
  }

  /// `/expand/left` as `["body", "input", "expand", "left"]`.
  private static func location(_ pointer: String) -> [String] {
    if pointer.hasPrefix("?") { return ["query", String(pointer.dropFirst())] }
    let path = pointer.split(separator: "/").map(String.init)
    let isOutside = path == [WebhookSubscription.Name.url] || path.first == "input"
    return isOutside ? ["body"] + path : ["body", "input"] + path
  }

  private struct Sentence: Encodable {
    var detail: String
    var error: String
  }

  private struct List: Encodable {
    var detail: [Detail]
  }

  var response: Response {
    var response =
      details.isEmpty
      ? Response.json(Sentence(detail: message, error: message), status: status)
      : Response.json(List(detail: details), status: status)
    response.fields.append(contentsOf: fields)
    return response
  }
}
