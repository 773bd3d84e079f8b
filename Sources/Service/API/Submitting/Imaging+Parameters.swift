package import Imaging
package import Jobs

extension Expansion {
  package init(_ expand: EditParameters.Expansion) {
    self.init(left: expand.left, top: expand.top, right: expand.right, bottom: expand.bottom)
  }
}

extension MaskOptions {
  package init(_ parameters: EditParameters) {
    self.init(
      semantics: Semantics(rawValue: parameters.maskSemantics.rawValue) ?? .auto,
      inverts: parameters.maskInvert, threshold: Float(parameters.maskThreshold),
      grow: parameters.maskGrow)
  }
}
