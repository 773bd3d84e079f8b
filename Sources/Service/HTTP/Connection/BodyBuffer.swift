/// What of a body has come and is not yet taken, and who waits for it.
struct BodyBuffer {
  private var pieces: [[UInt8]] = []
  private var isFinished = false
  private var failure: HTTPError?
  private var waiter: CheckedContinuation<Void, Never>?

  var isAwaited: Bool { waiter != nil }
  var isReady: Bool { !pieces.isEmpty || isFinished || failure != nil }

  mutating func append(_ piece: [UInt8]) {
    pieces.append(piece)
    wake()
  }

  mutating func finish() {
    isFinished = true
    wake()
  }

  mutating func fail(_ error: HTTPError) {
    if !isFinished, failure == nil { failure = error }
    wake()
  }

  /// The answer is out: who still reads gets no more.
  mutating func abandon() {
    pieces = []
    fail(.disconnected)
  }

  /// All that came, or nil at the end.
  ///
  /// Throws what broke the body off, after what came before.
  mutating func take() throws(HTTPError) -> [UInt8]? {
    if !pieces.isEmpty {
      defer { pieces = [] }
      guard pieces.count > 1 else { return pieces[0] }
      var all: [UInt8] = []
      all.reserveCapacity(pieces.reduce(0) { $0 + $1.count })
      for piece in pieces { all.append(contentsOf: piece) }
      return all
    }
    if let failure { throw failure }
    return nil
  }

  mutating func setWaiter(_ continuation: CheckedContinuation<Void, Never>) {
    waiter = continuation
  }

  private mutating func wake() {
    waiter?.resume()
    waiter = nil
  }
}
