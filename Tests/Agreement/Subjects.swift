import EverythingWire
import KitWire
import PCPWire

extension Subject {
  /// Every direction of every schema of the repository that is compiled.
  public static let all: [Subject] = [
    Subject(PCPRequest.self, direction: "request", PCPProtocol.definition),
    Subject(PCPResponse.self, direction: "response", PCPProtocol.definition),
    Subject(NATPMPRequest.self, direction: "request", NATPMPProtocol.definition),
    Subject(NATPMPResponse.self, direction: "response", NATPMPProtocol.definition),
    Subject(KitUp.self, direction: "up", KitProtocol.definition),
    Subject(KitDown.self, direction: "down", KitProtocol.definition),
    Subject(KeywordsUp.self, direction: "up", KeywordsProtocol.definition),
    Subject(KeywordsDown.self, direction: "down", KeywordsProtocol.definition),
  ]
}
