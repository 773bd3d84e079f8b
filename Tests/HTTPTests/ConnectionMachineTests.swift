import HTTP
import HTTPTypes
import Testing

@Suite struct `Connection machine` {
  private static let start = ContinuousClock.now
  private var machine: ConnectionMachine

  init() {
    var limits = HTTPLimits()
    (limits.buffered, limits.discarded) = (8, 4)
    machine = ConnectionMachine(limits: limits, now: Self.start)
  }

  private func after(_ seconds: Double) -> ContinuousClock.Instant {
    Self.start + .seconds(seconds)
  }

  private mutating func receive(_ text: String, at seconds: Double = 0) -> [String] {
    let actions = Array(text.utf8).withUnsafeBytes {
      machine.received($0, now: after(seconds))
    }
    return names(actions)
  }

  /// Actions as words, so that a test reads as a conversation.
  private func names(_ actions: [ConnectionMachine.Action]) -> [String] {
    actions.map { action in
      switch action {
      case .start(let head): "start \(head.target.path)"
      case .body(let bytes): "body \(String(decoding: bytes, as: UTF8.self))"
      case .bodyFailed(let error): "bodyFailed \(error.status.code)"
      case .refuse(let error): "refuse \(error.status.code)"
      default: "\(action)"
      }
    }
  }

  private mutating func answer(at seconds: Double = 0) -> [String] {
    _ = machine.answerBegins()
    return names(machine.answerEnded(now: after(seconds)))
  }

  private let get = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n"

  @Test mutating func `a layer below that breaks ends it, with what can still be told`() {
    #expect(names(machine.broke(.needsTLS, now: after(1))) == ["refuse 400", "linger"])
    #expect(machine.broke(now: after(1)).isEmpty && receive(get, at: 2).isEmpty)
    #expect(names(machine.tick(now: after(60))) == ["close"])
  }

  @Test mutating func `a layer below that breaks ends the request in hand without an answer`() {
    _ = receive("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc")
    #expect(names(machine.broke(now: after(1))) == ["bodyFailed 400", "cancelHandler", "linger"])
    #expect(answer(at: 2).isEmpty)
  }

  @Test mutating func `a pipelined request waits for the answer before it`() {
    #expect(receive(get + "GET /b HTTP/1.1\r\nHost: h\r\n\r\n").first == "start /a")
    #expect(answer().contains("start /b"))
    #expect(answer().isEmpty)
  }

  @Test mutating func `Connection close is obeyed`() {
    _ = receive("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    #expect(machine.answerBegins() == false)
    #expect(names(machine.answerEnded(now: after(0))) == ["linger"])
  }

  @Test mutating func `100 Continue is sent when the handler wants the body, once`() {
    let head = "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    #expect(receive(head) == ["start /"])
    #expect(machine.bodyWanted(now: after(0)) == [.sendContinue])
    #expect(machine.bodyWanted(now: after(0)).isEmpty)
    #expect(receive("ab") == ["body ab", "bodyEnd"])
  }

  @Test mutating func `an unanswered expectation closes the connection`() {
    _ = receive("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    #expect(machine.answerBegins() == false)
    #expect(names(machine.answerEnded(now: after(0))) == ["linger"])
  }

  @Test mutating func `reading pauses while nobody takes the body`() {
    let head = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 20\r\n\r\n"
    #expect(receive(head + "0123456789") == ["start /", "body 0123456789", "pauseReading"])
    #expect(machine.bodyTaken(now: after(0)) == [.resumeReading])
    #expect(receive("0123456789") == ["body 0123456789", "bodyEnd", "pauseReading"])
  }

  @Test mutating func `a short rest of a body is thrown away, a long one ends the connection`() {
    _ = receive("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n")
    #expect(answer().isEmpty)
    #expect(receive("abcd" + get) == ["start /a", "bodyEnd"])
    #expect(answer().isEmpty)
    _ = receive("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n")
    #expect(answer() == ["linger"])
  }

  @Test mutating func `what is no request is answered and the connection ended`() {
    #expect(receive("nonsense\r\n") == ["refuse 400", "linger"])
    #expect(receive(get).isEmpty)
  }

  @Test mutating func `a broken body fails the handler's reading`() {
    _ = receive("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
    #expect(receive("zz\r\n") == ["bodyFailed 400"])
    #expect(machine.answerBegins() == false)
    #expect(names(machine.answerEnded(now: after(0))) == ["linger"])
  }

  @Test mutating func `the end of the stream cancels the handler and lets it answer`() {
    _ = receive(get)
    #expect(machine.reachedEnd(now: after(0)) == [.cancelHandler])
    #expect(answer() == ["closeWhenDrained"])
  }

  @Test mutating func `requests sent before the end are all answered`() {
    _ = receive(get + get)
    _ = machine.reachedEnd(now: after(0))
    #expect(answer() == ["start /a", "cancelHandler", "bodyEnd", "resumeReading"])
    #expect(answer() == ["closeWhenDrained"])
  }

  @Test mutating func `the end in the middle of a body fails it`() {
    _ = receive("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab")
    #expect(names(machine.reachedEnd(now: after(0))) == ["bodyFailed 400", "cancelHandler"])
  }

  @Test mutating func `the first request has the header's deadline, later ones the idle one`() {
    #expect(machine.tick(now: after(14)).isEmpty)
    _ = receive(get, at: 14)
    _ = answer(at: 14)
    #expect(machine.tick(now: after(14 + 74)).isEmpty)
    #expect(machine.tick(now: after(14 + 76)) == [.closeWhenDrained])
  }

  @Test mutating func `a header that trickles is refused with 408`() {
    _ = receive("GET / HT", at: 1)
    _ = receive("TP/1.1\r\n", at: 15)
    #expect(machine.tick(now: after(15.5)).isEmpty)
    #expect(names(machine.tick(now: after(16.5))) == ["refuse 408", "linger"])
    #expect(machine.tick(now: after(18)).isEmpty)
    #expect(machine.tick(now: after(22)) == [.close])
  }

  @Test mutating func `a body that trickles fails with 408`() {
    _ = receive("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999\r\n\r\n")
    #expect(machine.tick(now: after(19)).isEmpty)
    #expect(names(machine.tick(now: after(21))) == ["bodyFailed 408"])
    #expect(machine.tick(now: after(22)).isEmpty)
  }

  @Test mutating func `a body that began fast must keep to the rate, too`() {
    machine = ConnectionMachine(limits: HTTPLimits(), now: Self.start)
    _ = receive("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999\r\n\r\n")
    _ = receive(String(repeating: "x", count: 50_000))
    #expect(machine.tick(now: after(21)).isEmpty)
    #expect(machine.tick(now: after(40)).isEmpty)
    #expect(names(machine.tick(now: after(42))) == ["bodyFailed 408"])
  }

  @Test mutating func `the linger deadline begins when the answer is sent`() {
    _ = receive("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    _ = answer()
    #expect(machine.tick(now: after(60), isSending: true).isEmpty)
    #expect(machine.tick(now: after(64)).isEmpty)
    #expect(machine.tick(now: after(66)) == [.close])
  }

  @Test mutating func `draining closes idle connections and finishes busy ones`() {
    var idle = self.machine
    #expect(idle.drain(now: after(0)) == [.closeWhenDrained])
    _ = receive(get)
    #expect(machine.drain(now: after(0)).isEmpty)
    #expect(machine.answerBegins() == false)
    #expect(names(machine.answerEnded(now: after(0))) == ["linger"])
  }
}
