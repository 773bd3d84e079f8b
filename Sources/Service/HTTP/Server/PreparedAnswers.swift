import HTTPTypes

/// Answers that are the same each time but for date and request id: encoded once, sent without a
/// task and without passing the handler.
///
/// For what orchestrators and balancers ask of every process all the time. A request that asks for
/// anything more goes to the handler.
package struct PreparedAnswers: Sendable {
  private var answers: [String: PreparedAnswer] = [:]
  private let isOff: @Sendable () -> Bool
  private let observe: @Sendable (Duration) -> Void

  /// - Parameter isOff: whether every request shall go to the handler for now, since it logs them.
  /// - Parameter observe: is told how long each answer took.
  package init(
    isOff: @escaping @Sendable () -> Bool = { false },
    observe: @escaping @Sendable (Duration) -> Void = { _ in }
  ) {
    self.isOff = isOff
    self.observe = observe
  }

  /// Has GET of a path answered so; the handler must answer the same.
  ///
  /// - Parameter response: has its bytes; safety headers and a request id are added.
  package mutating func add(_ path: String, _ response: Response) {
    answers[path] = PreparedAnswer(response)
  }

  /// Fields that change nothing about such an answer.
  private static let harmless: [HTTPField.Name] = [
    .hostField, .userAgent, .accept, .acceptEncoding, .acceptLanguage, .connection,
  ]

  func answer(to head: RequestHead) -> PreparedAnswer? {
    guard let answer = answers[head.target.path], head.method == .get, head.version == .http11,
      head.framing == .none, !head.expectsContinue, head.target.query == nil,
      head.fields.allSatisfy({ Self.harmless.contains($0.name) }), !isOff()
    else { return nil }
    return answer
  }

  func sent(after duration: Duration) { observe(duration) }
}

/// One encoded answer.
struct PreparedAnswer: Sendable {
  private let beforeDate: [UInt8]
  private let beforeID: [UInt8]
  private let body: [UInt8]

  init(_ response: Response) {
    var response = response
    response.addSafetyHeaders(isSecure: false)
    let encoder = ResponseEncoder(
      request: RequestHead(method: .get, target: RequestTarget(path: "/")), response: response)
    let head = encoder.head(keepsAlive: true, date: "")
    let mark = Array("\r\nDate: ".utf8)
    let place = head.firstRange(of: mark)?.upperBound ?? head.endIndex
    beforeDate = Array(head[..<place])
    beforeID = Array(head[place...].dropLast(2) + Array("X-Request-Id: ".utf8))
    if case .bytes(let bytes) = response.body { body = bytes } else { body = [] }
  }

  /// Head and body.
  func bytes(keepsAlive: Bool, date: String, id: String = RandomIDs.next()) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(beforeDate.count + beforeID.count + body.count + 128)
    bytes.append(contentsOf: beforeDate)
    bytes.append(text: date)
    bytes.append(contentsOf: beforeID)
    bytes.append(text: id)
    bytes.append(text: keepsAlive ? "\r\n\r\n" : "\r\nConnection: close\r\n\r\n")
    bytes.append(contentsOf: body)
    return bytes
  }
}
