import Access
import HTTP
import HTTPTypes
import Jobs

/// What the translations of the web UIs' APIs share.
extension EditAPI {
  /// - Parameter names: what fields of ours are called there.
  func webUIRoute(
    _ method: HTTPRequest.Method, _ pattern: String, scope: Scope?, names: [String: String] = [:],
    _ operation: nonisolated(nonsending) @escaping @Sendable (Request) async throws -> Response
  ) -> Route {
    route(
      method, pattern, scope: scope, operation,
      failure: { error, problem in
        (error as? WebUIError ?? WebUIError(problem(), names: names)).response
      })
  }

  /// Receives a JSON object and reads it where pictures are looked at.
  func webUIForm<Form: Sendable>(
    of request: Request, _ read: @escaping @Sendable ([String: JSONValue]) throws -> Form
  ) async throws -> Form {
    let collected = try await collectors.json.collect(request.body)
    return try await checking.pictures.run { [configuration] in
      try collected.withBytes { bytes in
        try read(try SubmittedBody.object(bytes, maximumDepth: configuration.jsonDepth))
      }
    }
  }
}
