/// Examples by number: the same number gives the same example, on any thread and in any order.
package protocol Dataset<Example>: Sendable {
  associatedtype Example: Sendable

  /// How many examples there are; nil where they never end.
  var count: Int? { get }

  /// Throws where the number is out of range or a file cannot be read.
  func example(at index: Int) throws(DatasetError) -> Example
}

extension Dataset {
  /// Throws unless there is an example of this number.
  package func check(_ index: Int) throws(DatasetError) {
    guard index >= 0, count.map({ index < $0 }) ?? true else {
      throw .outOfRange(index: index, count: count ?? .max)
    }
  }
}
