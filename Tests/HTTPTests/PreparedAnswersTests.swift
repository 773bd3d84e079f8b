import Foundation
import HTTPTypes
import Logging
import Sockets
import Synchronization
import Testing

@testable import HTTP

@Suite(.timeLimit(.minutes(1))) struct `Prepared answers` {
  private static let alive = Response(contentType: "application/json", Array("{}".utf8))

  private func prepared(
    isOff: Bool = false, observe: @escaping @Sendable (Duration) -> Void = { _ in }
  ) -> PreparedAnswers {
    var answers = PreparedAnswers(isOff: { isOff }, observe: observe)
    answers.add("/livez", Self.alive)
    return answers
  }

  private func head(
    _ method: HTTPRequest.Method = .get, _ target: RequestTarget = RequestTarget(path: "/livez"),
    version: HTTPVersion = .http11, _ fields: HTTPFields = [:], framing: BodyFraming = .none
  ) -> RequestHead {
    RequestHead(method: method, target: target, version: version, fields: fields, framing: framing)
  }

  @Test func `it says what the handler's would, and has an id of its own`() throws {
    let answer = try #require(prepared().answer(to: head()))
    func lines(_ bytes: [UInt8]) -> [String] {
      String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
    }
    let prepared = lines(answer.bytes(keepsAlive: true, date: "today", id: "an-id"))
    let closing = lines(answer.bytes(keepsAlive: false, date: "today", id: "an-id"))
    var response = Self.alive
    response.addSafetyHeaders(isSecure: false)
    response.fields[.requestID] = "an-id"
    let encoder = ResponseEncoder(request: head(), response: response)
    let expected = lines(encoder.head(keepsAlive: true, date: "today") + Array("{}".utf8))
    #expect(prepared.sorted() == expected.sorted())
    #expect(prepared.first == expected.first && prepared.suffix(2) == expected.suffix(2))
    #expect(Set(closing).subtracting(prepared) == ["Connection: close"])
    #expect(RandomIDs.next() != RandomIDs.next())
  }

  @Test func `what asks for more goes to the handler`() {
    let answers = prepared()
    #expect(answers.answer(to: head([.userAgent: "kube-probe/1.33", .accept: "*/*"])) != nil)
    #expect(answers.answer(to: head(.head)) == nil)
    #expect(answers.answer(to: head(.get, RequestTarget(path: "/livez", query: "a"))) == nil)
    #expect(answers.answer(to: head(.get, RequestTarget(path: "/readyz"))) == nil)
    #expect(answers.answer(to: head(version: .http10)) == nil)
    #expect(answers.answer(to: head([.requestID: "mine"])) == nil)
    #expect(answers.answer(to: head(framing: .length(1))) == nil)
    #expect(prepared(isOff: true).answer(to: head()) == nil)
    #expect(PreparedAnswers().answer(to: head()) == nil)
  }

  private func head(_ fields: HTTPFields) -> RequestHead {
    head(.get, RequestTarget(path: "/livez"), fields)
  }

  @Test func `pipelined with others they come in their order, and the last one closes`()
    async throws
  {
    let count = Mutex(0)
    let server = try HTTPServer(
      HTTPServer.Configuration(
        addresses: [try SocketAddress(host: "127.0.0.1", port: 0)], loops: 1),
      logger: Logger(label: "test"), prepared: prepared { _ in count.withLock { $0 += 1 } }
    ) { Response(text: "<\($0.path)>") }
    server.start()
    let client = try TestClient(server.addresses[0])
    let paths = ["/livez", "/a", "/livez", "/livez", "/b", "/livez"]
    try await client.send(
      paths.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined()
        + "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    let text = try await client.receiveAll()
    let bodies = text.components(separatedBy: "HTTP/1.1 200 OK").dropFirst()
      .map { $0.components(separatedBy: "\r\n\r\n").last ?? "" }
    #expect(Array(bodies) == ["{}", "</a>", "{}", "{}", "</b>", "{}", "{}"])
    #expect(text.components(separatedBy: "Connection: close").count == 2)
    #expect(count.withLock { $0 } == 5)
    await server.stop(grace: .zero)
  }
}
