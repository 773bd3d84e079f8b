import Foundation
import Goldens
import Losses
import Tensors
import Testing

/// The losses of the judges, against their formulas in double precision and finite differences.
@Suite struct JudgeLossTests {
  private static func sigmoid(_ x: Double) -> Double { 1 / (1 + Foundation.exp(-x)) }

  private static func bradleyTerry(_ better: [Double], _ worse: [Double]) -> Double {
    zip(better, worse).reduce(0) { $0 - Foundation.log(sigmoid($1.0 - $1.1)) }
      / Double(better.count)
  }

  private static func coherence(
    _ logits: [Double], _ drawn: [Double], _ weights: [Double]
  ) -> Double {
    var (sum, total) = (0.0, 0.0)
    for index in logits.indices {
      let (real, share) = (sigmoid(logits[index]), drawn[index])
      let error = -(1 - share) * Foundation.log(real) - share * Foundation.log(1 - real)
      sum += weights[index] * error
      total += weights[index]
    }
    return sum / total
  }

  /// The slope of a function at each of its values, by central differences in double precision.
  private static func slopes(_ at: [Float], _ function: ([Double]) -> Double) -> [Double] {
    let point = at.map(Double.init)
    return point.indices.map { index in
      var (above, below) = (point, point)
      above[index] += 1e-5
      below[index] -= 1e-5
      return (function(above) - function(below)) / 2e-5
    }
  }

  private static func furthest(_ tensor: Tensor, _ wanted: [Double]) -> Double {
    zip(tensor.values, wanted).map { abs(Double($0) - $1) }.max() ?? .infinity
  }

  @Test func `a judge that finds both alike has the loss log 2`() throws {
    let rewards = Tensor([0.3, -7, 120], shape: [3])
    let loss = try BradleyTerryLoss()(better: rewards, worse: rewards).values[0]
    #expect(abs(Double(loss) - Foundation.log(2)) < 1e-7)
  }

  @Test func `the Bradley-Terry loss is its formula and its gradient the formula's slope`() throws {
    let better: [Float] = [0.5, -1.25, 3, 0]
    let worse: [Float] = [-0.5, 2, 2.5, 0.125]
    let (first, second) = (
      Tensor(better, shape: [4]).watched(), Tensor(worse, shape: [4]).watched()
    )
    let loss = try BradleyTerryLoss()(better: first, worse: second)
    let wanted = Self.bradleyTerry(better.map(Double.init), worse.map(Double.init))
    #expect(abs(Double(loss.values[0]) - wanted) < 1e-6)
    let gradients = try loss.gradients(withRespectTo: [first, second])
    let slopes = Self.slopes(better) { Self.bradleyTerry($0, worse.map(Double.init)) }
    #expect(Self.furthest(gradients[0], slopes) < 1e-6)
    // It sees the difference alone.
    #expect(Self.furthest(gradients[1], slopes.map { -$0 }) < 1e-6)
  }

  @Test func `rewards far apart neither overflow nor vanish`() throws {
    let far = Tensor([200, 30], shape: [2]).watched()
    let near = Tensor([-200, 10], shape: [2])
    let right = try BradleyTerryLoss()(better: far, worse: near)
    #expect(abs(Double(right.values[0]) - Foundation.exp(-20) / 2) < 1e-13)
    let wrong = try BradleyTerryLoss()(better: near, worse: far)
    #expect(wrong.values[0] == 210)
    #expect(try wrong.gradients(withRespectTo: [far])[0].values == [0.5, 0.5])
  }

