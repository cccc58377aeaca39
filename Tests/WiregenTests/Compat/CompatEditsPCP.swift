/// Edits of the schema of PCP.
let pcpEdits: [CompatEdit] = [
  CompatEdit(
    "PCP: rename the lifetime of responses", #"name="lifetime" type="u32" unit="s" label="Lifetime""#,
    #"name="grantedLifetime" type="u32" unit="s" label="Lifetime""#,
    """
    SOURCE TEXT: ResponseHeader.lifetime, AnnounceResponse.lifetime, MapResponse.lifetime, PeerResponse.lifetime, \
    MapErrorResponse.lifetime, PeerErrorResponse.lifetime, ErrorResponse.lifetime: it is called 'grantedLifetime' instead
    """),
  CompatEdit(
    "PCP: shorter nonces", #"size="12" label="Mapping Nonce""#, #"size="8" label="Mapping Nonce""#,
    "WIRE SOURCE: MapData.nonce, PeerData.nonce, MapRequest.nonce, PeerRequest.nonce: octets of 12 becomes octets of 8",
    "WIRE SOURCE: MapAnswer.nonce, PeerAnswer.nonce, MapResponse.nonce, PeerResponse.nonce: octets of 12 becomes octets of 8"),
  CompatEdit(
    "PCP: a registered protocol", #"<code name="dccp""#, #"<code name="gre" value="47" label="GRE"/> <code name="dccp""#,
    "SOURCE TEXT: TransportProtocol.gre: a new code, 47"),
  CompatEdit(
    "PCP: one filter", #"<allow tlv="filter" occurs="0..*"/>"#, #"<allow tlv="filter" occurs="0..1"/>"#,
    "VALIDATION(stricter) SOURCE: MapRequest.options.filter: the most is 1 now",
    "VALIDATION(stricter) SOURCE: MapResponse.options.filter: the most is 1 now"),
  CompatEdit(
    "PCP: no descriptions", #"<allow tlv="description" occurs="0..1"/>"#, "",
    "VALIDATION(looser) SOURCE TEXT: MapRequest.options.description: \(isUnknown)",
    "VALIDATION(looser) SOURCE TEXT: PeerRequest.options.description: \(isUnknown)",
    "VALIDATION(looser) SOURCE TEXT: MapResponse.options.description: \(isUnknown)",
    "VALIDATION(looser) SOURCE TEXT: PeerResponse.options.description: \(isUnknown)"),
  CompatEdit(
    "PCP: keep unknown options of servers", #"<unknown from="0" to="127" direction="response" action="ignore"/>"#,
    #"<unknown from="0" to="127" direction="response" action="keep"/>"#,
    "TEXT: Option.unknown: unknown elements from code 0 from response are kept instead of ignored"),
  CompatEdit(
    "PCP: another error for unknown options", #"action="reject" error="unsuppOption""#,
    #"action="reject" error="malformedOption""#,
    """
    VALIDATION(code): Option.unknown: the protocol code of unknown elements from code 0 from request, 'unsuppOption' becomes \
    'malformedOption'
    """),
  CompatEdit(
    "PCP: mappings of all ports to a peer",
    #"<rule name="oneInternalPort" test="internalPort != 0" spec="RFC 6887 section 12.1"/>"#, "",
    "VALIDATION(looser): PeerRequest.oneInternalPort: the rule is gone"),
  CompatEdit(
    "PCP: a new option",
    also: [
      (
        #"<tlv name="portSet" code="130""#,
        #"<tlv name="quota" code="131"> <field name="limit" type="u16"/> </tlv> <tlv name="portSet" code="130""#
      ),
      (#"<range from="131""#, #"<range from="132""#),
      (#"<allow tlv="filter" occurs="0..*"/>"#, #"<allow tlv="filter" occurs="0..*"/> <allow tlv="quota" occurs="0..1"/>"#),
    ],
    "SOURCE: Option.quota: a new element, code 131, which switches over all codes lack",
    "harmless: OptionCode: the range 131 to 191 (unassigned) becomes 132 to 191 (unassigned)",
    "VALIDATION(stricter) TEXT: MapRequest.options.quota: the list allows it now; it was an unknown one with code 131, kept",
    "VALIDATION(stricter) TEXT: MapResponse.options.quota: the list allows it now; it was an unknown one with code 131, kept"
  ).trying(
    "MapRequest",
    """
    0201 0000 00000E10 00000000000000000000FFFFC0000201 000102030405060708090A0B 11000000 1F90 0000 \
    00000000000000000000FFFF00000000 83000000
    """),
  CompatEdit(
    "PCP: another code for an option",
    also: [
      (#"<tlv name="prefix64" code="129""#, #"<tlv name="prefix64" code="131""#), (#"<range from="131""#, #"<range from="132""#),
    ],
    "WIRE: Option.prefix64: the code 129 becomes 131",
    #"RETIRED: Option.prefix64: the code 129 has no meaning any more; put it into a <range use="retired">"#,
    "harmless: OptionCode: the range 131 to 191 (unassigned) becomes 132 to 191 (unassigned)"),
]

private let isUnknown = "the list does not allow it any more; it is an unknown one with code 128, kept"
