/// What is written into a result beside its pixels: nothing that differs from run to run.
package struct ImageMetadata: Sendable, Hashable {
  /// One text under a key: iTXt in PNG, a comment "key: value" in JPEG.
  package struct Text: Sendable, Hashable {
    /// 1 to 79 printable ASCII characters.
    package let key: String
    package let value: String

    package init(key: String, value: String) {
      self.key = key
      self.value = value
    }
  }

  package var texts: [Text]
  /// Whether an XMP packet says that a trained model painted a part of the picture.
  package var declaresSyntheticPart: Bool

  package init(texts: [Text] = [], declaresSyntheticPart: Bool = true) {
    self.texts = texts
    self.declaresSyntheticPart = declaresSyntheticPart
  }

  /// IPTC Photo Metadata, "Digital Source Type"; XMP part 1, section 7.
  static let provenancePacket = """
    <?xpacket begin="\u{FEFF}" id="W5M0MpCehiHzreSzNTczkc9d"?>
    <x:xmpmeta xmlns:x="adobe:ns:meta/">
    <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
    <rdf:Description rdf:about="" \
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" \
    Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/\
    compositeWithTrainedAlgorithmicMedia"/>
    </rdf:RDF>
    </x:xmpmeta>
    <?xpacket end="w"?>
    """

  func check() throws(ImagingError) {
    for text in texts {
      let key = text.key.utf8
      guard (1...79).contains(key.count), key.allSatisfy({ (0x20...0x7E).contains($0) }),
        key.first != 0x20, key.last != 0x20
      else {
        throw .invalidParameter(
          name: "metadata", reason: "a key must be 1 to 79 printable ASCII characters")
      }
      guard !text.value.utf8.contains(0) else {
        throw .invalidParameter(name: "metadata", reason: "a text may not contain a null")
      }
    }
  }
}
