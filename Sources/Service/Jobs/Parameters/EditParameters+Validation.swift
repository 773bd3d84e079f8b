extension EditParameters {
  /// Everything in the values that is out of range, in the order of the fields; empty when valid.
  package func validate() -> [ParameterViolation] {
    Name.allCases.flatMap { name in
      problems(of: name).map {
        ParameterViolation(path: [name.rawValue] + $0.path, detail: $0.detail)
      }
    }
  }

  private typealias Problem = (path: [String], detail: String)

  private func problems(of name: Name) -> [Problem] {
    if name == .expand { return expansionProblems() }
    if name == .select { return weightProblems() }
    guard let detail = problem(of: name) else { return [] }
    return [([], detail)]
  }

  private func problem(of name: Name) -> String? {
    switch name {
    case .prompt: promptProblem()
    case .negativePrompt: negativePrompt.flatMap(lengthProblem)
    case .count: outside(Ranges.count, count)
    case .returned: returnedProblem()
    case .minimumScore: outside(Ranges.minimumScore, minimumScore)
    case .retries: outside(Ranges.retries, retries)
    case .steps: outside(Ranges.steps, steps)
    case .guidanceScale: outside(Ranges.guidanceScale, guidanceScale)
    case .strength: outside(Ranges.strength, strength)
    case .maskThreshold: outside(Ranges.maskThreshold, maskThreshold)
    case .maskGrow: outside(Ranges.maskGrow, maskGrow)
    case .maskFeather: outside(Ranges.maskFeather, maskFeather)
    case .resolution: resolutionProblem()
    case .context: contextProblem()
    case .quality: outside(Ranges.quality, quality)
    case .previews: outside(Ranges.previews, previews)
    case .priority: outside(Ranges.priority, priority)
    case .metadata: metadataProblem()
    // Their types admit only valid values.
    case .task, .expand, .sampler, .seed, .maskSemantics, .maskInvert, .maskResize, .holeFill,
      .seamRepair, .outputFormat, .deadline, .select, .belowMinimumScore:
      nil
    }
  }

  private func returnedProblem() -> String? {
    guard Ranges.count.contains(count) else { return nil }
    return outside(1...count, returned).map { $0 + " (n is \(count))" }
  }

  private func weightProblems() -> [Problem] {
    guard let select else { return [] }
    let problems: [Problem] = select.byJudge.compactMap { judge, weight in
      outside(Ranges.weight, weight).map { ([judge], $0) }
    }
    let isEmpty = select.byJudge.allSatisfy { $0.weight == 0 }
    return isEmpty
      ? [([], "gives no judge any weight; name at least one of aesthetic, alignment, coherence")]
      : problems
  }

  private func promptProblem() -> String? {
    guard let prompt else {
      return task == .inpaint
        ? "is needed for task inpaint: say what shall appear in the hole, or use task erase" : nil
    }
    return lengthProblem(prompt)
  }

  private func lengthProblem(_ text: String) -> String? {
    let length = text.unicodeScalars.count
    return outside(Ranges.promptLength, length).map { "has \(length) characters; its length \($0)" }
  }

  private func expansionProblems() -> [Problem] {
    guard let expand else { return [] }
    let sides = [
      ("left", expand.left), ("top", expand.top), ("right", expand.right),
      ("bottom", expand.bottom),
    ]
    let problems: [Problem] = sides.compactMap { side, pixels in
      outside(Ranges.expansion, pixels).map { ([side], $0) }
    }
    guard task == .outpaint else {
      return problems + [([], "belongs to task outpaint; leave it out or set task to outpaint")]
    }
    let isEmpty = sides.allSatisfy { $0.1 == 0 }
    return isEmpty
      ? [([], "widens no side; give at least one of left, top, right, bottom")] : problems
  }

  private func resolutionProblem() -> String? {
    guard let resolution else { return nil }
    if let problem = outside(Ranges.resolution, resolution) { return problem }
    return resolution % Ranges.resolutionMultiple == 0
      ? nil : "must be a multiple of \(Ranges.resolutionMultiple)"
  }

  private func contextProblem() -> String? {
    guard case .fraction(let fraction) = context else { return nil }
    return outside(Ranges.contextFraction, fraction)
  }

  private func metadataProblem() -> String? {
    guard let metadata else { return nil }
    let bytes = (try? JSONText.encode(metadata).utf8.count) ?? .max
    return bytes <= Ranges.metadataBytes
      ? nil : "may take at most \(Ranges.metadataBytes) bytes as JSON; shorten it"
  }
}

private func outside<Value: Comparable>(_ range: ClosedRange<Value>, _ value: Value?) -> String? {
  guard let value, !range.contains(value) else { return nil }
  return "must lie between \(range.lowerBound) and \(range.upperBound)"
}
