import HTTP
package import Jobs

/// The body of `POST /predictions` as a submission of ours.
///
/// `input` has the fields of `/v1/edits`, pictures as data URLs.
///
/// Source: replicate/cog, docs/http.md, "POST /predictions", and `PredictionRequest` of its server.
package struct CogForm: Sendable {
  package let id: PredictionID?
  /// Which model the client means; nil is any.
  let version: String?
  package let body: SubmittedBody

  /// Marks jobs that came this way; it holds the name that the client chose.
  static let mark = "cog"

  /// Names the payloads of webhooks that Cog's clients read.
  static let webhookFormat = "cog"

  /// Names that predictors of this kind have for fields of ours.
  static let synonyms = ["num_outputs": "n", "num_inference_steps": "steps"]

  private static let known = ["id", "input", "version", "webhook", "webhook_events_filter"]

  /// - Parameter pathID: what the path names the prediction.
  package init(_ given: [String: JSONValue], pathID: PredictionID?) throws(CogError) {
    var reader = Reader(given: given.filter { $0.value != .null })
    reader.refuseUnknown(Self.known)
    id = reader.id(pathID)
    version = reader.text("version")
    let webhook = reader.webhook()
    let input = reader.input()
    guard reader.errors.isEmpty else { throw .invalid(reader.errors) }
    var body = Self.submission(input, id)
    body.webhook = webhook
    self.body = body
  }

  private static func submission(
    _ input: [String: JSONValue], _ id: PredictionID?
  ) -> SubmittedBody {
    var fields = input
    var pictures: [String: [UInt8]] = [:]
    var errors: [Problem.FieldError] = []
    func refuse(_ name: String, _ detail: String) {
      errors.append(Problem.FieldError(pointer: "/\(name)", detail: detail))
    }
    for name in SubmittedBody.pictureNames {
      guard let value = fields.removeValue(forKey: name), value != .null else { continue }
      if isLink(value) {
        refuse(name, "is a link, and this service fetches nothing: send the picture as a data URL")
      } else if let bytes = SubmittedBody.picture(value) {
        pictures[name] = bytes
      } else {
        refuse(name, "must be a PNG or JPEG as a data URL (data:image/png;base64,…)")
      }
    }
    for (synonym, name) in synonyms {
      guard let value = fields.removeValue(forKey: synonym) else { continue }
      if fields[name] != nil { refuse(synonym, "is there as \(name), too: send one of them") }
      fields[name] = value
    }
    for name in WebhookSubscription.Name.all where fields.removeValue(forKey: name) != nil {
      refuse("input/\(name)", "stands beside input: send webhook and webhook_events_filter there")
    }
    mark(&fields, id, refuse)
    return SubmittedBody(fields: .json(fields), pictures: pictures, errors: errors)
  }

  private static func isLink(_ value: JSONValue) -> Bool {
    guard case .string(let text) = value else { return false }
    let start = text.prefix(8).lowercased()
    return start.hasPrefix("http://") || start.hasPrefix("https://")
  }

  /// Adds the mark to the caller's metadata; what is no object is left for others to refuse.
  private static func mark(
    _ fields: inout [String: JSONValue], _ id: PredictionID?,
    _ refuse: (_ name: String, _ detail: String) -> Void
  ) {
    var metadata: [String: JSONValue] = [:]
    switch fields["metadata"] {
    case nil, .null?: break
    case .object(let given)?: metadata = given
    default: return
    }
    guard metadata[mark] == nil else {
      return refuse("metadata/\(mark)", "is where this service notes the id: use another name")
    }
    metadata[mark] = .object(id.map { ["id": .string($0.text)] } ?? [:])
    fields["metadata"] = .object(metadata)
  }
}

/// Takes one member after the other and gathers what is wrong.
private struct Reader {
  let given: [String: JSONValue]
  private(set) var errors: [CogError.Detail] = []

  init(given: [String: JSONValue]) {
    self.given = given
  }

  mutating func refuse(_ name: String, _ message: String) {
    errors.append(CogError.Detail(loc: ["body", name], msg: message))
  }

  mutating func refuseUnknown(_ known: [String]) {
    for name in given.keys.sorted() where !known.contains(name) {
      refuse(
        name,
        name == "output_file_prefix"
          ? "would upload pictures, which this service does not: they come as data URLs"
          : "is not read here: leave it out. Members: \(known.joined(separator: ", "))")
    }
  }

  mutating func text(_ name: String) -> String? {
    guard let value = given[name] else { return nil }
    guard case .string(let text) = value else {
      refuse(name, "must be a string")
      return nil
    }
    return text
  }

  mutating func id(_ pathID: PredictionID?) -> PredictionID? {
    guard let text = text("id") else { return pathID }
    guard let id = PredictionID(text) else {
      refuse("id", PredictionID.rule)
      return nil
    }
    if let pathID, pathID != id {
      refuse("id", "prediction ID must match the ID supplied in the URL")
    }
    return id
  }

  mutating func input() -> [String: JSONValue] {
    switch given["input"] {
    case nil: return [:]
    case .object(let input)?: return input
    default:
      refuse("input", "must be an object with the fields of an edit")
      return [:]
    }
  }

  mutating func webhook() -> WebhookSubscription? {
    let events = events()
    guard let text = text("webhook") else { return nil }
    do throws(WebhookURL.Fault) {
      let url = try WebhookURL(text)
      guard !events.isEmpty else { return nil }
      return WebhookSubscription(url: url, events: events, format: CogForm.webhookFormat)
    } catch {
      refuse("webhook", error.description)
      return nil
    }
  }

  /// What the filter's events are here; all of them without one.
  private mutating func events() -> Set<WebhookEvent> {
    let name = "webhook_events_filter"
    let meanings: [String: Set<WebhookEvent>] = [
      "start": [.running],
      // Pictures are there when the prediction has succeeded; nothing is logged before.
      "output": [.succeeded], "logs": [], "completed": WebhookEvent.ends,
    ]
    guard let value = given[name] else { return Set(WebhookEvent.allCases) }
    guard case .array(let items) = value else {
      refuse(name, "must be a list")
      return []
    }
    var events: Set<WebhookEvent> = []
    for item in items {
      guard case .string(let word) = item, let meaning = meanings[word] else {
        refuse(name, "must be some of \(meanings.keys.sorted().joined(separator: ", "))")
        return []
      }
      events.formUnion(meaning)
    }
    return events
  }
}
