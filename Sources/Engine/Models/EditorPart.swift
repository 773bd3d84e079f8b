/// The parts of an editor that have weights, by the names of their folders.
package enum EditorPart: String, Sendable, CaseIterable {
  case textEncoder = "text_encoder"
  case unet
  case autoencoder = "vae"
}
