/// Times the stages of an edit and tells the observer about each.
struct StageClock {
  private(set) var timings: [EditStage: Double] = [:]
  private let clock = ContinuousClock()
  private let onEvent: (EditEvent) throws -> Void
  /// Nothing where nobody looks at previews.
  let onPreview: ((EditPreview) throws -> Void)?
  /// Shown the steps that `EditRequest.previews` chooses; nothing where it is 0.
  var onMilestone: ((EditPreview) throws -> Void)?

  init(
    onEvent: @escaping (EditEvent) throws -> Void,
    onPreview: ((EditPreview) throws -> Void)? = nil
  ) {
    self.onEvent = onEvent
    self.onPreview = onPreview
  }

  /// Does the work of a stage; stages of the same name add up.
  mutating func time<Result>(_ stage: EditStage, _ work: () throws -> Result) throws -> Result {
    let start = clock.now
    let result = try work()
    let elapsed = clock.now - start
    try add(
      stage, Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18)
    return result
  }

  /// Counts work of a stage that was done elsewhere.
  mutating func add(_ stage: EditStage, _ seconds: Double) throws {
    timings[stage, default: 0] += seconds
    try onEvent(.stage(stage, seconds: seconds))
  }

  func tell(_ event: EditEvent) throws {
    try onEvent(event)
  }
}
