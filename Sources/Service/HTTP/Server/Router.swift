package import HTTPTypes

/// `/v1/edits/{id}/images/{k}`: literal segments and named parameters.
package struct RoutePattern: Sendable, Hashable, CustomStringConvertible {
  enum Segment: Sendable, Hashable {
    case literal(String)
    case parameter(String)
  }

  package let description: String
  let segments: [Segment]

  package init(_ text: String) {
    description = text
    segments = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
      $0.hasPrefix("{") && $0.hasSuffix("}")
        ? .parameter(String($0.dropFirst().dropLast())) : .literal(String($0))
    }
  }

  var isLiteral: Bool {
    segments.allSatisfy { if case .literal = $0 { true } else { false } }
  }

  /// The parameters, when the decoded segments of a path fit.
  func match(_ path: [String]) -> PathParameters? {
    guard path.count == segments.count else { return nil }
    var values: [String: String] = [:]
    for (segment, text) in zip(segments, path) {
      switch segment {
      case .literal(let literal): guard literal == text else { return nil }
      case .parameter(let name):
        guard !text.isEmpty else { return nil }
        values[name] = text
      }
    }
    return PathParameters(values)
  }
}

/// One method of one path.
package struct Route: Sendable {
  package let method: HTTPRequest.Method
  package let pattern: RoutePattern
  let handler: Handler
  package init(
    _ method: HTTPRequest.Method, _ pattern: String, _ handler: @escaping Handler
  ) {
    self.method = method
    self.pattern = RoutePattern(pattern)
    self.handler = handler
  }
}

/// Finds the handler of a request; answers 404, 405, 501 and OPTIONS itself.
///
/// HEAD is served by the handler of GET.
package struct Router: Sendable {
  package let routes: [Route]
  private struct Entry {
    let pattern: RoutePattern
    var handlers: [HTTPRequest.Method: Handler] = [:]
  }
  private let table: [Entry]
  /// Places in the table of patterns without parameters that no earlier pattern hides.
  private let literals: [String: Int]

  package init(_ routes: [Route]) {
    self.routes = routes
    var table: [Entry] = []
    for route in routes {
      let index =
        table.firstIndex { $0.pattern.segments == route.pattern.segments } ?? table.endIndex
      if index == table.endIndex { table.append(Entry(pattern: route.pattern)) }
      table[index].handlers[route.method] = route.handler
    }
    self.table = table
    literals = Self.literals(in: table)
  }

  private static func literals(in table: [Entry]) -> [String: Int] {
    var places: [String: Int] = [:]
    for (place, entry) in table.enumerated() {
      let path = entry.pattern.description
      guard entry.pattern.isLiteral, let segments = segments(of: path),
        table.firstIndex(where: { $0.pattern.match(segments) != nil }) == place
      else { continue }
      places[path] = place
    }
    return places
  }

  /// What RFC 9110 (section 9.1), RFC 5789 and the registry's QUERY name, and this server knows, if
  /// only to refuse it.
  private static let known: Set<HTTPRequest.Method> = Set(
    [.get, .head, .post, .put, .patch, .delete, .options, .trace]
      + [HTTPRequest.Method("QUERY")].compactMap(\.self))

  nonisolated(nonsending) package func respond(to request: Request) async -> Response {
    guard
      Self.known.contains(request.method) || routes.contains(where: { $0.method == request.method })
    else {
      return Problem(
        .notImplemented, detail: "the method \(request.method.rawValue) is not implemented here"
      ).response
    }
    if let place = literals[request.path] { return await respond(to: request, with: table[place]) }
    if request.path == "*" { return Self.options(Set(routes.map(\.method))) }
    guard let path = Self.segments(of: request.path) else {
      return Problem(.badRequest, detail: "the path is not percent-encoded UTF-8").response
    }
    for entry in table {
      guard let parameters = entry.pattern.match(path) else { continue }
      var request = request
      request.parameters = parameters
      return await respond(to: request, with: entry)
    }
    return Problem(
      .notFound, detail: "nothing is served at \(request.path); /openapi.yaml lists what is"
    ).response
  }

  nonisolated(nonsending) private func respond(
    to request: Request, with entry: Entry
  ) async -> Response {
    var response = await respond(to: request, with: entry.handlers)
    response.route = entry.pattern.description
    return response
  }

  nonisolated(nonsending) private func respond(
    to request: Request, with handlers: [HTTPRequest.Method: Handler]
  ) async -> Response {
    let method = request.method == .head && handlers[.head] == nil ? .get : request.method
    if let handler = handlers[method] { return await handler(request) }
    if method == .options { return Self.options(Set(handlers.keys)) }
    let allowed = Self.allow(Set(handlers.keys))
    return Problem(
      .methodNotAllowed, detail: "\(request.method.rawValue) is not served here: use \(allowed)",
      fields: [.allow: allowed]
    ).response
  }

  private static func options(_ methods: Set<HTTPRequest.Method>) -> Response {
    Response(status: .noContent, fields: [.allow: allow(methods)])
  }

  private static func allow(_ methods: Set<HTTPRequest.Method>) -> String {
    var names = Set(methods.map(\.rawValue))
    names.insert("OPTIONS")
    if names.contains("GET") { names.insert("HEAD") }
    return names.sorted().joined(separator: ", ")
  }

  /// The decoded segments; a path without `%` needs no decoding.
  private static func segments(of path: String) -> [String]? {
    var segments: [String] = []
    for raw in path.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      guard let text = PercentCoding.decode(raw) else { return nil }
      segments.append(text)
    }
    return segments
  }
}
