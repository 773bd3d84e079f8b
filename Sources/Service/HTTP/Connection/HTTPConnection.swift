import HTTPTypes
package import Sockets
package import SystemPackage
package import TLS

/// Carries out what the connection machine decides: one actor per connection, on its loop.
package actor HTTPConnection {
  package nonisolated let loop: EventLoop
  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    loop.asUnownedSerialExecutor()
  }

  private let socket: Connection
  private let prepared: PreparedAnswers
  private let handler: Handler
  private let limits: HTTPLimits
  /// Told once.
  private var onHandshake: TLSObserver?
  private let onClose: @Sendable (HTTPConnection) -> Void
  private var machine: ConnectionMachine
  private var body = BodyBuffer()
  private var task: Task<Void, Never>?
  /// Numbers the exchanges, so that a handler that outlives its own reads no other's body.
  private var exchange = 0
  private var waiting: [ConnectionMachine.Action] = []
  private var isPerforming = false
  private var drainWaiters: [CheckedContinuation<Void, Never>] = []
  private var writeRate = WriteRate()

  /// Must be called on the socket's loop; `onClose` is called when the descriptor is closed.
  package init(
    socket: Connection, limits: HTTPLimits, prepared: PreparedAnswers = PreparedAnswers(),
    handler: @escaping Handler, onHandshake: TLSObserver? = nil,
    onClose: @escaping @Sendable (HTTPConnection) -> Void = { _ in }
  ) {
    self.socket = socket
    self.limits = limits
    self.prepared = prepared
    self.handler = handler
    self.onHandshake = onHandshake
    self.onClose = onClose
    loop = socket.loop
    machine = ConnectionMachine(limits: limits, now: .now)
  }

  package func start() {
    loop.add(self)
    socket.start(delegate: self)
  }

  /// Finishes the request in hand, takes no other.
  package func drain() {
    perform(machine.drain(now: .now))
  }

  package func abort() {
    socket.close()
  }

  // MARK: Actions

  /// An action can cause others (a handler that answers at once); they wait their turn, so that
  /// the order holds and a long pipeline does not recurse.
  private func perform(_ actions: [ConnectionMachine.Action]) {
    waiting.append(contentsOf: actions)
    guard !isPerforming else { return }
    isPerforming = true
    var next = 0
    while next < waiting.count {
      perform(waiting[next])
      next += 1
    }
    waiting.removeAll(keepingCapacity: true)
    isPerforming = false
  }

  private func perform(_ action: ConnectionMachine.Action) {
    switch action {
    case .start(let head): begin(head)
    case .body(let piece): body.append(piece)
    case .bodyEnd: body.finish()
    case .bodyFailed(let error): body.fail(error)
    case .refuse(let error): refuse(error)
    case .sendContinue: socket.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8))
    case .pauseReading: socket.pauseReading()
    case .resumeReading: socket.resumeReading()
    case .cancelHandler: task?.cancel()
    case .closeWhenDrained: socket.closeWhenDrained()
    case .linger: socket.linger()
    case .close: socket.close()
    }
  }

  private func handshakeEnded(_ result: Result<TLSPeer, TLSFailure>) {
    onHandshake?(result)
    onHandshake = nil
  }

  private func begin(_ head: RequestHead) {
    // Answers over TLS say more than the prepared ones.
    if hasRoom, socket.security == nil, let answer = prepared.answer(to: head) {
      return send(answer)
    }
    exchange += 1
    body = BodyBuffer()
    let source = RequestBody(source: self, exchange: exchange, length: head.announcedLength)
    var request = Request(
      head: head, body: head.framing == .none ? .empty : source, peer: socket.peer)
    request.security = socket.security
    task = Task.immediate(executorPreference: loop) { [handler, request] in
      await self.answer(head, with: await handler(request))
    }
  }

  /// A protocol error has no handler: the connection answers by itself.
  ///
  /// To HEAD without content, whatever is wrong with its fields (RFC 9110 section 9.3.2).
  private func refuse(_ error: HTTPError) {
    var response = Problem(error).response
    response.addSafetyHeaders(isSecure: socket.security != nil)
    let head = RequestHead(
      method: machine.parser.method ?? .get, target: RequestTarget(path: "/"))
    write(ResponseEncoder(request: head, response: response), keepsAlive: false)
  }

  // MARK: Answers

  private func send(_ answer: PreparedAnswer) {
    let start = ContinuousClock.now
    socket.write(answer.bytes(keepsAlive: machine.answerBegins(), date: HTTPDate.now))
    let end = ContinuousClock.now
    prepared.sent(after: end - start)
    perform(machine.answerEnded(now: end))
  }

  private func begin(_ encoder: ResponseEncoder) {
    let keepsAlive = machine.answerBegins() && encoder.framing != .untilClose
    if encoder.framing == .untilClose { machine.exchange?.keepsAlive = false }
    write(encoder, keepsAlive: keepsAlive)
  }

  private func answer(_ head: RequestHead, with response: Response) async {
    let encoder = ResponseEncoder(request: head, response: response)
    begin(encoder)
    if case .stream(let length, let producer) = response.body, encoder.framing != .bodiless {
      guard await stream(producer, length: length, framing: encoder.framing) else {
        return socket.close()
      }
    }
    // Who pipelines requests and reads no answers shall not fill the memory with them.
    if !hasRoom { await waitForRoom() }
    task = nil
    body.abandon()
    perform(machine.answerEnded(now: .now))
  }

  private func write(_ encoder: ResponseEncoder, keepsAlive: Bool) {
    let head = encoder.head(keepsAlive: keepsAlive, date: HTTPDate.now)
    if case .bytes(let bytes) = encoder.response.body, encoder.framing != .bodiless {
      writeRate.enqueue(head.count + bytes.count)
      socket.write(head, bytes)
    } else {
      writeRate.enqueue(head.count)
      socket.write(head)
    }
  }

  /// Runs a producer; false when it failed or did not keep to the length.
  private func stream(
    _ producer: @Sendable (ResponseWriter) async throws -> Void, length: Int?,
    framing: AnswerFraming
  ) async -> Bool {
    let count = StreamCount()
    let writer = ResponseWriter { [self] piece throws(HTTPError) in
      guard await count.add(piece.count, limit: length) else { throw .disconnected }
      try await send(piece, framing: framing)
    }
    do {
      try await producer(writer)
    } catch {
      return false
    }
    if framing == .chunked { socket.write(Array("0\r\n\r\n".utf8)) }
    let total = await count.total
    return length == nil || length == total
  }

  private func send(_ piece: [UInt8], framing: AnswerFraming) async throws(HTTPError) {
    guard socket.isOpen else { throw .disconnected }
    guard !piece.isEmpty else { return }
    writeRate.enqueue(piece.count)
    if framing == .chunked {
      let size = Array("\(String(piece.count, radix: 16))\r\n".utf8)
      socket.write(size, piece, Array("\r\n".utf8))
    } else {
      socket.write(piece)
    }
    await waitForRoom()
    guard socket.isOpen else { throw .disconnected }
  }

  private var hasRoom: Bool { socket.pendingCount <= limits.buffered }

  private func waitForRoom() async {
    guard socket.isOpen, !hasRoom else { return }
    await withCheckedContinuation { drainWaiters.append($0) }
  }

  private func resumeDrainWaiters() {
    let waiters = drainWaiters
    drainWaiters = []
    for waiter in waiters { waiter.resume() }
  }
}

