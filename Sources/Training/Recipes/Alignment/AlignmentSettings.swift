/// What only the alignment recipe is told.
package struct AlignmentSettings: Codable, Sendable, Equatable {
  /// How much the contrastive loss counts beside Bradley-Terry; 0 leaves it out.
  package var contrastiveWeight = 0.5

  package init() {}

  func check() throws(RecipeError) {
    guard contrastiveWeight >= 0, contrastiveWeight.isFinite else {
      throw .invalidSetting(
        name: "alignment.contrastiveWeight",
        reason: "is \(contrastiveWeight), but must be 0 or more")
    }
  }
}
