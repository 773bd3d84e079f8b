/// Times the stages of an edit and tells the observer about each.
struct StageClock {
  private(set) var timings: [EditStage: Double] = [:]
  private let clock = ContinuousClock()
  private let start: ContinuousClock.Instant
  /// In stages, and with the observer between them.
  private var accounted = Duration.zero
  private let onEvent: (EditEvent) throws -> Void
  /// Nothing where nobody looks at previews.
  let onPreview: ((EditPreview) throws -> Void)?
  /// Shown the steps that `EditRequest.previews` chooses; nothing where it is 0.
  var onMilestone: ((EditPreview) throws -> Void)?

  init(
    onEvent: @escaping (EditEvent) throws -> Void,
    onPreview: ((EditPreview) throws -> Void)? = nil
  ) {
    start = clock.now
    self.onEvent = onEvent
    self.onPreview = onPreview
  }

  /// Does the work of a stage; stages of the same name add up.
  mutating func time<Result>(_ stage: EditStage, _ work: () throws -> Result) throws -> Result {
    let start = clock.now
    let result = try work()
    let elapsed = clock.now - start
    accounted += elapsed
    try add(stage, elapsed.inSeconds)
    return result
  }

  /// Counts work of a stage that was done elsewhere.
  mutating func add(_ stage: EditStage, _ seconds: Double) throws {
    timings[stage, default: 0] += seconds
    try announce(.stage(stage, seconds: seconds))
  }

  /// Counts what was done between the stages; the observer's time is its own.
  mutating func close() throws {
    try add(.other, max(0, (clock.now - start - accounted).inSeconds))
  }

  /// Tells of something between two stages.
  mutating func announce(_ event: EditEvent) throws {
    let start = clock.now
    try onEvent(event)
    accounted += clock.now - start
  }

  /// Tells of something within a stage.
  func tell(_ event: EditEvent) throws {
    try onEvent(event)
  }
}

extension Duration {
  fileprivate var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }
}
