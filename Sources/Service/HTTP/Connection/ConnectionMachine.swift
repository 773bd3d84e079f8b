/// The life of one HTTP/1.1 connection: requests in, answers out in the same order, deadlines.
///
/// Pure: every method takes what happened and returns what to do about it.
package struct ConnectionMachine {
  package enum Action: Sendable, Equatable {
    /// Hand a request to the handler; its body follows.
    case start(RequestHead)
    case body([UInt8])
    case bodyEnd
    /// The rest of the body will not come.
    case bodyFailed(HTTPError)
    /// Answer with an error of our own, then linger.
    case refuse(HTTPError)
    case sendContinue
    case pauseReading
    case resumeReading
    /// The client has gone, or sends no more: whoever waits on its behalf may stop.
    case cancelHandler
    case closeWhenDrained
    case linger
    case close
  }

  enum Phase: Equatable {
    /// Between requests; the first one has the header's deadline.
    case idle(since: ContinuousClock.Instant, isFirst: Bool)
    case head(since: ContinuousClock.Instant)
    case busy
    /// Answered; the rest of the body is thrown away.
    case discarding
    case closing(since: ContinuousClock.Instant)
  }

  /// What is known of the request that is being answered.
  struct Exchange {
    let framing: BodyFraming
    var bodyIsComplete = false
    var bodyHasFailed = false
    var received = 0
    /// Bytes handed on and not yet taken by the handler.
    var untaken = 0
    /// 100 Continue is owed, and the client may wait for it.
    var owesContinue: Bool
    var answerBegan = false
    var answerEnded = false
    var keepsAlive: Bool
    var meter: RateMeter
  }

  let limits: HTTPLimits
  var parser: RequestParser
  var phase: Phase
  var exchange: Exchange?
  var isPaused = false
  var peerFinished = false
  var isDraining = false

  package init(limits: HTTPLimits, now: ContinuousClock.Instant) {
    self.limits = limits
    parser = RequestParser(limits: limits)
    phase = .idle(since: now, isFirst: true)
  }

  // MARK: What the peer does

  package mutating func received(
    _ bytes: UnsafeRawBufferPointer, now: ContinuousClock.Instant
  ) -> [Action] {
    if case .closing = phase { return [] }
    parser.append(bytes)
    if case .idle = phase { phase = .head(since: now) }
    exchange?.meter.add(bytes.count)
    return pump(now: now)
  }

  package mutating func reachedEnd(now: ContinuousClock.Instant) -> [Action] {
    peerFinished = true
    switch phase {
    case .idle, .head, .discarding:
      phase = .closing(since: now)
      return [.closeWhenDrained]
    case .closing: return []
    case .busy:
      guard let exchange, !exchange.bodyIsComplete else { return [.cancelHandler] }
      return failBody(.disconnected) + [.cancelHandler]
    }
  }

  /// The layer below is broken: no request comes, and those in hand get no answer.
  ///
  /// - Parameter refusal: what can still be told in clear text.
  package mutating func broke(
    _ refusal: HTTPError? = nil, now: ContinuousClock.Instant
  ) -> [Action] {
    if case .closing = phase { return [] }
    let unfinished = phase == .busy ? failBody(.disconnected) + [.cancelHandler] : []
    phase = .closing(since: now)
    return unfinished + (refusal.map { [.refuse($0)] } ?? []) + [.linger]
  }

  /// Parses as far as one request at a time allows.
  private mutating func pump(now: ContinuousClock.Instant) -> [Action] {
    var actions: [Action] = []
    do {
      while mayParse, let event = try parser.next() { handle(event, now: now, &actions) }
    } catch {
      actions += failed(error, now: now)
    }
    if peerFinished, exchange == nil, !isClosing {
      phase = .closing(since: now)
      actions.append(.closeWhenDrained)
    }
    return actions + flowControl()
  }

  private var isClosing: Bool {
    if case .closing = phase { return true }
    return false
  }

  private var mayParse: Bool {
    switch phase {
    case .idle, .head: true
    case .busy: exchange.map { !$0.bodyIsComplete && !$0.bodyHasFailed } ?? false
    case .discarding: true
    case .closing: false
    }
  }

  private mutating func handle(
    _ event: RequestParser.Event, now: ContinuousClock.Instant, _ actions: inout [Action]
  ) {
    switch event {
    case .head(let head): begin(head, now: now, &actions)
    case .body(let piece):
      exchange?.received += piece.count
      exchange?.owesContinue = false
      guard phase == .busy, exchange?.answerEnded == false else { return }
      exchange?.untaken += piece.count
      actions.append(.body(piece))
    case .end:
      exchange?.bodyIsComplete = true
      exchange?.owesContinue = false
      if phase == .discarding { becomeIdle(now: now) } else { actions.append(.bodyEnd) }
    }
  }

  private mutating func begin(
    _ head: RequestHead, now: ContinuousClock.Instant, _ actions: inout [Action]
  ) {
    phase = .busy
    exchange = Exchange(
      framing: head.framing, owesContinue: head.expectsContinue && head.framing != .none,
      keepsAlive: head.keepsAlive, meter: RateMeter(since: now))
    actions.append(.start(head))
    if peerFinished { actions.append(.cancelHandler) }
  }

  private mutating func failed(_ error: HTTPError, now: ContinuousClock.Instant) -> [Action] {
    switch phase {
    case .busy: return failBody(error)
    case .discarding:
      phase = .closing(since: now)
      return [.linger]
    case .idle, .head, .closing:
      phase = .closing(since: now)
      return [.refuse(error), .linger]
    }
  }

  mutating func failBody(_ error: HTTPError) -> [Action] {
    guard exchange?.bodyHasFailed == false else { return [] }
    exchange?.bodyHasFailed = true
    exchange?.keepsAlive = false
    return [.bodyFailed(error)]
  }

  /// Reads only while what is held in memory is within the limit.
  private mutating func flowControl() -> [Action] {
    let held = parser.bufferedCount + (exchange?.untaken ?? 0)
    let mustPause = held > limits.buffered && !isClosing
    guard mustPause != isPaused else { return [] }
    isPaused = mustPause
    return [mustPause ? .pauseReading : .resumeReading]
  }

  // MARK: What the handler does

  /// The handler waits for more of the body.
  package mutating func bodyWanted(now: ContinuousClock.Instant) -> [Action] {
    guard exchange?.owesContinue == true else { return [] }
    exchange?.owesContinue = false
    exchange?.meter = RateMeter(since: now)
    return [.sendContinue]
  }

  /// The handler took all that was handed on.
  package mutating func bodyTaken(now: ContinuousClock.Instant) -> [Action] {
    exchange?.untaken = 0
    let actions = flowControl()
    if !actions.isEmpty { exchange?.meter = RateMeter(since: now) }
    return actions
  }

  /// The head of the answer is about to be written; returns whether the connection stays open
  /// after it, which the head must say.
  package mutating func answerBegins() -> Bool {
    guard var exchange else { return false }
    exchange.answerBegan = true
    exchange.keepsAlive = exchange.keepsAlive && !isDraining && mayDiscardRest(of: exchange)
    self.exchange = exchange
    return exchange.keepsAlive
  }

  private func mayDiscardRest(of exchange: Exchange) -> Bool {
    if exchange.bodyIsComplete { return true }
    // After an unanswered expectation nobody knows whether the body will come.
    guard !exchange.owesContinue, case .length(let length) = exchange.framing else {
      return false
    }
    return length - exchange.received <= limits.discarded
  }

  /// The last byte of the answer is queued.
  package mutating func answerEnded(now: ContinuousClock.Instant) -> [Action] {
    guard let exchange, phase == .busy else { return [] }
    self.exchange?.answerEnded = true
    self.exchange?.untaken = 0
    guard exchange.keepsAlive else {
      // What the client sends meanwhile would reset the connection and may destroy the answer
      // (RFC 9112 section 9.6).
      phase = .closing(since: now)
      return [.linger]
    }
    if exchange.bodyIsComplete { becomeIdle(now: now) } else { phase = .discarding }
    return pump(now: now)
  }

  private mutating func becomeIdle(now: ContinuousClock.Instant) {
    exchange = nil
    phase =
      parser.bufferedCount == 0 ? .idle(since: now, isFirst: false) : .head(since: now)
  }

  // MARK: What time and the server do

  /// No more requests after the one in hand.
  package mutating func drain(now: ContinuousClock.Instant) -> [Action] {
    isDraining = true
    guard case .idle = phase else { return [] }
    phase = .closing(since: now)
    return [.closeWhenDrained]
  }

  /// `isSending` says that bytes of an answer still wait to be sent; their pace is judged apart.
  package mutating func tick(now: ContinuousClock.Instant, isSending: Bool = false) -> [Action] {
    switch phase {
    case .closing where isSending:
      phase = .closing(since: now)
      return []
    case .idle(let since, let isFirst):
      let deadline = isFirst ? limits.headerDeadline : limits.idleDeadline
      guard now - since > deadline else { return [] }
      phase = .closing(since: now)
      return [.closeWhenDrained]
    case .head(let since):
      guard now - since > limits.headerDeadline else { return [] }
      phase = .closing(since: now)
      return [.refuse(.timedOut("the header took too long")), .linger]
    case .busy: return tickBody(now: now)
    case .discarding:
      guard comesTooSlowly(now) else { return [] }
      phase = .closing(since: now)
      return [.close]
    case .closing(let since): return now - since > limits.lingerDeadline ? [.close] : []
    }
  }

  private mutating func comesTooSlowly(_ now: ContinuousClock.Instant) -> Bool {
    let limits = limits
    return exchange?.meter.isTooSlow(limits, now: now) ?? false
  }

  private mutating func tickBody(now: ContinuousClock.Instant) -> [Action] {
    guard let exchange, !exchange.bodyIsComplete, !isPaused, !exchange.owesContinue,
      comesTooSlowly(now)
    else { return [] }
    return failBody(.timedOut("the body came too slowly"))
  }
}
