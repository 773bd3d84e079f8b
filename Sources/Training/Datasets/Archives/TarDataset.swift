package import Imaging

/// Tar files whose members belong together by name, as WebDataset lays them out.
///
/// A key is the member's path up to the first dot behind the last slash; `.jpg`, `.jpeg` or `.png`
/// is the picture, `.txt` or `.json` its caption, `.mask.png` its hole. Other members are passed
/// over; a key without a picture too, one without a caption or with two pictures is refused.
package struct TarDataset: Dataset {
  private let shards: [FileBytes]
  private let groups: [Group]
  private let imageLimits: ImageLimits

  /// The members of one picture.
  fileprivate struct Group: Sendable {
    var shard: Int
    var key: String
    var picture: TarMember?
    var text: TarMember?
    var json: TarMember?
    var mask: TarMember?
  }

  /// Indexes every archive, in the order given.
  package init(
    paths: [String], limits: TarLimits = TarLimits(), imageLimits: ImageLimits = ImageLimits()
  ) throws(DatasetError) {
    var shards: [FileBytes] = []
    var groups: [Group] = []
    for path in paths {
      let file = try FileBytes(path: path)
      groups += try Self.groups(of: try TarIndex(file, limits: limits), shards.count, path)
      shards.append(file)
    }
    (self.shards, self.groups, self.imageLimits) = (shards, groups, imageLimits)
  }

  package var count: Int? { groups.count }

  private static func groups(
    of index: TarIndex, _ shard: Int, _ path: String
  ) throws(DatasetError) -> [Group] {
    var groups: [Group] = []
    var places: [String: Int] = [:]
    for member in index.members {
      let (key, ending) = split(member.name)
      let place = places[key] ?? groups.count
      if place == groups.count {
        places[key] = place
        groups.append(Group(shard: shard, key: key))
      }
      guard groups[place].take(member, ending) else {
        throw .member(path: path, member: member.name, reason: "'\(key)' has this part twice")
      }
    }
    let pictures = groups.filter { $0.picture != nil }
    if let bare = pictures.first(where: { $0.text == nil && $0.json == nil }) {
      throw .member(
        path: path, member: bare.picture?.name ?? bare.key,
        reason: "has no caption; add \(bare.key).txt or \(bare.key).json")
    }
    return pictures
  }

  /// The key and what follows its dot, in lower case.
  private static func split(_ name: String) -> (key: String, ending: String) {
    let base = name.lastIndex(of: "/").map { name.index(after: $0) } ?? name.startIndex
    guard let dot = name[base...].firstIndex(of: ".") else { return (name, "") }
    return (String(name[..<dot]), name[name.index(after: dot)...].lowercased())
  }

  package func example(at index: Int) throws(DatasetError) -> CaptionedPicture {
    try check(index)
    let group = groups[index]
    guard let member = group.picture else { throw .outOfRange(index: index, count: groups.count) }
    let file = shards[group.shard]
    var mask: (name: String, bytes: [UInt8])?
    if let member = group.mask { mask = (member.name, try file.read(member)) }
    return try CaptionedParts(
      path: file.path, key: group.key, picture: (member.name, try file.read(member)),
      caption: try caption(group, file), mask: mask
    ).decoded(limits: imageLimits)
  }

  private func caption(_ group: Group, _ file: FileBytes) throws(DatasetError) -> String {
    guard let member = group.text ?? group.json else { return "" }
    let bytes = try file.read(member)
    do throws(CaptionText.Fault) {
      return try group.text != nil ? CaptionText.plain(bytes) : CaptionText.json(bytes)
    } catch {
      throw .member(path: file.path, member: member.name, reason: error.reason)
    }
  }
}

extension TarDataset.Group {
  /// Puts a member in its place; false where there is one already.
  fileprivate mutating func take(_ member: TarMember, _ ending: String) -> Bool {
    switch ending {
    case "jpg", "jpeg", "png": Self.fill(&picture, member)
    case "txt": Self.fill(&text, member)
    case "json": Self.fill(&json, member)
    case "mask.png": Self.fill(&mask, member)
    default: true
    }
  }

  private static func fill(_ place: inout TarMember?, _ member: TarMember) -> Bool {
    guard place == nil else { return false }
    place = member
    return true
  }
}

extension FileBytes {
  fileprivate func read(_ member: TarMember) throws(DatasetError) -> [UInt8] {
    try read(member.offset..<member.offset + member.size)
  }
}
