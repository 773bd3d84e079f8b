import HTTPTypes
import Testing

@testable import HTTP

@Suite struct `Liveness` {
  @Test func `the prepared answer is the handler's, and counted as the handler's are`() async throws
  {
    let service = try TestService()
    let answers = service.api.preparedAnswers()
    let head = RequestHead(method: .get, target: RequestTarget(path: "/livez"))
    let prepared = try #require(answers.answer(to: head))
    let answer = try await service.call(.get, "/livez")
    let bytes = prepared.bytes(keepsAlive: true, date: "now")
    #expect(bytes.suffix(answer.bytes.count) == answer.bytes[...])
    #expect(bytes.starts(with: "HTTP/1.1 200 OK\r\n".utf8))
    answers.sent(after: .milliseconds(1))
    let metrics = String(decoding: try await service.call(.get, "/metrics").bytes, as: UTF8.self)
    let line =
      #"http_server_request_duration_seconds_count{method="GET",route="/livez",status="200"} 2"#
    #expect(metrics.contains(line))
  }
}
