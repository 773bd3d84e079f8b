package import Tensors

/// One operation, to be checked against finite differences of its twin in double precision and
/// against torch's autograd.
package struct GradientCase: Sendable, CustomStringConvertible {
  /// How far our gradients are from the others: |a - b| / |b| over all inputs' values, the worst
  /// input counting.
  package struct Errors: Sendable {
    package var finiteDifferences = 0.0
    /// Nil where there is no golden gradient.
    package var torch: Double?
    /// Of the result itself, against the twin.
    package var value = 0.0
  }

  package let description: String
  package let inputs: [String]
  /// Inputs that are made here instead of being read: no golden gradient then.
  package let shapes: [Shape]?
  package let function: @Sendable ([Tensor]) -> Tensor
  package let twin: @Sendable ([Doubles]) -> Doubles

  package init(
    _ description: String, _ inputs: [String], shapes: [Shape]? = nil,
    _ function: @escaping @Sendable ([Tensor]) -> Tensor,
    twin: @escaping @Sendable ([Doubles]) -> Doubles
  ) {
    self.description = description
    (self.inputs, self.shapes) = (inputs, shapes)
    (self.function, self.twin) = (function, twin)
  }

  /// Inputs and the flow into the result.
  package func operands(_ goldens: Goldens) throws -> (inputs: [Tensor], flow: Tensor) {
    guard let shapes else {
      let read = try inputs.map { try goldens.tensor("\(description)/\($0)") }
      return (read, try goldens.tensor("\(description)/flow"))
    }
    var generator = TorchGenerator(seed: 31)
    let made = shapes.map { generator.normal(shape: $0) }
    return (made, generator.normal(shape: function(made).shape))
  }

  /// The gradients of sum(result * flow).
  package func gradients(_ inputs: [Tensor], _ flow: Tensor) throws -> [Tensor] {
    let watched = inputs.map { $0.watched() }
    return try function(watched).pulledBack(flow, to: watched)
  }

  package func errors(_ goldens: Goldens) throws -> Errors {
    let (inputs, flow) = try operands(goldens)
    let gradients = try gradients(inputs, flow)
    var errors = Errors()
    errors.value = relativeError(
      function(inputs),
      Tensor(twin(inputs.map(Doubles.init)).values.map(Float.init), shape: flow.shape))
    for (index, gradient) in gradients.enumerated() {
      errors.finiteDifferences = max(
        errors.finiteDifferences, try slopeError(inputs, flow, index, gradient))
      guard shapes == nil else { continue }
      let wanted = try goldens.tensor("\(description)/\(self.inputs[index]).gradient")
      errors.torch = max(errors.torch ?? 0, relativeError(gradient, wanted))
    }
    return errors
  }

  /// Central differences of the twin at some of an input's values, at most 150.
  private func slopeError(
    _ inputs: [Tensor], _ flow: Tensor, _ index: Int, _ gradient: Tensor
  ) throws -> Double {
    var operands = inputs.map(Doubles.init)
    let (flow, values) = (Doubles(flow), gradient.values)
    func loss() -> Double { zip(twin(operands).values, flow.values).reduce(0) { $0 + $1.0 * $1.1 } }
    var (difference, size) = (0.0, 0.0)
    guard gradient.shape == inputs[index].shape else { return .infinity }
    for at in stride(from: 0, to: values.count, by: max(1, (values.count + 149) / 150)) {
      let before = operands[index].values[at]
      let step = 1e-5 * max(1, abs(before))
      operands[index].values[at] = before + step
      let above = loss()
      operands[index].values[at] = before - step
      let slope = (above - loss()) / (2 * step)
      operands[index].values[at] = before
      difference += (Double(values[at]) - slope) * (Double(values[at]) - slope)
      size += slope * slope
    }
    let error = (difference / max(size, 1e-60)).squareRoot()
    return error.isFinite ? error : .infinity
  }
}

extension GradientCase.Errors {
  /// A row of the gradient table.
  package func row(_ operation: String) -> String {
    "| \(operation) | \(Self.short(finiteDifferences)) | \(torch.map(Self.short) ?? "") |"
  }

  /// Two digits, such as 3.1e-07.
  private static func short(_ value: Double) -> String {
    guard value > 0, value.isFinite else { return "\(value)" }
    var (digits, exponent) = (value, 0)
    while digits < 1 { (digits, exponent) = (digits * 10, exponent - 1) }
    while digits >= 10 { (digits, exponent) = (digits / 10, exponent + 1) }
    digits = (digits * 10).rounded() / 10
    return digits < 10 ? "\(digits)e\(exponent)" : "1.0e\(exponent + 1)"
  }
}
