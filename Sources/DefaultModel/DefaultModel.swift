/// The embedded editor: a model folder that is built into the package as a resource.
package enum DefaultModel {
  /// What receipts and lists call it.
  package static let name = "byteedit-embedded"
  /// Where the build puts the folder, relative to the executable.
  package static let bundledPath = "byteedit_DefaultModel.resources/Model"
  /// Where an installation keeps it, relative to the executable.
  package static let installedPath = "../share/byteedit/Model"
}
