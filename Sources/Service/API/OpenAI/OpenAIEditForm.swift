import HTTP
import Imaging
import Jobs

/// `POST /v1/images/edits` as a submission of ours, and how its answer shall look.
///
/// Whatever OpenAI's form lacks goes through `byteedit[<field>]`.
struct OpenAIEditForm: Sendable {
  private(set) var answer = OpenAIAnswerForm()
  private var fields: [String: String] = [:]
  private var pictures: [String: [UInt8]] = [:]
  private var seen: Set<String> = []

  /// Fields that mean the same here and there.
  static let passedOn: Set = ["prompt", "n"]

  init(_ parts: [FormPart]) throws(OpenAIError) {
    for part in parts { try add(part) }
    if let quality = answer.quality { try set(quality) }
    guard answer.isStream || answer.partialImages == 0 else {
      throw .invalid("partial_images", "needs stream: set stream to true or leave it out")
    }
    if answer.partialImages > 0 { fields["previews"] = String(answer.partialImages) }
    takeMaskFromImage()
  }

  var body: SubmittedBody {
    SubmittedBody(fields: .form(fields), pictures: pictures, errors: [])
  }

  // MARK: Parts

  private mutating func add(_ part: FormPart) throws(OpenAIError) {
    let name = part.name == "image[]" ? "image" : part.name
    guard seen.insert(name).inserted else {
      throw name == "image"
        ? .invalid("image", "is there more than once: this service edits one picture at a time")
        : .invalid(name, "is there more than once: send it once")
    }
    if SubmittedBody.pictureNames.contains(name) {
      guard !part.bytes.isEmpty else {
        throw .invalid(name, "is empty: send a PNG or JPEG file")
      }
      pictures[name] = part.bytes
      return
    }
    guard let text = part.text else { throw .invalid(name, "is no UTF-8: send text") }
    try add(name, text)
  }

  private mutating func add(_ name: String, _ text: String) throws(OpenAIError) {
    if let field = Self.extensionField(name) {
      guard fields.updateValue(text, forKey: field) == nil else {
        throw .invalid(name, "is there under another name, too: send it once")
      }
      return
    }
    switch name {
    case _ where Self.passedOn.contains(name):
      guard fields.updateValue(text, forKey: name) == nil else {
        throw .invalid(name, "is there as byteedit[\(name)], too: send it once")
      }
    case "model": answer.model = text
    case "size": answer.size = try Self.size(text)
    case "quality": answer.quality = try Self.choice(name, text, OpenAIAnswerForm.Quality.self)
    case "response_format":
      answer.format = try Self.choice(name, text, OpenAIAnswerForm.Format.self)
    case "output_format": try setOutputFormat(text)
    case "output_compression":
      fields["quality"] = String(max(1, try Self.integer(name, text, 0...100)))
    case "background":
      guard ["auto", "opaque"].contains(text) else {
        throw .invalid(name, "must be auto or opaque: edits fill the hole")
      }
    case "stream": answer.isStream = try Self.flag(name, text)
    case "partial_images": answer.partialImages = try Self.integer(name, text, 0...3)
    case "user": fields["metadata[user]"] = text
    // Read by OpenAI's own models alone; clients send them whatever the model.
    case "input_fidelity", "moderation": break
    default:
      throw OpenAIError(
        status: .badRequest,
        message: "Unknown parameter: '\(name)'. Send what OpenAI's form lacks as byteedit[\(name)]",
        parameter: name, code: "unknown_parameter")
    }
  }

  /// `byteedit[steps]` as `steps`, `byteedit[expand][left]` as `expand[left]`.
  private static func extensionField(_ name: String) -> String? {
    let prefix = "byteedit["
    guard name.hasPrefix(prefix), name.hasSuffix("]"),
      let end = name.firstIndex(of: "]")
    else { return nil }
    let start = name.index(name.startIndex, offsetBy: prefix.count)
    return String(name[start..<end]) + String(name[name.index(after: end)...])
  }

  private mutating func setOutputFormat(_ text: String) throws(OpenAIError) {
    guard EditParameters.OutputFormat(rawValue: text) != nil else {
      throw .invalid("output_format", "is '\(text)': this service writes png and jpeg")
    }
    fields["output_format"] = text
  }

  /// Fewer steps are quicker, more are finer; steps that were asked for go first.
  private mutating func set(_ quality: OpenAIAnswerForm.Quality) throws(OpenAIError) {
    guard fields["steps"] == nil, let steps = quality.steps else { return }
    fields["steps"] = String(steps)
  }

  /// Without a mask, the picture's own transparency says where to edit, as with DALL-E 2.
  private mutating func takeMaskFromImage() {
    guard pictures["mask"] == nil, fields["task"] != EditParameters.Task.outpaint.rawValue,
      let image = pictures["image"], let info = try? ImageDecoder.probe(image), info.hasAlpha
    else { return }
    pictures["mask"] = image
    fields["mask_semantics"] = EditParameters.MaskSemantics.alpha.rawValue
  }

  // MARK: Values

  private static func size(_ text: String) throws(OpenAIError) -> String? {
    if text == "auto" { return nil }
    let sides = text.split(separator: "x", omittingEmptySubsequences: false)
    guard sides.count == 2, sides.allSatisfy({ Int($0).map { $0 > 0 } ?? false }) else {
      throw .invalid("size", "must be auto or WIDTHxHEIGHT")
    }
    return text
  }

  private static func integer(
    _ name: String, _ text: String, _ range: ClosedRange<Int>
  ) throws(OpenAIError) -> Int {
    guard let value = Int(text), range.contains(value) else {
      throw .invalid(
        name, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  private static func flag(_ name: String, _ text: String) throws(OpenAIError) -> Bool {
    switch text.lowercased() {
    case "true", "1": return true
    case "false", "0": return false
    default: throw .invalid(name, "must be true or false")
    }
  }

  private static func choice<Choice: CaseIterable & RawRepresentable>(
    _ name: String, _ text: String, _ type: Choice.Type
  ) throws(OpenAIError) -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: text) else {
      throw .invalid(
        name, "must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return choice
  }
}

/// How an OpenAI-shaped request wants its answer.
struct OpenAIAnswerForm: Sendable {
  enum Format: String, CaseIterable, Sendable {
    case base64 = "b64_json"
    case url
  }

  enum Quality: String, CaseIterable, Sendable {
    case auto
    case low
    case medium
    case high
    case standard
    case hd

    /// The model's own where nothing is said.
    var steps: Int? {
      switch self {
      case .low: 4
      case .auto, .medium, .standard: nil
      case .high, .hd: 20
      }
    }
  }

  var model: String?
  var format = Format.base64
  var quality: Quality?
  /// Asked for; pictures come back in their own.
  var size: String?
  var isStream = false
  var partialImages = 0
}
