/// Every flow of the seed (draft-boucadair-pcp-flow-examples-00, sections 2 to 9).
extension Scenario {
  static let all = mapping + refusals + changes + options + others

  /// Figures that are no messages, with the reason.
  static let exceptions: [Int: String] = [
    1: "a diagram: MAP, and its answer",
    12: "a diagram: MAP of two clients",
    23: "a diagram: a TCP connection, then MAP",
    35: "a diagram: an announcement, then MAP",
    54: "a diagram: ANNOUNCE, and its answer",
    57: "a diagram: PEER, and its answer",
    64: "a diagram: a TCP connection, then PEER",
  ]

  /// Figures that our programs do not follow to the letter, with the reason. Two more print a code that RFC 6887 section 7.4 has
  /// not: "0x02" for 3 (Figure 29) and "0x11" for 11 (Figure 22).
  static let differences: [Int: String] = [
    4: "not sent by our client, which suggests an address of its own family where any will do; answered",
    6: "sent with zeros, as RFC 6887 section 15.1 wants a deletion's suggestion; taken as printed too",
    7: "the answer to that, which copies it",
    18: refusal,
    20: "PREFER_FAILURE is in the answer, as every option that was processed (RFC 6887 section 8.2)",
    22: refusal,
    28: "not sent by our client, which says that it is malformed; refused",
    29: refusal,
    31: refusal,
    33: refusal,
    34:
      "the Epoch Time is 0 after a change of the external address (RFC 6887 section 8.5), and the second time a second has passed",
    38: "the Epoch Time is up to 5: a client waits so long before it asks again (RFC 6887 section 14.1.3)",
    40: refusal + "; the reserved octets are 0, for the request itself can be parsed (RFC 6887 section 7.2)",
    46: refusal,
    47: "not sent by our client, which says that it is malformed; refused",
    48: refusal,
    52: "printed as the answer to Figure 51, and here the answer to Figure 53 too, with its second option",
    61: refusal,
    63: refusal,
    69: "not sent by our client, which never spoke version 1; refused",
    70: refusal + "; the reserved octets are those of the request, which cannot be parsed (RFC 6887 section 7.2)",
  ]

  private static let refusal = "the request is copied whole (RFC 6887 section 8.2), and a refusal lasts (section 7.4)"
}
