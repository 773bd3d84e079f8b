/// The embedded editor and its judges: folders that are built into the package as resources.
package enum DefaultModel {
  /// What receipts and lists call it.
  package static let name = "byteedit-embedded"
  /// Where the build puts the folder, relative to the executable.
  package static let bundledPath = "byteedit_DefaultModel.resources/Model"
  /// Where an installation keeps it, relative to the executable.
  package static let installedPath = "../share/byteedit/Model"
  /// The judges' folder, built and installed; its subfolders need not be there.
  package static let bundledJudgesPath = "byteedit_DefaultModel.resources/Judges"
  package static let installedJudgesPath = "../share/byteedit/Judges"
}
