import HTTP
import HTTPTypes
import Jobs

/// An error in the form that OpenAI's clients read.
struct OpenAIError: Error {
  var status: HTTPResponse.Status
  var message: String
  /// The field that is wrong, as it was sent.
  var parameter: String?
  /// What kind of problem, for programs.
  var code: String?
  /// When another try is worth it, and which key would do.
  var fields = HTTPFields()

  static func invalid(
    _ parameter: String, _ message: String, code: String = "invalid_value"
  ) -> OpenAIError {
    OpenAIError(
      status: .badRequest, message: "\(parameter) \(message)", parameter: parameter, code: code)
  }

  static func unknownModel(_ name: String, served: [String]) -> OpenAIError {
    OpenAIError(
      status: .notFound,
      message: "the model '\(name)' is not served here: use \(served.joined(separator: ", "))",
      parameter: "model", code: "model_not_found")
  }
}

extension OpenAIError {
  init(_ problem: Problem) {
    let first = problem.errors.first
    let details = problem.errors.map { "\(Self.parameter($0.pointer)) \($0.detail)" }
    self.init(
      status: problem.status,
      message: details.isEmpty ? problem.detail : details.joined(separator: "; "),
      parameter: first.map { Self.parameter($0.pointer) },
      code: problem.type.split(separator: ":").last.map { word in
        word.split(separator: "-").joined(separator: "_")
      },
      fields: problem.fields)
  }

  /// An edit that ended without pictures.
  init(_ job: Job) {
    let error = job.error
    self.init(
      status: job.failedByRequest
        ? .badRequest : job.state == .failed ? .internalServerError : .conflict,
      message: error?.detail ?? "the edit was \(job.state.rawValue): send it again",
      code: error?.code ?? job.state.rawValue)
  }

  /// `/steps` as `byteedit[steps]`: what is not a field of OpenAI's came through the extension.
  private static func parameter(_ pointer: String) -> String {
    let path = pointer.split(separator: "/").map(String.init)
    guard let first = path.first, !OpenAIEditForm.passedOn.contains(first),
      !SubmittedBody.pictureNames.contains(first), !first.hasPrefix("?")
    else { return path.first ?? pointer }
    return path.reduce("byteedit") { "\($0)[\($1)]" }
  }

  var type: String {
    switch status.code {
    case 401, 403: "authentication_error"
    case 429: "rate_limit_error"
    case 500...: "server_error"
    default: "invalid_request_error"
    }
  }

  struct Document: Encodable {
    struct Body: Encodable {
      var message: String
      var type: String
      var param: Nullable<String>
      var code: Nullable<String>
    }
    var error: Body
  }

  var document: Document {
    Document(
      error: Document.Body(
        message: message, type: type, param: Nullable(parameter), code: Nullable(code)))
  }

  var response: Response {
    var response = Response.json(document, status: status)
    response.fields.append(contentsOf: fields)
    if fields[.retryAfter] == nil, status.code == 409 || status.code >= 500 {
      // Their clients try 409 and 5xx again by themselves, which would only fail again.
      response.fields[.shouldRetry] = "false"
    }
    return response
  }
}
