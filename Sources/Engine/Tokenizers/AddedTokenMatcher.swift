/// Finds added tokens in text: leftmost first, the longest of those that begin at one place.
struct AddedTokenMatcher: Sendable {
  enum Piece: Equatable {
    case text(ArraySlice<Unicode.Scalar>)
    case token(Int32)
  }

  private let tokens: [Unicode.Scalar: [(content: [Unicode.Scalar], id: Int32)]]

  init(_ tokens: [(content: [Unicode.Scalar], id: Int32)]) {
    var table: [Unicode.Scalar: [(content: [Unicode.Scalar], id: Int32)]] = [:]
    for token in tokens {
      guard let first = token.content.first else { continue }
      table[first, default: []].append(token)
    }
    self.tokens = table.mapValues { $0.sorted { $0.content.count > $1.content.count } }
  }

  func split(_ text: [Unicode.Scalar]) -> [Piece] {
    if tokens.isEmpty { return [.text(text[...])] }
    var pieces: [Piece] = []
    var start = 0
    var position = 0
    while position < text.count {
      guard let match = match(text[position...]) else {
        position += 1
        continue
      }
      if start < position { pieces.append(.text(text[start..<position])) }
      pieces.append(.token(match.id))
      position += match.content.count
      start = position
    }
    if start < text.count { pieces.append(.text(text[start...])) }
    return pieces
  }

  private func match(
    _ rest: ArraySlice<Unicode.Scalar>
  ) -> (content: [Unicode.Scalar], id: Int32)? {
    guard let first = rest.first, let candidates = tokens[first] else { return nil }
    return candidates.first { rest.starts(with: $0.content) }
  }
}
