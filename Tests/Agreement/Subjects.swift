import CPNPWire
import CUSPWire
import DHCPv6Wire
import DiameterWire
import EverythingWire
import KitWire
import PCPWire
import RADIUSWire
import STUNWire
import VariablesWire

extension Subject {
  /// Every direction of every schema of the repository that is compiled.
  public static let all: [Subject] = [
    Subject(PCPRequest.self, direction: "request", PCPProtocol.definition),
    Subject(PCPResponse.self, direction: "response", PCPProtocol.definition),
    Subject(NATPMPRequest.self, direction: "request", NATPMPProtocol.definition),
    Subject(NATPMPResponse.self, direction: "response", NATPMPProtocol.definition),
    Subject(CUSPControlPlane.self, direction: "controlPlane", CUSPProtocol.definition, rounds: 60),
    Subject(CUSPUserPlane.self, direction: "userPlane", CUSPProtocol.definition, rounds: 60),
    Subject(CPNPClientMessage.self, direction: "clientMessage", CPNPProtocol.definition, rounds: 27),
    Subject(CPNPServerMessage.self, direction: "serverMessage", CPNPProtocol.definition, rounds: 12),
    Subject(KitUp.self, direction: "up", KitProtocol.definition),
    Subject(KitDown.self, direction: "down", KitProtocol.definition),
    Subject(MembersOut.self, direction: "out", MembersProtocol.definition),
    Subject(MembersBack.self, direction: "back", MembersProtocol.definition),
    Subject(EverythingRequest.self, direction: "request", EverythingProtocol.definition),
    Subject(EverythingAnswer.self, direction: "answer", EverythingProtocol.definition),
    Subject(EverythingStream.self, direction: "stream", EverythingProtocol.definition),
    Subject(KeywordsUp.self, direction: "up", KeywordsProtocol.definition),
    Subject(KeywordsDown.self, direction: "down", KeywordsProtocol.definition),
    Subject(STUNMessage.self, direction: "message", STUNProtocol.definition),
    Subject(DHCPv6Client.self, direction: "client", DHCPv6Protocol.definition, rounds: 60),
    Subject(DHCPv6Server.self, direction: "server", DHCPv6Protocol.definition, rounds: 60),
    Subject(RADIUSRequest.self, direction: "request", RADIUSProtocol.definition),
    Subject(RADIUSResponse.self, direction: "response", RADIUSProtocol.definition),
    Subject(DiameterRequest.self, direction: "request", DiameterProtocol.definition, rounds: 60),
    Subject(DiameterAnswer.self, direction: "answer", DiameterProtocol.definition, rounds: 24),
    Subject(VariablesUp.self, direction: "up", VariablesProtocol.definition),
    Subject(VariablesDown.self, direction: "down", VariablesProtocol.definition),
  ]
}
