/// A word whose neighbouring tokens are being merged: a linked list over fixed slots.
struct MergingWord {
  private struct Symbol {
    var id: Int32
    var previous: Int
    var next: Int
    var isGone = false
  }

  private struct Candidate: Comparable {
    let position: Int
    let merge: BytePairEncoder.Merge

    static func < (one: Candidate, other: Candidate) -> Bool {
      (one.merge.rank, one.position) < (other.merge.rank, other.position)
    }

    static func == (one: Candidate, other: Candidate) -> Bool {
      (one.merge.rank, one.position) == (other.merge.rank, other.position)
    }
  }

  private var symbols: [Symbol]

  init(_ ids: [Int32]) {
    symbols = ids.indices.map { Symbol(id: ids[$0], previous: $0 - 1, next: $0 + 1) }
  }

  var ids: [Int32] { symbols.filter { !$0.isGone }.map(\.id) }

  /// Merges the best-ranked pair, the leftmost among equals, until no pair is known.
  mutating func mergeAll(_ rule: (Int32, Int32) -> BytePairEncoder.Merge?) {
    var queue = MinimumHeap<Candidate>()
    for position in symbols.indices { enqueue(position, in: &queue, rule) }
    while let best = queue.popMinimum() {
      let position = best.position
      guard !symbols[position].isGone else { continue }
      let next = symbols[position].next
      guard next < symbols.count else { continue }
      // An older candidate may name a pair that has changed since.
      guard rule(symbols[position].id, symbols[next].id)?.id == best.merge.id else { continue }
      join(position, next, as: best.merge.id)
      enqueue(symbols[position].previous, in: &queue, rule)
      enqueue(position, in: &queue, rule)
    }
  }

  private mutating func join(_ position: Int, _ next: Int, as id: Int32) {
    symbols[position].id = id
    symbols[position].next = symbols[next].next
    symbols[next].isGone = true
    if symbols[next].next < symbols.count { symbols[symbols[next].next].previous = position }
  }

  private func enqueue(
    _ position: Int, in queue: inout MinimumHeap<Candidate>,
    _ rule: (Int32, Int32) -> BytePairEncoder.Merge?
  ) {
    guard position >= 0, symbols[position].next < symbols.count else { return }
    let right = symbols[symbols[position].next].id
    guard let merge = rule(symbols[position].id, right) else { return }
    queue.push(Candidate(position: position, merge: merge))
  }
}
