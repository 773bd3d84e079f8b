import CKernels
import Glibc

/// A matrix `[depth, columns]` laid out for products: panels of as many columns as the kernels take
/// at once, each `[depth][panel columns]`, in one of the storages.
///
/// Packing costs about as much as one product with a single row per panel column, so weights are
/// packed once, when they are loaded.
package final class PackedMatrix: @unchecked Sendable {
  // Unchecked: the memory is written while packing and never again.
  package let depth: Int
  package let columns: Int
  package let storage: WeightStorage
  private let memory: PackedMemory
  /// The step of every column, for 8-bit storage: `[panels * panel columns]`.
  private let scales: PackedMemory?

  /// Columns of a panel of the active kernels.
  package static var panelColumns: Int { Kernels.active.panel_columns }

  package var panels: Int { (columns + Self.panelColumns - 1) / Self.panelColumns }
  /// Bytes that the packed values take, scales included.
  package var bytes: Int { memory.bytes + (scales?.bytes ?? 0) }

  /// Where the value of row k and a column lies in what is packed.
  package struct Source {
    let start: UnsafePointer<Float>
    let depthDistance: Int
    let columnDistance: Int

    package init(_ start: UnsafePointer<Float>, depthDistance: Int, columnDistance: Int) {
      self.start = start
      self.depthDistance = depthDistance
      self.columnDistance = columnDistance
    }
  }

  /// - Parameter isTemporary: takes the memory from the buffer pool, for matrices that live as long
  ///   as one operation.
  package init(
    _ source: Source, depth: Int, columns: Int, storage: WeightStorage = .float32,
    isTemporary: Bool = false
  ) {
    self.depth = depth
    self.columns = columns
    self.storage = storage
    let width = Self.panelColumns
    let panels = (columns + width - 1) / width
    memory = PackedMemory(
      bytes: panels * width * depth * storage.bytesPerValue, isTemporary: isTemporary)
    scales =
      storage == .int8
      ? PackedMemory(bytes: panels * width * 4, isTemporary: isTemporary) : nil
    pack(source)
  }

  // MARK: Packing

  private func pack(_ source: Source) {
    let team = ThreadTeam.current
    let panelValues = depth * Self.panelColumns
    guard storage != .float32 else {
      let start = memory.start.assumingMemoryBound(to: Float.self)
      return team.forEach(panels) { fill(start + $0 * panelValues, from: source, panel: $0) }
    }
    BufferPool.current.withBuffer(team.threads * panelValues) { scratch in
      team.forEach(panels) { panel, thread in
        let values = scratch + thread * panelValues
        fill(values, from: source, panel: panel)
        store(values, panel: panel)
      }
    }
  }

  private func fill(_ target: UnsafeMutablePointer<Float>, from source: Source, panel: Int) {
    let first = panel * Self.panelColumns
    Kernels.active.pack_panel(
      source.start + first * source.columnDistance, source.depthDistance, source.columnDistance,
      min(Self.panelColumns, columns - first), depth, target)
  }

  private func store(_ values: UnsafePointer<Float>, panel: Int) {
    let count = depth * Self.panelColumns
    let target = memory.start + panel * count * storage.bytesPerValue
    switch storage {
    case .float32: break
    case .float16:
      Kernels.active.float_to_half(values, target.assumingMemoryBound(to: UInt16.self), count)
    case .bfloat16:
      Kernels.active.float_to_bfloat(values, target.assumingMemoryBound(to: UInt16.self), count)
    case .int8:
      quantise(values, panel: panel, into: target.assumingMemoryBound(to: Int8.self))
    }
  }

  private func quantise(
    _ values: UnsafePointer<Float>, panel: Int, into target: UnsafeMutablePointer<Int8>
  ) {
    guard let scales else { return }
    let width = Self.panelColumns
    let steps = scales.start.assumingMemoryBound(to: Float.self) + panel * width
    var inverse = [Float](repeating: 0, count: width)
    for column in 0..<width {
      var largest: Float = 0
      for k in 0..<depth { largest = max(largest, abs(values[k * width + column])) }
      steps[column] = largest / 127
      inverse[column] = largest > 0 ? 127 / largest : 0
    }
    Kernels.active.quantise_bytes(values, inverse, depth, target)
  }

  // MARK: Reading

  /// Rows of a panel in 32 bits: in place where that is the storage, expanded into `scratch`
  /// (`rows.count * panelColumns` floats) otherwise.
  package func panelRows(
    _ panel: Int, _ rows: Range<Int>, scratch: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    let width = Self.panelColumns
    let first = (panel * depth + rows.lowerBound) * width
    let source = UnsafeRawPointer(memory.start) + first * storage.bytesPerValue
    switch storage {
    case .float32: return source.assumingMemoryBound(to: Float.self)
    case .float16:
      Kernels.active.half_to_float(
        source.assumingMemoryBound(to: UInt16.self), scratch, rows.count * width)
    case .bfloat16:
      Kernels.active.bfloat_to_float(
        source.assumingMemoryBound(to: UInt16.self), scratch, rows.count * width)
    case .int8:
      guard let scales else { break }
      let steps = scales.start.assumingMemoryBound(to: Float.self) + panel * width
      Kernels.active.expand_bytes(
        source.assumingMemoryBound(to: Int8.self), steps, rows.count, scratch)
    }
    return UnsafePointer(scratch)
  }

  /// Writes the values as `[columns, depth]`, as they are after rounding to the storage.
  package func unpack(into target: UnsafeMutablePointer<Float>) {
    let (team, width) = (ThreadTeam.current, Self.panelColumns)
    BufferPool.current.withBuffer(team.threads * depth * width) { scratch in
      team.forEach(panels) { panel, thread in
        let rows = panelRows(panel, 0..<depth, scratch: scratch + thread * depth * width)
        let first = panel * width
        ck_transpose(
          rows, width, depth, min(width, columns - first), target + first * depth, depth)
      }
    }
  }
}

/// Aligned memory of its own in large pages where the system has them, or a buffer of the pool.
private final class PackedMemory: @unchecked Sendable {
  // Unchecked: the owner decides who may write.
  let start: UnsafeMutableRawPointer
  let bytes: Int
  private let buffer: PooledBuffer?

  init(bytes: Int, isTemporary: Bool) {
    self.bytes = bytes
    if isTemporary {
      let buffer = BufferPool.current.take((bytes + 3) / 4)
      start = UnsafeMutableRawPointer(buffer.start)
      self.buffer = buffer
    } else {
      let page = bytes >= 1 << 21 ? 1 << 21 : 64
      start = .allocate(byteCount: max(bytes, 1), alignment: page)
      if page > 64 { madvise(start, bytes, Int32(MADV_HUGEPAGE)) }
      buffer = nil
    }
  }

  deinit {
    if buffer == nil { start.deallocate() }
  }
}
