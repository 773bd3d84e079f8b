import CLoad
import Glibc

/// Sends one request again and again on many connections, from one thread, and times the answers.
struct LoadRun {
  private let options: Options
  private let request: [UInt8]
  private let epoll: Int32
  private var exchanges: [Exchange]
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
  private var latencies = LatencyHistogram()
  private var wrong = 0
  private var errors = 0
  private var isMeasuring = false
  /// Connections that are free and requests whose time has come, in paced runs.
  private var free: [Int] = []
  private var due: [UInt64] = []

  init(_ options: Options) throws(LoadError) {
    self.options = options
    request = options.request
    epoll = try LoadError.checked(load_epoll(), "epoll")
    exchanges = Array(repeating: Exchange(), count: options.connections + options.idle)
    for index in exchanges.indices where index >= options.connections {
      exchanges[index].isIdleOnly = true
    }
  }

  /// Runs, and returns a line of JSON.
  mutating func measure() throws(LoadError) -> String {
    try openAll()
    if options.pauses { pauseForDriver() }
    let start = load_now()
    let begin = start + UInt64(options.warmUp * 1e9)
    let end = begin + UInt64(options.seconds * 1e9)
    if options.rate > 0 {
      free = Array(0..<options.connections)
      try runPaced(from: start, begin: begin, end: end)
    } else {
      for index in 0..<options.connections { send(on: index, since: load_now()) }
      try runClosed(begin: begin, end: end)
    }
    return report(seconds: Double(load_now() - begin) / 1e9)
  }

  // MARK: The two ways to load

  /// Closed loop: the next request of a connection leaves when its answer has come.
  private mutating func runClosed(begin: UInt64, end: UInt64) throws(LoadError) {
    while true {
      let now = load_now()
      if now >= end { return }
      if !isMeasuring, now >= begin { isMeasuring = true }
      try takeEvents(waiting: min(end - now, 100_000_000)) { run, index in
        run.send(on: index, since: load_now())
      }
    }
  }

  /// By the clock: a request counts from when it was to leave, so that a server that stalls is
  /// charged for all that wait.
  private mutating func runPaced(
    from start: UInt64, begin: UInt64, end: UInt64
  ) throws(LoadError) {
    let interval = UInt64(1e9 / options.rate)
    var next = start
    while true {
      let now = load_now()
      if now >= end, due.isEmpty, free.count == options.connections { return }
      if now >= end + 10_000_000_000 {
        errors += options.connections - free.count + due.count
        return
      }
      while next <= now, next < end {
        due.append(next)
        next += interval
      }
      while let since = due.first, let index = free.popLast() {
        due.removeFirst()
        send(on: index, since: since)
      }
      if !isMeasuring, now >= begin { isMeasuring = true }
      let pause = next < end ? (next > now ? next - now : 0) : 50_000_000
      try takeEvents(waiting: min(pause, 100_000_000)) { run, index in run.free.append(index) }
    }
  }

  // MARK: Connections

  private mutating func openAll() throws(LoadError) {
    guard !(options.reconnects && options.idle == 0) else { return }
    var opening = 0
    for index in exchanges.indices {
      if options.reconnects, !exchanges[index].isIdleOnly { continue }
      open(index)
      opening += 1
      // No faster than the server's backlog takes them.
      while opening > 200 { try settle(&opening) }
    }
    while opening > 0 { try settle(&opening) }
    // One request makes an open connection an idle one between requests.
    for index in exchanges.indices where exchanges[index].isIdleOnly {
      send(on: index, since: load_now())
      var isAnswered = false
      while !isAnswered {
        try takeEvents(waiting: 1_000_000_000) { _, _ in isAnswered = true }
        if errors > 0 { throw LoadError("connection \(index) was refused") }
      }
    }
  }

  private mutating func settle(_ opening: inout Int) throws(LoadError) {
    var tags = [UInt32](repeating: 0, count: 256)
    let count = load_wait(epoll, &tags, 256, 5_000_000_000)
    guard count > 0 else { throw LoadError("connections do not open") }
    for tag in tags[..<Int(count)] {
      guard finishConnecting(Int(tag)) else { throw LoadError("a connection was refused") }
      opening -= 1
    }
  }

  private mutating func open(_ index: Int) {
    let source = UInt32(index % options.sources)
    let descriptor = load_connect(source, options.port)
    exchanges[index].descriptor = descriptor
    exchanges[index].state = .connecting
    if descriptor < 0 || load_watch(epoll, descriptor, UInt32(index), 1) != 0 { fail(index) }
  }

  private mutating func finishConnecting(_ index: Int) -> Bool {
    var error: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    let descriptor = exchanges[index].descriptor
    guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0, error == 0,
      load_watch_input(epoll, descriptor, UInt32(index)) == 0
    else { return false }
    exchanges[index].state = .idle
    return true
  }

  private mutating func fail(_ index: Int) {
    errors += 1
    exchanges[index].close()
  }

  // MARK: Requests

  private mutating func send(on index: Int, since: UInt64) {
    exchanges[index].since = since
    if exchanges[index].state == .closed { return open(index) }
    exchanges[index].state = .busy
    let count = request.withUnsafeBytes {
      load_send(exchanges[index].descriptor, $0.baseAddress, $0.count)
    }
    if count != request.count {
      fail(index)
      open(index)
    }
  }

  /// Handles what has happened; calls `finished` for each connection that is free again.
  private mutating func takeEvents(
    waiting: UInt64, _ finished: (inout LoadRun, Int) -> Void
  ) throws(LoadError) {
    let tags = try withTags(waiting: waiting)
    for tag in tags {
      let index = Int(tag)
      if exchanges[index].state == .connecting {
        guard finishConnecting(index) else {
          fail(index)
          finished(&self, index)
          continue
        }
        send(on: index, since: exchanges[index].since)
        continue
      }
      guard exchanges[index].state != .closed else { continue }
      switch exchanges[index].read(into: buffer, expecting: options.body) {
      case .unfinished: continue
      case .broken: fail(index)
      case .answered(let status, let isExpected, let closes):
        exchanges[index].state = .idle
        note(index, isRight: status == options.status && isExpected)
        if closes || (options.reconnects && !exchanges[index].isIdleOnly) {
          exchanges[index].close()
        }
      }
      finished(&self, index)
    }
  }

  private var tags = [UInt32](repeating: 0, count: 256)

  private mutating func withTags(waiting: UInt64) throws(LoadError) -> ArraySlice<UInt32> {
    let count = load_wait(epoll, &tags, 256, waiting)
    guard count >= 0 else { throw LoadError("waiting failed") }
    return tags[..<Int(count)]
  }

  private mutating func note(_ index: Int, isRight: Bool) {
    if !isRight { wrong += 1 }
    if isMeasuring, isRight { latencies.record(load_now() - exchanges[index].since) }
  }

  private func report(seconds: Double) -> String {
    func milliseconds(_ share: Double) -> Double { Double(latencies.percentile(share)) / 1e6 }
    return """
      {"requests": \(latencies.count), "seconds": \(seconds), \
      "rate": \(Double(latencies.count) / seconds), "p50_ms": \(milliseconds(0.5)), \
      "p99_ms": \(milliseconds(0.99)), "max_ms": \(Double(latencies.largest) / 1e6), \
      "errors": \(errors), "wrong": \(wrong)}
      """
  }
}
