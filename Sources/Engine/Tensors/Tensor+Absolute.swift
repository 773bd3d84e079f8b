extension Tensor {
  /// The distance of each value from 0; its slope at 0 is 0, as torch has it.
  package func absolute() -> Tensor {
    let result = map { x, out, n in
      for i in 0..<n { out[i] = abs(x[i]) }
    }
    return result.recorded("absolute", [self]) { [x = detached] gradient in
      [
        x.map(with: gradient) { x, flowing, out, n in
          for i in 0..<n { out[i] = x[i] > 0 ? flowing[i] : x[i] < 0 ? -flowing[i] : 0 }
        }
      ]
    }
  }
}
