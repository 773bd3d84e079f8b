/// Where the judges come from.
package struct JudgeSources: Sendable, Equatable {
  package enum Source: Sendable, Equatable {
    /// The folder's own subfolder of the judge's name, if it is there.
    case standard
    case off
    /// A judge's folder.
    case path(String)

    /// Reads `off` or a path.
    package init(_ text: String) {
      self = text == "off" ? .off : .path(text)
    }
  }

  /// The folder with the subfolders `aesthetic`, `alignment`, `coherence`; `nil` is none.
  package var folder: String?
  package var aesthetic = Source.standard
  package var alignment = Source.standard
  package var coherence = Source.standard

  package init(folder: String? = nil) {
    self.folder = folder
  }

  package subscript(judge: JudgeKind) -> Source {
    get {
      switch judge {
      case .aesthetic: aesthetic
      case .alignment: alignment
      case .coherence: coherence
      }
    }
    set {
      switch judge {
      case .aesthetic: aesthetic = newValue
      case .alignment: alignment = newValue
      case .coherence: coherence = newValue
      }
    }
  }
}
