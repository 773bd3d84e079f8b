/// Who shall hear of a job, and of what.
package struct WebhookSubscription: Sendable, Hashable, Codable {
  package let url: WebhookURL
  package let events: Set<WebhookEvent>
  /// Who builds the payload, by the API that the job came in through.
  package let format: String

  /// The native API's payloads.
  package static let nativeFormat = "edit"

  package init(
    url: WebhookURL, events: Set<WebhookEvent> = WebhookEvent.ends,
    format: String = WebhookSubscription.nativeFormat
  ) {
    self.url = url
    self.events = events
    self.format = format
  }

  /// In the order of their declaration.
  package var eventNames: [String] {
    WebhookEvent.allCases.filter(events.contains).map(\.rawValue)
  }

  package var json: JSONValue {
    ["url": .string(url.text), "events": .array(eventNames.map(JSONValue.string))]
  }

  private enum CodingKeys: String, CodingKey {
    case url, events, format
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    url = try container.decode(WebhookURL.self, forKey: .url)
    events = try container.decode(Set<WebhookEvent>.self, forKey: .events)
    format = try container.decode(String.self, forKey: .format)
  }

  /// The events as a sorted list, so that equal subscriptions give equal text.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(url, forKey: .url)
    try container.encode(eventNames, forKey: .events)
    try container.encode(format, forKey: .format)
  }
}

extension WebhookSubscription {
  /// The names of its fields in a request.
  package enum Name {
    package static let url = "webhook"
    package static let events = "webhook_events"
    package static let all = [url, events]
  }

  /// Reads `webhook` and `webhook_events`; `nil` where there is neither.
  ///
  /// Forms send the events as a JSON list or with commas between.
  package init?(fields: [String: JSONValue]) throws(InvalidParameters) {
    var violations: [ParameterViolation] = []
    var url: WebhookURL?
    if let value = fields[Name.url], value != .null {
      do throws(Mismatch) {
        url = try value.asWebhookURL()
      } catch {
        violations.append(ParameterViolation(path: [Name.url], detail: error.detail))
      }
    }
    var events: Set<WebhookEvent>?
    if let value = fields[Name.events], value != .null {
      do throws(Mismatch) {
        events = try value.asEvents()
      } catch {
        violations.append(
          ParameterViolation(path: [Name.events] + error.path, detail: error.detail))
      }
      if url == nil, violations.isEmpty {
        violations.append(
          ParameterViolation(
            path: [Name.events], detail: "says what to tell but not whom; give webhook a URL"))
      }
    }
    guard violations.isEmpty else { throw InvalidParameters(violations) }
    guard let url else { return nil }
    self.init(url: url, events: events ?? WebhookEvent.ends)
  }
}

extension JSONValue {
  fileprivate func asWebhookURL() throws(Mismatch) -> WebhookURL {
    let text = try asText()
    do throws(WebhookURL.Fault) {
      return try WebhookURL(text)
    } catch {
      throw Mismatch(detail: error.description)
    }
  }

  fileprivate func asEvents() throws(Mismatch) -> Set<WebhookEvent> {
    let items: [JSONValue]
    switch self {
    case .array(let list): items = list
    case .string(let text) where text.hasPrefix("["):
      guard case .array(let list)? = try? JSONText.decode(JSONValue.self, from: text) else {
        throw Mismatch(detail: "is no JSON list")
      }
      items = list
    case .string(let text):
      items = text.split(separator: ",").map { .string($0.filter { $0 != " " }) }
    default: throw Mismatch(detail: "must be a list of events, not \(kind)")
    }
    var events: Set<WebhookEvent> = []
    for (place, item) in items.enumerated() {
      guard case .string(let name) = item, let event = WebhookEvent(rawValue: name) else {
        let names = WebhookEvent.allCases.map(\.rawValue).joined(separator: ", ")
        throw Mismatch(path: ["\(place)"], detail: "must be one of \(names)")
      }
      events.insert(event)
    }
    guard !events.isEmpty else {
      throw Mismatch(detail: "is empty; name an event, or leave it out for those that end an edit")
    }
    return events
  }
}
