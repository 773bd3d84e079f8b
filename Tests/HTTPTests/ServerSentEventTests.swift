import HTTP
import Testing

@Suite struct ServerSentEventTests {
  private func text(_ event: ServerSentEvent) -> String {
    String(decoding: event.bytes, as: UTF8.self)
  }

  @Test func `an event is its fields and an empty line`() {
    #expect(
      text(ServerSentEvent(id: "7", name: "progress", data: #"{"a":1}"#))
        == "id: 7\nevent: progress\ndata: {\"a\":1}\n\n")
    #expect(text(ServerSentEvent(data: "")) == "data: \n\n")
  }

  @Test(arguments: ["a\nb", "a\rb", "a\r\nb"])
  func `a line end begins another line of data and never another field`(data: String) {
    #expect(text(ServerSentEvent(data: data)) == "data: a\ndata: b\n\n")
    #expect(
      text(ServerSentEvent(id: data, name: data, data: "x")) == "id: ab\nevent: ab\ndata: x\n\n")
  }

  @Test func `what is no event is a comment or the time to come again`() {
    #expect(ServerSentEvent.heartbeat.starts(with: [0x3a]))
    #expect(ServerSentEvent.retry(.seconds(2)) == Array("retry: 2000\n\n".utf8))
  }
}