  @Test func `a doubted choice costs its cross-entropy, least at the log-odds of the doubt`() throws
  {
    let better: [Float] = [0.5, -1.25, 3, 0]
    let worse: [Float] = [-0.5, 2, 2.5, 0.125]
    let doubt: [Float] = [0, 0.5, 0.25, 0.125]
    func wanted(_ better: [Double]) -> Double {
      let terms = better.indices.map { index -> Double in
        let (lead, share) = (better[index] - Double(worse[index]), Double(doubt[index]))
        return -(1 - share) * Foundation.log(Self.sigmoid(lead))
          - share * Foundation.log(Self.sigmoid(-lead))
      }
      return terms.reduce(0, +) / 4
    }
    func loss(_ better: Tensor) throws -> Tensor {
      try BradleyTerryLoss()(
        better: better, worse: Tensor(worse, shape: [4]), doubt: Tensor(doubt, shape: [4]))
    }
    let watched = Tensor(better, shape: [4]).watched()
    let found = try loss(watched)
    #expect(abs(Double(found.values[0]) - wanted(better.map(Double.init))) < 1e-6)
    let slopes = Self.slopes(better, wanted)
    #expect(Self.furthest(try found.gradients(withRespectTo: [watched])[0], slopes) < 1e-6)
    // Where 1 in 4 doubts, a lead of log 3 is right: no slope there.
    let right = Tensor([-0.5, 2, 2.5 + Float(Foundation.log(3.0)), 0], shape: [4]).watched()
    let slope = try loss(right).gradients(withRespectTo: [right])[0].values
    #expect(abs(slope[2]) < 1e-6 && abs(slope[1]) < 1e-6 && slope[0] < -0.1)
  }

  @Test(arguments: [false, true])
  func `the coherence loss is its formula and its gradient the formula's slope`(
    isWeighted: Bool
  ) throws {
    let logits: [Float] = [0.5, -2, 3, 0.25, -0.75, 1.5, -4, 2]
    let drawn: [Float] = [0, 1, 0.25, 1, 0, 0, 1, 1]
    let weights: [Float] = isWeighted ? [1, 2, 0, 0.5, 3, 1, 1, 0.25] : [1, 1, 1, 1, 1, 1, 1, 1]
    let shape: Shape = [2, 2, 2, 1]
    let watched = Tensor(logits, shape: shape).watched()
    let loss = try CoherenceLoss()(
      logits: watched, drawn: Tensor(drawn, shape: shape),
      weights: isWeighted ? Tensor(weights, shape: shape) : nil)
    let (labels, counts) = (drawn.map(Double.init), weights.map(Double.init))
    let wanted = Self.coherence(logits.map(Double.init), labels, counts)
    #expect(abs(Double(loss.values[0]) - wanted) < 1e-6)
    let slopes = Self.slopes(logits) { Self.coherence($0, labels, counts) }
    #expect(Self.furthest(try loss.gradients(withRespectTo: [watched])[0], slopes) < 1e-6)
  }

  @Test func `sure and right costs almost nothing, sure and wrong costs the logit`() throws {
    let logits = Tensor([90, -90], shape: [1, 1, 2, 1])
    let right = Tensor([0, 1], shape: [1, 1, 2, 1])
    let wrong = Tensor([1, 0], shape: [1, 1, 2, 1])
    #expect(try CoherenceLoss()(logits: logits, drawn: right).values[0] < 1e-30)
    #expect(try CoherenceLoss()(logits: logits, drawn: wrong).values[0] == 90)
  }

  @Test func `parts that do not fit each other are refused`() {
    let (three, two) = (Tensor(repeating: 0, shape: [3]), Tensor(repeating: 0, shape: [2]))
    let none = Tensor(repeating: 0, shape: [0])
    #expect(throws: LossError.shape("worse rewards", [2])) {
      try BradleyTerryLoss()(better: three, worse: two)
    }
    #expect(throws: LossError.shape("doubt", [2])) {
      try BradleyTerryLoss()(better: three, worse: three, doubt: two)
    }
    #expect(throws: LossError.shape("rewards", [0])) {
      try BradleyTerryLoss()(better: none, worse: none)
    }
    let logits = Tensor(repeating: 0, shape: [1, 2, 2, 1])
    let other = Tensor(repeating: 0, shape: [1, 2, 2, 3])
    #expect(throws: LossError.shape("labels", [1, 2, 2, 3])) {
      try CoherenceLoss()(logits: logits, drawn: other)
    }
    #expect(throws: LossError.shape("pixel weights", [1, 2, 2, 3])) {
      try CoherenceLoss()(logits: logits, drawn: logits, weights: other)
    }
    #expect(throws: LossError.weights(total: 0)) {
      try CoherenceLoss()(logits: logits, drawn: logits, weights: logits)
    }
  }
}
