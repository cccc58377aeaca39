import PCPWire
import VectorSupport

extension VectorProtocol {
  static let pcp = VectorProtocol(PCPProtocol.definition, PCPRequest.self, PCPResponse.self)
  static let natpmp = VectorProtocol(NATPMPProtocol.definition, NATPMPRequest.self, NATPMPResponse.self)
}

extension VectorCase {
  static let all = Result {
    try VectorProtocol.pcp.cases(["pcp-flow-examples.txt", "pcp-options.txt", "pcp-invalid.txt"])
      + VectorProtocol.natpmp.cases(["natpmp.txt"])
  }
}
