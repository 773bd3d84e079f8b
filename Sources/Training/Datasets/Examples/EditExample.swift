package import Imaging

/// One example for editors and judges: a picture with and without an object, and a hole.
package struct EditExample: Sendable {
  /// Without the object, `[side, side, 3]`, 256 levels in 0...1.
  package let clean: FloatImage
  /// With the object; equal to `clean` outside the hole, and everywhere where none was added.
  package let picture: FloatImage
  /// The hole: 255 inside, 0 outside.
  package let mask: Mask
  /// The share of each pixel that the added object covers, 0...255; nil where none was added.
  package let instance: Mask?
  /// True of `picture`, word for word.
  package let caption: String
  package let attributes: SceneAttributes
  package let clusters: ExampleClusters
  package let task: EditTask
  /// From which the picture can be drawn again with one thing changed; nil for real data.
  package let plan: ScenePlan?

  package init(
    clean: FloatImage, picture: FloatImage, mask: Mask, instance: Mask? = nil, caption: String,
    attributes: SceneAttributes, clusters: ExampleClusters, task: EditTask, plan: ScenePlan? = nil
  ) {
    self.clean = clean
    self.picture = picture
    self.mask = mask
    self.instance = instance
    self.caption = caption
    self.attributes = attributes
    self.clusters = clusters
    self.task = task
    self.plan = plan
  }

  /// What the editor is to arrive at: the background where something is erased.
  package var target: FloatImage { task == .erase ? clean : picture }

  /// What the editor is told: where something is erased, the background in words.
  package var prompt: String { task == .erase ? cleanCaption : caption }

  /// True of `clean`.
  package var cleanCaption: String {
    guard instance != nil else { return caption }
    var attributes = attributes
    attributes.object = plan?.cleanReference == true ? attributes.reference : nil
    (attributes.relation, attributes.reference, attributes.size) = (nil, nil, .medium)
    return attributes.caption()
  }

  /// The other half of a pair under the same hole: add what this one erases, erase what it adds.
  package var twin: EditExample? {
    guard instance != nil, task == .object || task == .erase else { return nil }
    return EditExample(
      clean: clean, picture: picture, mask: mask, instance: instance, caption: caption,
      attributes: attributes, clusters: clusters, task: task == .object ? .erase : .object,
      plan: plan)
  }
}

/// What examples share: intervals are resampled by these, not by examples.
package struct ExampleClusters: Sendable, Hashable, Codable {
  package var scene: String
  package var photograph: String?
  package var object: String?

  package init(scene: String, photograph: String? = nil, object: String? = nil) {
    self.scene = scene
    self.photograph = photograph
    self.object = object
  }
}
