import Checkpoints

/// A key of `scheduler_config.json` with its value, read as one type or refused by name.
struct ConfigurationField {
  let key: String
  let value: JSONValue

  private var refusal: DiffusionError { .unsupported(key: key, value: value.summary) }

  func string() throws(DiffusionError) -> String {
    guard case .string(let text) = value else { throw refusal }
    return text
  }

  func flag(orNull other: Bool? = nil) throws(DiffusionError) -> Bool {
    if case .bool(let flag) = value { return flag }
    guard value == .null, let other else { throw refusal }
    return other
  }

  func number(in range: ClosedRange<Double>) throws(DiffusionError) -> Double {
    let number: Double =
      switch value {
      case .integer(let integer): Double(integer)
      case .number(let number): number
      case .string("-Infinity"): -.infinity
      default: .nan
      }
    guard range.contains(number) else { throw refusal }
    return number
  }

  func integer(in range: ClosedRange<Int>) throws(DiffusionError) -> Int {
    guard let integer = wholeNumber(value), range.contains(integer) else { throw refusal }
    return integer
  }

  func integers(in range: ClosedRange<Int>) throws(DiffusionError) -> [Int] {
    guard case .array(let elements) = value else { throw refusal }
    let integers = elements.compactMap(wholeNumber)
    guard integers.count == elements.count, integers.allSatisfy(range.contains) else {
      throw refusal
    }
    return integers
  }

  /// Python may write a whole number with a fraction of zero.
  private func wholeNumber(_ value: JSONValue) -> Int? {
    switch value {
    case .integer(let integer): integer
    case .number(let number): Int(exactly: number)
    default: nil
    }
  }

  func choice<Choice: RawRepresentable<String>>() throws(DiffusionError) -> Choice {
    guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
      throw refusal
    }
    return choice
  }
}
