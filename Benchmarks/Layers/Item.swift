import Layers
import Tensors

/// One thing to time, and how many floating point operations it takes.
struct Item {
  let name: String
  let operations: Double
  let prepare: () -> () -> Void

  static var all: [Item] {
    [
      convolution(64, 320, 320), convolution(64, 640, 320), convolution(32, 640, 640),
      convolution(16, 1_280, 1_280), convolution(8, 1_280, 1_280), convolution(64, 4, 320),
      convolution(64, 512, 512), convolution(256, 256, 256), convolution(512, 128, 128),
      convolution(512, 128, 3), convolution(32, 320, 320, batch: 2),
    ] + [
      linear(4_096, 320, 320), linear(4_096, 320, 2_560), linear(4_096, 1_280, 320),
      linear(1_024, 640, 5_120), linear(256, 1_280, 1_280), linear(256, 1_280, 10_240),
      linear(64, 1_280, 1_280), linear(77, 768, 768), linear(77, 768, 3_072), linear(1, 320, 1_280),
    ] + [
      attention(4_096, 4_096, 8, 40), attention(1_024, 1_024, 8, 80), attention(256, 256, 8, 160),
      attention(4_096, 77, 8, 40), attention(64, 64, 8, 160), attention(4_096, 4_096, 1, 512),
      attention(77, 77, 12, 64, causal: true),
    ] + [
      groupNormalization(64, 320), groupNormalization(512, 128), layerNormalization(4_096, 320),
      elementwise("silu", 4_096 * 1_280) { silu($0) },
      elementwise("add", 4_096 * 1_280) { $0 + $0 },
      elementwise("geglu", 4_096 * 2_560, [4_096, 2_560]) { geglu($0) },
    ]
  }

  private static func noise(_ shape: Shape) -> Tensor {
    var generator = TorchGenerator(seed: 1)
    return generator.normal(shape: shape)
  }

  private static func convolution(_ side: Int, _ from: Int, _ to: Int, batch: Int = 1) -> Item {
    let operations = 18 * Double(batch * side * side * from * to)
    return Item(name: "conv3x3 \(side)x\(side) \(from)->\(to) b\(batch)", operations: operations) {
      let layer = Convolution2D(weight: noise([to, from, 3, 3]), bias: noise([to]))
      let x = noise([batch, side, side, from])
      return { _ = layer(x) }
    }
  }

  private static func linear(_ rows: Int, _ from: Int, _ to: Int) -> Item {
    Item(name: "linear \(rows) \(from)->\(to)", operations: 2 * Double(rows * from * to)) {
      let layer = Linear(weight: noise([to, from]), bias: noise([to]))
      let x = noise([1, rows, from])
      return { _ = layer(x) }
    }
  }

  private static func attention(
    _ queries: Int, _ keys: Int, _ heads: Int, _ size: Int, causal: Bool = false
  ) -> Item {
    let name = "attention \(queries)x\(keys) \(heads)x\(size)\(causal ? " causal" : "")"
    return Item(name: name, operations: 4 * Double(queries * keys * heads * size)) {
      let query = noise([1, queries, heads * size])
      let key = noise([1, keys, heads * size])
      return {
        _ = Layers.attention(query: query, key: key, value: key, heads: heads, causal: causal)
      }
    }
  }

  private static func groupNormalization(_ side: Int, _ channels: Int) -> Item {
    Item(name: "groupnorm+silu \(side)x\(side) \(channels)", operations: 0) {
      let layer = GroupNormalization(
        groups: 32, scale: noise([channels]), bias: noise([channels]), activation: .silu)
      let x = noise([1, side, side, channels])
      return { _ = layer(x) }
    }
  }

  private static func layerNormalization(_ rows: Int, _ width: Int) -> Item {
    Item(name: "layernorm \(rows) \(width)", operations: 0) {
      let layer = LayerNormalization(scale: noise([width]), bias: noise([width]))
      let x = noise([1, rows, width])
      return { _ = layer(x) }
    }
  }

  private static func elementwise(
    _ name: String, _ count: Int, _ shape: Shape? = nil, _ function: @escaping (Tensor) -> Tensor
  ) -> Item {
    Item(name: "\(name) \(count)", operations: 0) {
      let x = noise(shape ?? [count])
      return { _ = function(x) }
    }
  }
}
