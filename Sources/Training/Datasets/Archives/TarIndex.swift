/// A file inside an archive.
package struct TarMember: Sendable, Hashable {
  /// With its folders, "./" in front taken off.
  package let name: String
  /// Where its bytes begin in the archive.
  package let offset: Int
  package let size: Int
}

/// How much an archive may hold.
package struct TarLimits: Sendable {
  package var members: Int
  /// Bytes of one member.
  package var memberBytes: Int
  /// Bytes of an extended header or of a long name.
  package var headerBytes: Int

  package init(
    members: Int = 4_000_000, memberBytes: Int = 256 << 20, headerBytes: Int = 1 << 20
  ) {
    (self.members, self.memberBytes, self.headerBytes) = (members, memberBytes, headerBytes)
  }
}

/// Where the files of an archive lie: found by one walk over the headers, the data passed over.
///
/// Reads ustar, pax, GNU long names and binary sizes, and what came before ustar; cost: one read
/// of 512 bytes a member. Folders, links and devices are left out.
package struct TarIndex: Sendable {
  package let members: [TarMember]

  /// Throws for a broken header, a member that the file is too short for, sparse members, and
  /// what passes the limits.
  package init(
    _ source: some RandomAccessBytes, limits: TarLimits = TarLimits()
  ) throws(DatasetError) {
    var walk = TarWalk(source: source, limits: limits)
    var members: [TarMember] = []
    while let member = try walk.next() {
      members.append(member)
      guard members.count <= limits.members else {
        throw .tooLarge(
          path: source.path, what: "members", count: members.count, limit: limits.members)
      }
    }
    self.members = members
  }
}

/// The walk from header to header.
private struct TarWalk<Source: RandomAccessBytes> {
  let source: Source
  let limits: TarLimits
  private var position = 0
  private var global = PaxRecords()
  /// What extended headers said of the next member.
  private var pending = PaxRecords()
  private var longName: String?

  init(source: Source, limits: TarLimits) {
    (self.source, self.limits) = (source, limits)
  }

  /// The next file; nil at the end.
  mutating func next() throws(DatasetError) -> TarMember? {
    while let header = try readHeader() {
      let start = position + TarHeader.blockSize
      switch header.kind {
      case .withoutData:
        position = start
        forget()
      case .sparse: throw member(header.name, "sparse members are not supported; store it whole")
      case .file: return try file(header, start)
      case .longName, .longLink, .extended, .globalExtended:
        try note(header.kind, try announced(header, start))
        position = try end(of: header.size, from: start, header.name)
      }
    }
    return nil
  }

  private mutating func readHeader() throws(DatasetError) -> TarHeader? {
    // The two empty blocks at the end are left out by some writers.
    guard position < source.size else { return nil }
    guard source.size - position >= TarHeader.blockSize else {
      throw damage("the archive ends inside a header")
    }
    let block = try source.read(position..<position + TarHeader.blockSize)
    guard block.contains(where: { $0 != 0 }) else { return nil }
    return try faults { () throws(TarHeader.Fault) in try TarHeader(block) }
  }

  private mutating func file(
    _ header: TarHeader, _ start: Int
  ) throws(DatasetError) -> TarMember {
    var records = global
    records.merge(pending)
    let name = records.path ?? longName ?? header.name
    guard !records.isSparse else {
      throw member(name, "sparse members are not supported; store it whole")
    }
    let size = try faults { () throws(TarHeader.Fault) in try records.size() } ?? header.size
    let next = try end(of: size, from: start, name)
    guard size <= limits.memberBytes else {
      throw .tooLarge(
        path: source.path, what: "bytes of \(name)", count: size, limit: limits.memberBytes)
    }
    position = next
    forget()
    return TarMember(
      name: name.hasPrefix("./") ? String(name.dropFirst(2)) : name, offset: start, size: size)
  }

  /// The bytes of a header that speaks of other headers.
  private func announced(_ header: TarHeader, _ start: Int) throws(DatasetError) -> [UInt8] {
    _ = try end(of: header.size, from: start, header.name)
    guard header.size <= limits.headerBytes else {
      throw .tooLarge(
        path: source.path, what: "bytes of an extended header", count: header.size,
        limit: limits.headerBytes)
    }
    return try source.read(start..<start + header.size)
  }

  private mutating func note(_ kind: TarHeader.Kind, _ bytes: [UInt8]) throws(DatasetError) {
    switch kind {
    case .longName: longName = TarHeader.text(bytes)
    case .extended: pending.merge(try records(bytes))
    case .globalExtended: global.merge(try records(bytes))
    default: break
    }
  }

  private func records(_ bytes: [UInt8]) throws(DatasetError) -> PaxRecords {
    try faults { () throws(TarHeader.Fault) in try PaxRecords(bytes) }
  }

  private mutating func forget() {
    (pending, longName) = (PaxRecords(), nil)
  }

  /// Where the header behind the data begins; the padding of the very last one may be missing.
  private func end(of size: Int, from start: Int, _ name: String) throws(DatasetError) -> Int {
    guard size <= source.size - start else {
      throw member(
        name, "\(size) bytes are announced, the archive ends after \(source.size - start)")
    }
    let blocks = (size + TarHeader.blockSize - 1) / TarHeader.blockSize
    return start + blocks * TarHeader.blockSize
  }

  private func faults<Result>(
    _ work: () throws(TarHeader.Fault) -> Result
  ) throws(DatasetError) -> Result {
    do throws(TarHeader.Fault) { return try work() } catch { throw damage(error.reason) }
  }

  private func damage(_ reason: String) -> DatasetError {
    .damagedArchive(path: source.path, offset: position, reason: reason)
  }

  private func member(_ name: String, _ reason: String) -> DatasetError {
    .member(path: source.path, member: name, reason: reason)
  }
}
