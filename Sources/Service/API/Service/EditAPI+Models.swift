import Digests
import HTTP
import HTTPTypes
import Jobs

extension EditAPI {
  func models(_ request: Request) async throws -> Response {
    Response.json(ModelList(try await catalogue(), configuration))
  }

  /// The description of all this.
  func document(_ request: Request) async throws -> Response {
    Response.representation(
      OpenAPIDocument.bytes, contentType: "application/yaml", tag: OpenAPIDocument.tag,
      for: request.fields)
  }
}

extension EditAPI {
  /// `GET /v1/models/{model}`: one entry of the list, for OpenAI's clients.
  func model(_ request: Request) async throws -> Response {
    _ = try Query(request, allowed: [])
    let name = request.parameters["model"] ?? ""
    let models = try await catalogue().models
    guard let model = models.first(where: { $0.id == name }) else {
      throw OpenAIError.unknownModel(name, served: models.map(\.id))
    }
    return Response.json(ModelList.Entry(model))
  }
}

/// `openapi.yaml`, as it was when this was built.
package enum OpenAPIDocument {
  package static let bytes = PackageResources.openapi_yaml
  static let tag = EntityTag(String(SHA256.hexadecimal(of: bytes).prefix(16)))
}

/// The wire form of the catalogue.
private struct ModelList: Encodable {
  struct Entry: Encodable {
    var id: String
    var object = "model"
    var hash: String
    var created: Int64
    var ownedBy = "byteedit"
    var weights: String
    var tasks: [String]
    var defaults: Defaults
    var vocabulary: [String]
    var notes: String

    enum CodingKeys: String, CodingKey {
      case id
      case object
      case hash
      case created
      case ownedBy = "owned_by"
      case weights
      case tasks
      case defaults
      case vocabulary
      case notes
    }
  }

  struct Defaults: Encodable {
    var resolution: Int
    var steps: Int
    var guidanceScale: Double
    var sampler: String
    var holeFill: String

    enum CodingKeys: String, CodingKey {
      case resolution
      case steps
      case guidanceScale = "guidance_scale"
      case sampler
      case holeFill = "hole_fill"
    }
  }

  struct Engine: Encodable {
    var kernelSet: String
    var blasCore: String

    enum CodingKeys: String, CodingKey {
      case kernelSet = "kernel_set"
      case blasCore = "blas_core"
    }
  }

  var object = "list"
  var data: [Entry]
  var judges: [JudgeDescription]
  var limits: [String: Int]
  var engine: Engine

  init(_ catalogue: ModelCatalogue, _ configuration: APIConfiguration) {
    data = catalogue.models.map(Entry.init)
    judges = catalogue.judges
    limits = Self.limits(configuration)
    engine = Engine(kernelSet: catalogue.kernelSet, blasCore: catalogue.blasCore)
  }
}

extension ModelList.Entry {
  fileprivate init(_ model: ModelDescription) {
    self.init(
      id: model.id, hash: model.hash, created: model.createdAt.milliseconds / 1000,
      weights: model.weights, tasks: model.tasks,
      defaults: ModelList.Defaults(
        resolution: model.resolution, steps: model.steps, guidanceScale: model.guidanceScale,
        sampler: model.sampler, holeFill: model.holeFill),
      vocabulary: model.vocabulary, notes: model.notes)
  }
}

extension ModelList {
  fileprivate static func limits(_ configuration: APIConfiguration) -> [String: Int] {
    let own = [
      "body_bytes": configuration.formBody, "json_bytes": configuration.jsonBody,
      "json_depth": configuration.jsonDepth,
      "pixels": configuration.images.maxPixels, "side": configuration.images.maxSide,
      "profile_bytes": configuration.images.maxICCBytes,
      "candidates": EditParameters.Ranges.count.upperBound,
      "steps": EditParameters.Ranges.steps.upperBound,
      "resolution": EditParameters.Ranges.resolution.upperBound,
      "wait_seconds": Int(configuration.maximumWait.components.seconds),
      "submissions_per_address": configuration.submissionsPerAddress,
    ]
    return own.merging(configuration.connectionLimits) { own, _ in own }
  }
}
