/// All that decides a picture, before a pixel is drawn.
package struct ScenePlan: Sendable {
  let generator: SceneGenerator
  /// Names the scene among all.
  let name: String
  let task: EditTask
  var backdrop: Backdrop
  /// The object that the caption is about; nil for a background alone.
  var main: PlacedObject?
  /// A second object, which the first relates to.
  var reference: PlacedObject?
  var relation: ObjectRelation?
  /// Whether the hole is to hold both objects, or the second belongs to the background.
  var holeTakesBoth: Bool
  var hole: HolePlan
  var style: CaptionStyle

  /// Whether an object is added in the hole; else all belongs to the background.
  var addsObject: Bool { main != nil && (task == .object || task == .erase) }

  /// Whether the background shows the second object.
  package var cleanReference: Bool { reference != nil && !holeTakesBoth }

  package var attributes: SceneAttributes {
    SceneAttributes(
      object: main?.attributes,
      size: ObjectSize(share: (main?.size ?? 0) / Float(generator.side)),
      place: main?.place ?? .ground, relation: relation, reference: reference?.attributes,
      scene: backdrop.kind, daylight: backdrop.daylight)
  }
}
