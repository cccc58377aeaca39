import CPNPWire
import VectorSupport

extension VectorProtocol {
  /// PROCESSING, and an ACK with a time and a document, may be anybody's.
  static let cpnp = VectorProtocol(
    CPNPProtocol.definition, CPNPClientMessage.self, CPNPServerMessage.self, directionsOverlap: true)
}

extension VectorCase {
  static let all = Result { try VectorProtocol.cpnp.cases(["cpnp.txt", "cpnp-documents.txt", "cpnp-invalid.txt"]) }
}
