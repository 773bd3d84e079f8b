/// Lines of an input, each with the feed that ends it: what is joined again is the same bytes.
enum Lines {
  static func parts(of input: [UInt8]) -> [[UInt8]] {
    var lines: [[UInt8]] = []
    var start = 0
    for (place, byte) in input.enumerated() where byte == 0x0a {
      lines.append(Array(input[start...place]))
      start = place + 1
    }
    if start < input.count { lines.append(Array(input[start...])) }
    return lines
  }
}
