import API
import HTTP
import Jobs

/// The JSON body of a submission: depth, pictures, fields and their ranges.
final class JSONRequestTarget: FuzzTarget {
  static let name = "json"
  static let sources = [
    "API/Submitting/SubmittedBody+JSON", "API/Submitting/EditDraft", "API/Service/ModelCatalogue",
    "Jobs/Parameters/EditParameters+JSON", "Jobs/Parameters/EditParameters+Validation",
    "Jobs/Parameters/ParameterReading", "Jobs/Parameters/ParameterViolation",
    "Jobs/Values/JSONValue", "Jobs/Values/JSONText", "Jobs/Values/Timestamp+RFC3339",
  ].map { "Service/\($0).swift" }

  /// A service with one judge of the three.
  static let models = ModelCatalogue(
    models: [],
    judges: [JudgeDescription(judge: "aesthetic", model: "a", hash: "0", calibration: "normal")],
    kernelSet: "plain", blasCore: "none")
  /// The service's own limit.
  private static let depth = APIConfiguration().jsonDepth

  init() {}

  func read(_ input: [UInt8]) -> FuzzVerdict {
    do {
      let body = try input.withUnsafeBytes {
        try SubmittedBody(json: $0, maximumDepth: Self.depth)
      }
      if case .json(let fields) = body.fields, let fault = try Self.fault(of: fields) {
        return .wrong(fault)
      }
      let draft = try EditDraft(body, models: Self.models)
      return try Self.fault(of: draft.parameters).map(FuzzVerdict.wrong) ?? .accepted
    } catch {
      return .refused("\(error)")
    }
  }

  /// Values are no deeper than was let through, and are the same when written and read again.
  private static func fault(of fields: [String: JSONValue]) throws -> String? {
    let value = JSONValue.object(fields)
    guard depth(of: value) <= Self.depth else { return "deeper than \(Self.depth)" }
    let again = try JSONText.decode(JSONValue.self, from: try JSONText.encode(value))
    return again == value ? nil : "other fields when written and read again"
  }

  private static func depth(of value: JSONValue) -> Int {
    switch value {
    case .array(let elements): 1 + (elements.map(depth).max() ?? 0)
    case .object(let members): 1 + (members.values.map(depth).max() ?? 0)
    default: 0
    }
  }

  /// Parameters that were accepted are in range, and the same when written and read again.
  private static func fault(of parameters: EditParameters) throws -> String? {
    guard parameters.validate().isEmpty else { return "parameters out of range" }
    guard try EditParameters(json: parameters.json) == parameters else {
      return "other parameters when written and read again"
    }
    let text = try JSONText.encode(parameters)
    let again = try JSONText.decode(EditParameters.self, from: text)
    return again == parameters ? nil : "other parameters out of the store"
  }
}
