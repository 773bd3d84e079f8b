/// A binary heap that gives back the smallest element first; push and pop cost O(log n).
struct MinimumHeap<Element: Comparable> {
  private var elements: [Element] = []

  mutating func push(_ element: Element) {
    elements.append(element)
    var child = elements.count - 1
    while child > 0, elements[child] < elements[(child - 1) / 2] {
      elements.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func popMinimum() -> Element? {
    guard let minimum = elements.first else { return nil }
    let last = elements.removeLast()
    if !elements.isEmpty {
      elements[0] = last
      siftDown()
    }
    return minimum
  }

  private mutating func siftDown() {
    var parent = 0
    while 2 * parent + 1 < elements.count {
      let left = 2 * parent + 1
      let right = min(left + 1, elements.count - 1)
      let least = elements[right] < elements[left] ? right : left
      guard elements[least] < elements[parent] else { return }
      elements.swapAt(parent, least)
      parent = least
    }
  }
}
