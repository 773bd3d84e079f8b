import Access
import HTTP
import HTTPTypes
import Jobs

/// The health and metadata calls of the Open Inference Protocol, version 2 (KServe), by which
/// orchestrators look after model servers; edits themselves go to the other addresses.
extension EditAPI {
  var openInferenceRoutes: [Route] {
    [
      route(.get, "/v2", scope: nil, serverMetadata),
      route(.get, "/v2/health/live", scope: nil, liveOfServer),
      route(.get, "/v2/health/ready", scope: nil, readyOfServer),
      route(.get, "/v2/models/{model}", scope: .read, modelMetadata),
      route(.get, "/v2/models/{model}/ready", scope: nil, readyOfModel),
    ]
  }

  private struct Server: Encodable {
    var name = "byteedit"
    var version: String
    var extensions: [String] = []
  }

  private struct Model: Encodable {
    struct Tensor: Encodable {
      var name: String
      var datatype = "BYTES"
      var shape: [Int]
    }
    var name: String
    var versions: [String]
    var platform = "byteedit"
    /// As the fields of an edit are called.
    var inputs = [
      Tensor(name: "image", shape: [1]), Tensor(name: "mask", shape: [1]),
      Tensor(name: "prompt", shape: [1]),
    ]
    /// One for each candidate.
    var outputs = [Tensor(name: "image", shape: [-1])]
  }

  private struct Failure: Encodable {
    var error: String
  }

  private func serverMetadata(_ request: Request) async throws -> Response {
    Response.json(Server(version: configuration.version))
  }

  private func liveOfServer(_ request: Request) async throws -> Response {
    Response.json(["live": true])
  }

  /// The same checks as `/readyz`.
  private func readyOfServer(_ request: Request) async throws -> Response {
    let answer = try await readyz(request)
    var response = Response.json(["ready": answer.status == .ok], status: answer.status)
    response.fields[.retryAfter] = answer.fields[.retryAfter]
    return response
  }

  private func modelMetadata(_ request: Request) async throws -> Response {
    guard let model = try await served(request) else { return try await unknown(request) }
    return Response.json(Model(name: model.id, versions: [model.hash]))
  }

  private func readyOfModel(_ request: Request) async throws -> Response {
    guard let model = try await served(request) else { return try await unknown(request) }
    struct Readiness: Encodable {
      var name: String
      var ready: Bool
    }
    let answer = try await readyz(request)
    return Response.json(
      Readiness(name: model.id, ready: answer.status == .ok), status: answer.status)
  }

  private func served(_ request: Request) async throws -> ModelDescription? {
    try await catalogue().models.first { $0.id == request.parameters["model"] }
  }

  private func unknown(_ request: Request) async throws -> Response {
    let names = try await catalogue().models.map(\.id).joined(separator: ", ")
    return Response.json(
      Failure(error: "no model of this name is served: use \(names)"), status: .notFound)
  }
}
