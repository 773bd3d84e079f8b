/// What the command line says.
struct Options {
  var mode = ""
  var port: UInt16 = 0
  var path = "/livez"
  var headers: [String] = []
  var connections = 64
  var seconds = 5.0
  var warmUp = 1.0
  /// Connections that are open beside those and do nothing after one request.
  var idle = 0
  /// Requests a second by the clock, whether answered or not; 0: as fast as answers come.
  var rate = 0.0
  /// Each request on a connection of its own.
  var reconnects = false
  var status = 200
  /// The body that every answer must have.
  var body: [UInt8]?
  /// The core that the generator stays on.
  var core: Int?
  /// Source addresses 127.0.0.1 and on that connections are spread over.
  var sources = 1
  /// Lets a driver look at the server while everything is open: a line when it is so, and it waits
  /// for a line.
  var pauses = false

  static let usage = """
    usage: http-load run|slow --port N [--path P] [--header 'Name: value']... [--connections N]
      [--seconds S] [--warm-up S] [--idle N] [--rate N] [--reconnect] [--status N] [--body FILE]
      [--core N] [--sources N] [--pause]
    """

  init?(_ arguments: [String]) {
    var rest = arguments.dropFirst()
    guard let mode = rest.popFirst(), ["run", "slow"].contains(mode) else { return nil }
    self.mode = mode
    while let name = rest.popFirst() {
      switch name {
      case "--reconnect": reconnects = true
      case "--pause": pauses = true
      default:
        guard let value = rest.popFirst(), set(name, value) else { return nil }
      }
    }
    guard port > 0, connections > 0, sources > 0 else { return nil }
  }

  private mutating func set(_ name: String, _ value: String) -> Bool {
    switch name {
    case "--port": return assign(UInt16(value), \.port)
    case "--path": path = value
    case "--header": headers.append(value)
    case "--connections": return assign(Int(value), \.connections)
    case "--seconds": return assign(Double(value), \.seconds)
    case "--warm-up": return assign(Double(value), \.warmUp)
    case "--idle": return assign(Int(value), \.idle)
    case "--rate": return assign(Double(value), \.rate)
    case "--status": return assign(Int(value), \.status)
    case "--sources": return assign(Int(value), \.sources)
    case "--core":
      core = Int(value)
      return core != nil
    case "--body":
      body = contents(of: value)
      return body != nil
    default: return false
    }
    return true
  }

  private mutating func assign<Value>(
    _ value: Value?, _ path: WritableKeyPath<Options, Value>
  ) -> Bool {
    guard let value else { return false }
    self[keyPath: path] = value
    return true
  }

  /// The bytes of one request.
  var request: [UInt8] {
    let lines = ["GET \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)"] + headers
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }
}
