/// A prompt as the text encoder reads it.
package struct TokenizedPrompt: Sendable, Equatable {
  /// Token ids: begin, content, end, then padding up to the length asked for.
  package let ids: [Int]
  /// How many tokens of the text itself `ids` holds, begin, end and padding not counted.
  package let contentTokenCount: Int
  /// How many tokens of the text did not fit; the end token is kept all the same.
  package let droppedTokenCount: Int

  /// Whether the end of the text was cut off.
  package var isTruncated: Bool { droppedTokenCount > 0 }

  package init(ids: [Int], contentTokenCount: Int, droppedTokenCount: Int) {
    self.ids = ids
    self.contentTokenCount = contentTokenCount
    self.droppedTokenCount = droppedTokenCount
  }
}