extension RequestHead {
  var announcedLength: Int? {
    switch framing {
    case .none: 0
    case .length(let length): length
    case .chunked: nil
    }
  }
}

extension HTTPConnection: BodySource {
  package func nextBodyPiece(of exchange: Int) async throws(HTTPError) -> [UInt8]? {
    guard exchange == self.exchange, !body.isAwaited else { throw .disconnected }
    if !body.isReady {
      perform(machine.bodyWanted(now: .now))
      await withCheckedContinuation { body.setWaiter($0) }
    }
    guard exchange == self.exchange else { throw .disconnected }
    let piece = try body.take()
    perform(machine.bodyTaken(now: .now))
    return piece
  }
}

extension HTTPConnection: ConnectionDelegate {
  package nonisolated func connectionDidReceive(_ bytes: UnsafeRawBufferPointer) {
    nonisolated(unsafe) let bytes = bytes
    assumeIsolated { $0.perform($0.machine.received(bytes, now: .now)) }
  }

  package nonisolated func connectionDidSecure(_ peer: TLSPeer) {
    assumeIsolated { $0.handshakeEnded(.success(peer)) }
  }

  package nonisolated func connectionDidFail(_ failure: TLSFailure) {
    assumeIsolated { connection in
      connection.handshakeEnded(.failure(failure))
      let refusal: HTTPError? = failure == .plainHTTP ? .needsTLS : nil
      connection.perform(connection.machine.broke(refusal, now: .now))
    }
  }

  package nonisolated func connectionDidReachEnd() {
    assumeIsolated { $0.perform($0.machine.reachedEnd(now: .now)) }
  }

  package nonisolated func connectionDidDrain() {
    assumeIsolated { $0.resumeDrainWaiters() }
  }

  package nonisolated func connectionDidClose(error: Errno?) {
    assumeIsolated { connection in
      connection.handshakeEnded(.failure(.unfinished))
      connection.task?.cancel()
      connection.body.fail(.disconnected)
      connection.resumeDrainWaiters()
      connection.loop.remove(connection)
      connection.onClose(connection)
    }
  }
}

extension HTTPConnection: Ticking {
  package nonisolated func tick(now: ContinuousClock.Instant) {
    assumeIsolated { connection in
      let isSending = connection.socket.pendingCount > 0
      connection.perform(connection.machine.tick(now: now, isSending: isSending))
      let pending = connection.socket.pendingCount
      if connection.writeRate.isTooSlow(pending: pending, connection.limits, now: now) {
        connection.socket.reset()
      }
    }
  }
}
