package import Tensors

/// Scaled dot-product attention, block by block: scores of a block of queries with a block of keys
/// are turned into weights by an online softmax and used at once, so the score matrix never exists.
///
/// Source: Rabe and Staats 2021; Dao et al. 2022.
/// - Parameters:
///   - query: `[batch, queries, heads * size]`
///   - key: `[batch, keys, heads * size]`
///   - value: `[batch, keys, heads * value size]`
///   - scale: what scores are multiplied by; 1 / √size when nil.
///   - causal: whether a query sees only keys up to its own position.
///   - keyLengths: of each sample, how many of its first keys count, 1 to all; the others are
///     padding, and a sample has the bits that it has without them. All count when nil.
/// - Returns: `[batch, queries, heads * value size]`
package func attention(
  query: Tensor, key: Tensor, value: Tensor, heads: Int, scale: Float? = nil,
  causal: Bool = false, keyLengths: [Int]? = nil
) -> Tensor {
  precondition(
    query.shape[0] == key.shape[0] && key.shape[0] == value.shape[0]
      && key.shape[1] == value.shape[1] && query.shape[2] == key.shape[2]
      && query.shape[2] % heads == 0 && value.shape[2] % heads == 0,
    "attention cannot join \(query.shape), \(key.shape) and \(value.shape) in \(heads) heads")
  precondition(
    keyLengths?.count ?? key.shape[0] == key.shape[0]
      && keyLengths?.allSatisfy { (1...max(key.shape[1], 1)).contains($0) } ?? true,
    "\(keyLengths ?? []) are no lengths of keys \(key.shape)")
  let plan = AttentionPlan(
    query: query.shape, value: value.shape, heads: heads, scale: scale, causal: causal,
    keyLengths: keyLengths)
  let isWatched = isWatched(query, key, value)
  var logSums = Tensor(
    shape: [query.shape[0], heads, isWatched ? query.shape[1] : 0]) { _ in }
  let result = logSums.withUnsafeMutableBufferPointer { logSums in
    query.withPointer { query in
      key.withPointer { key in
        value.withPointer { value in
          Tensor(shape: plan.output) { target in
            guard let out = target.baseAddress, target.count > 0 else { return }
            plan.run(query, key, value, out, logSums: isWatched ? logSums.baseAddress : nil)
          }
        }
      }
    }
  }
  guard isWatched else { return result }
  let gradient = AttentionGradient(
    query: query.detached, key: key.detached, value: value.detached, result: result,
    logSums: logSums, heads: heads, scale: scale, causal: causal, keyLengths: keyLengths)
  return result.recorded("attention", [query, key, value]) { gradient.pullBack($0) }
}
