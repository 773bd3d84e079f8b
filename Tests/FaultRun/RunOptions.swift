/// What the command line says.
struct RunOptions {
  enum Store: String {
    case sqlite
    case postgres
  }

  var binary = ""
  var store = Store.postgres
  var jobs = 5000
  /// How long faults go on; submissions are spread over it.
  var seconds = 1200
  var seed: UInt64 = .random(in: 0...999_999)
  /// Mean seconds between the beginnings of faults.
  var interval = 4.0
  /// Where data and logs lie; must exist.
  var folder = ""

  static let usage =
    "usage: FaultRun --binary FILE --folder DIR [--store sqlite|postgres] [--jobs N] [--seconds N] "
    + "[--interval S] [--seed N]"

  init?(_ arguments: [String]) {
    var rest = arguments.dropFirst()
    while let name = rest.popFirst() {
      guard let value = rest.popFirst(), set(name, value) else { return nil }
    }
    guard !binary.isEmpty, !folder.isEmpty, jobs > 0, seconds > 0, interval > 0 else { return nil }
  }

  private mutating func set(_ name: String, _ value: String) -> Bool {
    switch name {
    case "--binary": binary = value
    case "--folder": folder = value
    case "--store": return assign(Store(rawValue: value), \.store)
    case "--jobs": return assign(Int(value), \.jobs)
    case "--seconds": return assign(Int(value), \.seconds)
    case "--seed": return assign(UInt64(value), \.seed)
    case "--interval": return assign(Double(value), \.interval)
    default: return false
    }
    return true
  }

  private mutating func assign<Value>(
    _ value: Value?, _ path: WritableKeyPath<RunOptions, Value>
  ) -> Bool {
    guard let value else { return false }
    self[keyPath: path] = value
    return true
  }
}
