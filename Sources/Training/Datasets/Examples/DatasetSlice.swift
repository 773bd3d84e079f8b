/// A run of examples of another data set, counted from 0: a fixed set for measuring.
package struct DatasetSlice<Base: Dataset>: Dataset {
  let base: Base
  let range: Range<Int>

  package var count: Int? { range.count }

  package func example(at index: Int) throws(DatasetError) -> Base.Example {
    try check(index)
    return try base.example(at: range.lowerBound + index)
  }
}

extension Dataset {
  /// The examples of these numbers alone; throws where the data set does not have them all.
  package func slice(_ range: Range<Int>) throws(DatasetError) -> DatasetSlice<Self> {
    guard let last = range.last else {
      throw .invalidSetting(name: "range", reason: "it is empty; take at least one example")
    }
    try check(range.lowerBound)
    try check(last)
    return DatasetSlice(base: self, range: range)
  }
}
