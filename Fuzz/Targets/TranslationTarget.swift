import API
import Foundation
import HTTP
import Imaging
import Jobs

/// The JSON bodies of other services' clients as submissions of ours: which one stands in the first
/// line, its body after it.
final class TranslationTarget: FuzzTarget {
  static let name = "translation"
  static let sources = [
    "WebUIs/StableDiffusionForm", "WebUIs/IOPaintForm", "WebUIs/WebUIReader", "Cog/CogForm",
    "Cog/PredictionID",
  ].map { "Service/API/\($0).swift" }

  private static let depth = APIConfiguration().jsonDepth

  init() {}

  func read(_ input: [UInt8]) -> FuzzVerdict {
    let line = input.prefix { $0 != 0x0A }
    do {
      let given = try input.dropFirst(line.count + 1).withUnsafeBytes {
        try SubmittedBody.object($0, maximumDepth: Self.depth)
      }
      let body = try Self.translate(String(decoding: line, as: UTF8.self), given)
      guard case .json(let fields) = body.fields else { return .wrong("a form out of JSON") }
      if let fault = try Self.fault(of: fields) { return .wrong(fault) }
      let draft = try EditDraft(body, models: JSONRequestTarget.models)
      if let fault = Self.fault(of: draft, given) { return .wrong(fault) }
      return draft.parameters.validate().isEmpty ? .accepted : .wrong("parameters out of range")
    } catch let error as WebUIError {
      return .refused(error.detail)
    } catch let error as CogError {
      return .refused(error.details.first?.msg ?? error.message)
    } catch {
      return .refused("\(error)")
    }
  }

  /// Names, values and what stands between them, so that most of a changed body stays JSON.
  static func parts(of input: [UInt8]) -> [[UInt8]] {
    var parts: [[UInt8]] = []
    var start = 0
    for (place, byte) in input.enumerated() where ends.contains(byte) {
      if start < place { parts.append(Array(input[start..<place])) }
      parts.append([byte])
      start = place + 1
    }
    if start < input.count { parts.append(Array(input[start...])) }
    return parts
  }

  private static let ends = Array("\n{}[]:,".utf8)

  private struct Unknown: Error {}

  private static func translate(
    _ client: String, _ given: [String: JSONValue]
  ) throws -> SubmittedBody {
    switch client {
    case "img2img": return try StableDiffusionForm(given).body
    case "inpaint": return try IOPaintForm(given, limits: ImageLimits()).body
    case "prediction": return try CogForm(given, pathID: PredictionID("a")).body
    default: throw Unknown()
    }
  }

  /// What is translated is the same when written and read again.
  private static func fault(of fields: [String: JSONValue]) throws -> String? {
    let value = JSONValue.object(fields)
    let again = try JSONText.decode(JSONValue.self, from: try JSONText.encode(value))
    return again == value ? nil : "other fields when written and read again"
  }

  /// The extender's rectangle and the picture make the new picture's size.
  private static func fault(of draft: EditDraft, _ given: [String: JSONValue]) -> String? {
    guard given["use_extender"] == true || given["use_extender"] == 1,
      let expand = draft.parameters.expand, let info = try? ImageDecoder.probe(draft.image)
    else { return nil }
    func side(_ name: String, _ standard: Double) -> Double {
      switch given["extender_\(name)"] {
      case .integer(let value)?: Double(value)
      case .number(let value)?: value
      default: standard
      }
    }
    let (left, top) = (side("x", 0), side("y", 0))
    let width = max(Double(info.width), left + side("width", 640)) - min(0, left)
    let height = max(Double(info.height), top + side("height", 640)) - min(0, top)
    let isRight =
      width == Double(info.width + expand.left + expand.right)
      && height == Double(info.height + expand.top + expand.bottom)
    return isRight ? nil : "a picture of another size than the extender's"
  }
}
