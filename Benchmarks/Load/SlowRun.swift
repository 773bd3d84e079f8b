import CLoad
import Glibc

/// Holds many connections open: some send a request's head a byte a second, some rest between
/// requests.
struct SlowRun {
  private let options: Options
  private let epoll: Int32
  private var descriptors: [Int32] = []
  private var timedOut = 0
  private var closed = 0
  private var buffer = [UInt8](repeating: 0, count: 65_536)
  private var tags = [UInt32](repeating: 0, count: 256)

  init(_ options: Options) throws(LoadError) {
    self.options = options
    epoll = try LoadError.checked(load_epoll(), "epoll")
  }

  /// Says `open` when all are, drips for the given time, and returns a line of JSON.
  mutating func hold() throws(LoadError) -> String {
    let start = load_now()
    for index in 0..<(options.connections + options.idle) { try open(index) }
    let opened = Double(load_now() - start) / 1e9
    print("open")
    fflush(nil)
    let end = load_now() + UInt64(options.seconds * 1e9)
    var drip = load_now() + 1_000_000_000
    while load_now() < end {
      try readAll(waiting: 50_000_000)
      if load_now() >= drip {
        dripAll()
        drip += 1_000_000_000
      }
    }
    let held = descriptors.count { $0 >= 0 }
    return """
      {"opened": \(descriptors.count), "opening_seconds": \(opened), "held": \(held), \
      "timed_out": \(timedOut), "closed": \(closed)}
      """
  }

  /// Resting ones come first, since the dripping ones have a deadline.
  private func isIdle(_ index: Int) -> Bool { index < options.idle }

  private mutating func open(_ index: Int) throws(LoadError) {
    let source = UInt32(index % options.sources)
    let descriptor = try LoadError.checked(load_connect(source, options.port), "connect")
    descriptors.append(descriptor)
    _ = try LoadError.checked(load_watch(epoll, descriptor, UInt32(index), 1), "watch")
    try wait(for: index)
    var error: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0, error == 0 else {
      throw LoadError("connection \(index) does not open")
    }
    _ = try LoadError.checked(load_watch_input(epoll, descriptor, UInt32(index)), "watch")
    let request = options.request
    let bytes = isIdle(index) ? request : request.dropLast(4) + Array("\r\nX-Slow: ".utf8)
    guard send(bytes, on: index) else { throw LoadError("connection \(index) takes nothing") }
    guard isIdle(index) else { return }
    try wait(for: index)
    guard load_receive(descriptor, &buffer, buffer.count) > 0 else {
      throw LoadError("connection \(index) gets no answer")
    }
  }

  /// Until something happens to one connection; what happens to others is seen to.
  private mutating func wait(for index: Int) throws(LoadError) {
    let end = load_now() + 10_000_000_000
    while load_now() < end {
      let count = load_wait(epoll, &tags, 1, 1_000_000_000)
      guard count >= 0 else { throw LoadError("waiting failed") }
      guard count > 0 else { continue }
      if Int(tags[0]) == index { return }
      read(Int(tags[0]))
    }
    throw LoadError("nothing happens to connection \(index)")
  }

  private func send(_ bytes: [UInt8], on index: Int) -> Bool {
    bytes.withUnsafeBytes { load_send(descriptors[index], $0.baseAddress, $0.count) } == bytes.count
  }

  private mutating func dripAll() {
    for index in descriptors.indices where !isIdle(index) && descriptors[index] >= 0 {
      if !send([0x78], on: index) { end(index) }
    }
  }

  private mutating func readAll(waiting: UInt64) throws(LoadError) {
    let count = load_wait(epoll, &tags, 256, waiting)
    guard count >= 0 else { throw LoadError("waiting failed") }
    for tag in tags[..<Int(count)] { read(Int(tag)) }
  }

  private mutating func read(_ index: Int) {
    guard descriptors[index] >= 0 else { return }
    let received = load_receive(descriptors[index], &buffer, buffer.count)
    if received > 12, buffer[9..<12].elementsEqual("408".utf8) {
      timedOut += 1
    } else if received <= 0 {
      end(index)
    }
  }

  private mutating func end(_ index: Int) {
    closed += 1
    close(descriptors[index])
    descriptors[index] = -1
  }
}
