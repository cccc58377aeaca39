import PCPWire
import Testing
import VectorSupport
import Wire
import WireText

/// A protocol under test: its generated types by name, and the interpreter that they are held against.
struct TestedProtocol: Sendable {
  let text: WireTextProtocol
  let types: [String: any WireBody.Type]
  let directions: [String: any WireMessages.Type]

  init(_ types: [any WireBody.Type], _ directions: [String: any WireMessages.Type]) {
    text = WireTextProtocol.of(types[0].definition)
    self.types = Dictionary(uniqueKeysWithValues: types.map { ("\($0.wireName)", $0) })
    self.directions = directions
  }

  var interpreter: Interpreter { text.interpreter }

  static let pcp = TestedProtocol(
    [
      AnnounceRequest.self, MapRequest.self, PeerRequest.self, AnnounceResponse.self, MapResponse.self,
      PeerResponse.self, MapErrorResponse.self, PeerErrorResponse.self, ErrorResponse.self, PacketStart.self,
      RequestHeader.self, ResponseHeader.self, MapData.self, MapAnswer.self, PeerData.self, PeerAnswer.self,
      ThirdPartyOption.self, PreferFailureOption.self, FilterOption.self, ThirdPartyIDOption.self,
      DescriptionOption.self, Prefix64Option.self, PortSetOption.self, IPv4PrefixList.self, IPv4Prefix.self,
    ], ["request": PCPRequest.self, "response": PCPResponse.self])

  static let natpmp = TestedProtocol(
    [
      ExternalAddressRequest.self, MapUDPRequest.self, MapTCPRequest.self, ExternalAddressResponse.self,
      MapUDPResponse.self, MapTCPResponse.self, UnsupportedVersionResponse.self, NATPMPRequestHeader.self,
      NATPMPResponseHeader.self, NATPMPMapping.self, NATPMPMapped.self,
    ], ["request": NATPMPRequest.self, "response": NATPMPResponse.self])
}

/// A vector with the file it is from and the protocol it is of, named for the test's report.
struct VectorCase: Sendable, CustomTestStringConvertible {
  let file: String
  let vector: Vector

  var tested: TestedProtocol { file == "natpmp.txt" ? .natpmp : .pcp }
  var testDescription: String { "\(file):\(vector.line) \(vector.name)" }

  static let all: [VectorCase] = ["pcp-flow-examples.txt", "pcp-options.txt", "pcp-invalid.txt", "natpmp.txt"]
    .flatMap { file in (try? Vector.read(file))?.map { VectorCase(file: file, vector: $0) } ?? [] }

  static let valid = all.filter { $0.vector.message != nil }
  static let invalid = all.filter { $0.vector.message == nil }
}

/// What generated code and interpreter say of octets, in one form.
struct Verdict: Equatable, CustomStringConvertible {
  var kind: WireError.Kind
  var severity: WireError.Severity
  var offset: Int
  var path: String
  var code: UInt64?
  var rule: String

  init(_ error: WireError) {
    kind = error.kind
    severity = error.severity
    offset = error.offset
    path = error.path.description
    code = error.code.value.map(UInt64.init)
    rule = error.rule.description
  }

  init(_ violation: Violation) {
    kind = violation.kind
    severity = violation.severity
    offset = violation.offset
    path = violation.path
    code = violation.code
    rule = violation.rule ?? ""
  }

  var description: String { "\(kind.name) \(severity) at \(offset) \(path) code \(code.map { "\($0)" } ?? "-") \(rule)" }
}
