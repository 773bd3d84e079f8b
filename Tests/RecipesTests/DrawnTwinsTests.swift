import Datasets
import Testing

@testable import Recipes

@Suite struct DrawnTwinsTests {
  /// An edit whose candidates are single pixels of this level.
  private func edit(_ noun: String?, _ colour: String?, level: UInt8) -> CandidateSet {
    let picture = BytePicture(width: 1, height: 1, bytes: [level, 0, 0])
    return CandidateSet(
      prompt: "", target: picture, reconstruction: picture, hole: [255], box: nil,
      candidates: [picture, picture], scores: [], clusters: ["\(level)"], noun: noun,
      colour: colour)
  }

  @Test func `each picture has the words it was drawn for, and the others' are wrong`() {
    let nouns: [UInt8: String] = [1: "apple", 2: "cup", 3: "owl"]
    let drawn = DrawnTwins([
      edit("apple", "red", level: 1), edit("cup", nil, level: 2), edit("owl", "orange", level: 3),
      edit(nil, nil, level: 4),
    ])
    var choices = SplitMix(seed: 3)
    var captions: Set<String> = []
    for _ in 0..<200 {
      let twins = drawn.twins(&choices)
      #expect(twins.isDrawn && twins.clusters == ["\(twins.first.picture.bytes[0])"])
      for side in [twins.first, twins.second] {
        let noun = nouns[side.picture.bytes[0]]
        #expect(noun.map(side.caption.hasSuffix) == true)
        #expect(noun.map(side.wrong.hasSuffix) == false)
        captions.insert(side.caption)
      }
      #expect(twins.first.caption != twins.second.caption)
      #expect(twins.first.wrong == twins.second.wrong)
    }
    #expect(captions == ["a red apple", "an apple", "a cup", "an orange owl", "an owl"])
  }

  @Test func `two nouns are enough, one is not`() {
    let two = DrawnTwins([edit("apple", nil, level: 1), edit("cup", nil, level: 2)])
    var choices = SplitMix(seed: 4)
    let twins = two.twins(&choices)
    #expect(twins.first.caption != twins.second.caption)
    #expect(DrawnTwins([edit("cup", nil, level: 1), edit("cup", "red", level: 2)]).isEmpty)
    #expect(DrawnTwins([edit(nil, nil, level: 1), edit(nil, nil, level: 2)]).isEmpty)
  }
}
