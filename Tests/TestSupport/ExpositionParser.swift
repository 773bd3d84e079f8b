/// A strict reader of the Prometheus text format 0.0.4: it refuses what a server might forgive.
package struct ExpositionParser {
  package struct Failure: Error {
    package let line: String
    package let reason: String
  }

  package struct Sample: Equatable {
    package let name: String
    package let labels: [String: String]
    package let value: Double
  }

  package private(set) var types: [String: String] = [:]
  package private(set) var help: [String: String] = [:]
  package private(set) var samples: [Sample] = []

  package init(_ text: String) throws {
    guard text.isEmpty || text.hasSuffix("\n") else {
      throw Failure(line: "", reason: "the last line is not ended")
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
      if line.hasPrefix("# ") { try comment(line) } else { try sample(line) }
    }
    try checkHistograms()
  }

  package func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    samples.first { $0.name == name && $0.labels == labels }?.value
  }

  private mutating func comment(_ line: Substring) throws {
    let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4 else { throw Failure(line: String(line), reason: "not a comment") }
    let name = String(parts[2])
    switch parts[1] {
    case "HELP":
      guard help.updateValue(String(parts[3]), forKey: name) == nil else {
        throw Failure(line: String(line), reason: "a second HELP")
      }
    case "TYPE":
      guard ["counter", "gauge", "histogram"].contains(parts[3]),
        types.updateValue(String(parts[3]), forKey: name) == nil
      else { throw Failure(line: String(line), reason: "a second or unknown TYPE") }
    default: throw Failure(line: String(line), reason: "an unknown comment")
    }
  }

  private mutating func sample(_ line: Substring) throws {
    var scanner = Scanner(text: line[...])
    let name = try scanner.name()
    let labels = try scanner.labels()
    try scanner.expect(" ")
    let text = String(scanner.text)
    let special = ["+Inf": Double.infinity, "-Inf": -.infinity, "NaN": .nan]
    guard let value = special[text] ?? Double(text), special[text] != nil || value.isFinite else {
      throw Failure(line: String(line), reason: "no number")
    }
    guard types[family(of: name)] != nil else {
      throw Failure(line: String(line), reason: "a sample before its TYPE")
    }
    let sample = Sample(name: name, labels: labels, value: value)
    guard !samples.contains(where: { $0.name == name && $0.labels == labels }) else {
      throw Failure(line: String(line), reason: "the same series twice")
    }
    samples.append(sample)
  }

  /// The metric that a sample belongs to: a histogram has samples of three names.
  package func family(of name: String) -> String {
    for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
      let family = String(name.dropLast(suffix.count))
      if types[family] == "histogram" { return family }
    }
    return name
  }

  private func checkHistograms() throws {
    for (name, type) in types where type == "histogram" {
      let buckets = samples.filter { $0.name == name + "_bucket" }
      for (labels, group) in Dictionary(grouping: buckets, by: { $0.labels.without("le") }) {
        let values = group.map(\.value)
        guard values == values.sorted(), group.last?.labels["le"] == "+Inf",
          self.value(name + "_count", labels) == values.last,
          self.value(name + "_sum", labels) != nil
        else { throw Failure(line: name, reason: "buckets, sum and count do not agree") }
      }
    }
  }

  private struct Scanner {
    var text: Substring

    mutating func expect(_ part: String) throws {
      guard text.hasPrefix(part) else {
        throw Failure(line: String(text), reason: "\(part) expected")
      }
      text = text.dropFirst(part.count)
    }

    mutating func name() throws -> String {
      let name = text.prefix {
        $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == ":")
      }
      guard let first = name.first, !first.isNumber else {
        throw Failure(line: String(text), reason: "no name")
      }
      text = text.dropFirst(name.count)
      return String(name)
    }

    mutating func labels() throws -> [String: String] {
      guard text.hasPrefix("{") else { return [:] }
      var labels: [String: String] = [:]
      repeat {
        text = text.dropFirst()
        let name = try name()
        try expect("=\"")
        guard labels.updateValue(try quoted(), forKey: name) == nil else {
          throw Failure(line: String(text), reason: "a label twice")
        }
      } while text.hasPrefix(",")
      try expect("}")
      return labels
    }

    private mutating func quoted() throws -> String {
      var value = String.UnicodeScalarView()
      var rest = text.unicodeScalars
      while let scalar = rest.popFirst() {
        switch scalar {
        case "\"":
          text = Substring(rest)
          return String(value)
        case "\\":
          guard let escape = rest.popFirst(),
            let meant = ["\\": "\\", "\"": "\"", "n": "\n"][escape]
          else { throw Failure(line: String(text), reason: "an unknown escape") }
          value.append(contentsOf: meant.unicodeScalars)
        default: value.append(scalar)
        }
      }
      throw Failure(line: String(text), reason: "a value without end")
    }
  }
}

extension [String: String] {
  fileprivate func without(_ key: String) -> [String: String] { filter { $0.key != key } }
}
