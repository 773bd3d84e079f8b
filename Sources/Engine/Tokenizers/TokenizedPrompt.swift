/// A prompt as the text encoder reads it.
package struct TokenizedPrompt: Sendable, Equatable {
  /// Token ids: begin, content, end, then padding up to the length asked for.
  package let ids: [Int]
  /// How many tokens of the text itself `ids` holds, begin, end and padding not counted.
  package let contentTokenCount: Int
  /// How many tokens of the text did not fit; the end token is kept all the same.
  package let droppedTokenCount: Int

  /// Ids that are no padding: begin, content and end.
  package var length: Int { contentTokenCount + 2 }

  /// Whether the end of the text was cut off.
  package var isTruncated: Bool { droppedTokenCount > 0 }

  package init(ids: [Int], contentTokenCount: Int, droppedTokenCount: Int) {
    self.ids = ids
    self.contentTokenCount = contentTokenCount
    self.droppedTokenCount = droppedTokenCount
  }

  /// Sets content between begin and end, cut and padded to `length` ids in all (at least 2);
  /// without a length nothing is cut or padded.
  init(framing content: [Int], begin: Int, end: Int, padding: Int, length: Int?) {
    let room = length.map { max($0, 2) - 2 } ?? content.count
    let kept = content.prefix(room)
    let filling = Array(repeating: padding, count: room - kept.count)
    self.init(
      ids: [begin] + kept + [end] + filling, contentTokenCount: kept.count,
      droppedTokenCount: content.count - kept.count)
  }
}
