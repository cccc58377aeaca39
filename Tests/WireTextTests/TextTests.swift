import Testing
import Wire
import WireText

@Suite("The readable dump and the annotated octets")
struct TextTests {
  let interpreter = MappingProtocol.interpreter
  let sent =
    MappingProtocol.request + MappingProtocol.ignoredOption + MappingProtocol.filterOption
    + MappingProtocol.keptOption + MappingProtocol.descriptionOption

  @Test("A message as a person reads it")
  func dump() throws {
    let expected = """
      MapRequest
        Version:            2
        R:                  false
        Opcode:             MAP (1)
        Requested Lifetime: 7200 s
        Client Address:     ::ffff:10.0.0.7
        Nonce:              0102030405060708090a0b0c
        Protocol:           UDP (17)
        Internal Port:      8080
        Suggested Port:     0
        Suggested Address:  ::ffff:0.0.0.0
        Options:
          ignored (130): 2 octets abcd
          FILTER (3)
            Prefix Length:  96 bits
            Remote Port:    443
            Remote Address: ::ffff:192.0.2.0
          unknown (225): 3 octets abcdef
          DESCRIPTION (128)
            Text: "Hello"

      """
    #expect(try interpreter.tree("MapRequest", sent).dump() == expected)
  }

  @Test("Every construct as a person reads it")
  func dumpEverything() throws {
    let expected = """
      Everything
        hasName: true
        kind:    Small (1)
        level:   5
        Name:    "Aä"
        Pairs:
          [0]
            x: -2
            y: 1
          [1]
            x: 1
            y: 16777215
        MAC:     00:15:5d:01:02:03
        Address: 192.0.2.1
        One:
          x: 5
          y: 6
        Note:    abcd
        Ports:   80 p, 443 p

      """
    #expect(try KitProtocol.interpreter.tree("Everything", KitProtocol.everythingOctets).dump() == expected)
  }

  @Test("Text cannot change how the rest is shown")
  func hostileText() throws {
    let tree = try KitProtocol.interpreter.tree("Tail", Array("a\u{1B}[2J\"\u{202E}\n".utf8))
    #expect(tree.dump() == "Tail\n  Label: \"a\\u{1b}[2J\\\"\\u{202e}\\u{a}\"\n")
    #expect(try KitProtocol.interpreter.tree("Tail", [0xFF]).dump() == "Tail\n  Label: not UTF-8: ff\n")
  }

  @Test("Octets with what they are")
  func annotation() {
    #expect(interpreter.annotation(direction: 0, sent) == annotatedRequest)
  }

  @Test("Fields of bits, nested members and arrays")
  func annotationOfEverything() {
    let expected = """
      Everything, 38 octets
      0000  05 90
            1... .... .... ....                              hasName     true
            .001 .... .... ....                              kind        Small (1)
            .... 0000 .... ....                              reserved    0
            .... .... 0000 0101                              level       5
      0002  04                                               nameLength  4
      0003  41 c3 a4                                         name        "Aä"
      0006  02                                               pairCount   2
      0007  fe ff                                            pairs[0].x  -2
      0009  00 00 01                                         pairs[0].y  1
      000c  01 00                                            pairs[1].x  1
      000e  ff ff ff                                         pairs[1].y  16777215
      0011  00 15 5d 01 02 03                                mac         00:15:5d:01:02:03
      0017  c0 00 02 01                                      address     192.0.2.1
      001b  05 00                                            one.x       5
      001d  00 00 06                                         one.y       6
      0020  ab cd                                            note        abcd
      0022  00 50                                            ports[0]    80 p
      0024  01 bb                                            ports[1]    443 p

      """
    #expect(KitProtocol.interpreter.annotation(1, KitProtocol.everythingOctets) == expected)
  }

  @Test("Octets with what is wrong with them, as far as they can be told apart")
  func faults() {
    var octets = replacing(MappingProtocol.request, at: 36, with: [18])
    octets += hex("01 00 0004 20010db8 03 00 0040 aabb")
    #expect(interpreter.annotation(direction: 0, octets) == annotatedFaults)
  }

  @Test("Octets that are no message")
  func noMessage() {
    let expected = """
      PCPRequest, 3 octets
      0000  09 01 02                                           not decoded
            ^ error: at 0000 PCPRequest.version: no message has this value [UNSUPP_VERSION]

      """
    #expect(interpreter.annotation(direction: 0, [9, 1, 2]) == expected)
  }
}

/// A request with options of all kinds.
private let annotatedRequest = """
  MapRequest, 112 octets
  0000  02                                               version                          2
  0001  01
        0... ....                                        isResponse                       false
        .000 0001                                        opcode                           MAP (1)
  0002  00 00                                            reserved                         0000
  0004  00 00 1c 20                                      requestedLifetime                7200 s
  0008  00 00 00 00 00 00 00 00 00 00 ff ff 0a 00 00 07  clientAddress                    ::ffff:10.0.0.7
  0018  01 02 03 04 05 06 07 08 09 0a 0b 0c              nonce                            0102030405060708090a0b0c
  0024  11                                               transport                        UDP (17)
  0025  00 00 00                                         reserved                         000000
  0028  1f 90                                            internalPort                     8080
  002a  00 00                                            suggestedPort                    0
  002c  00 00 00 00 00 00 00 00 00 00 ff ff 00 00 00 00  suggestedAddress                 ::ffff:0.0.0.0
  003c  82                                               options[0].code                  130
  003d  00                                               options[0].reserved              00
  003e  00 02                                            options[0].length                2 octets
  0040  ab cd                                            options[0].unknown               ignored
  0042  00 00                                            options[0].padding               0000
  0044  03                                               options[1].code                  FILTER (3)
  0045  00                                               options[1].reserved              00
  0046  00 14                                            options[1].length                20 octets
  0048  00                                               options[1].filter.reserved       00
  0049  60                                               options[1].filter.prefixLength   96 bits
  004a  01 bb                                            options[1].filter.remotePort     443
  004c  00 00 00 00 00 00 00 00 00 00 ff ff c0 00 02 00  options[1].filter.remoteAddress  ::ffff:192.0.2.0
  005c  e1                                               options[2].code                  225 (private)
  005d  07                                               options[2].reserved              07
  005e  00 03                                            options[2].length                3 octets
  0060  ab cd ef                                         options[2].unknown               kept
  0063  01                                               options[2].padding               01
  0064  80                                               options[3].code                  DESCRIPTION (128)
  0065  00                                               options[3].reserved              00
  0066  00 05                                            options[3].length                5 octets
  0068  48 65 6c 6c 6f                                   options[3].description.text      "Hello"
  006d  00 00 00                                         options[3].padding               000000

  """

/// A request with an unknown number, an element cut short and a length that does not fit.
private let annotatedFaults = """
  MapRequest, 74 octets
  0000  02                                               version              2
  0001  01
        0... ....                                        isResponse           false
        .000 0001                                        opcode               MAP (1)
  0002  00 00                                            reserved             0000
  0004  00 00 1c 20                                      requestedLifetime    7200 s
  0008  00 00 00 00 00 00 00 00 00 00 ff ff 0a 00 00 07  clientAddress        ::ffff:10.0.0.7
  0018  01 02 03 04 05 06 07 08 09 0a 0b 0c              nonce                0102030405060708090a0b0c
  0024  12                                               transport            18
        ^ error: at 0024 MapRequest.transport: a number without a meaning [MALFORMED_REQUEST]
  0025  00 00 00                                         reserved             000000
  0028  1f 90                                            internalPort         8080
  002a  00 00                                            suggestedPort        0
  002c  00 00 00 00 00 00 00 00 00 00 ff ff 00 00 00 00  suggestedAddress     ::ffff:0.0.0.0
  003c  01                                               options[0].code      THIRD_PARTY (1)
  003d  00                                               options[0].reserved  00
  003e  00 04                                            options[0].length    4 octets
  0040  20 01 0d b8                                                           not decoded
        ^ error: at 0040 MapRequest.options[0].thirdParty.address: the octets end before it does [MALFORMED_OPTION]
  0044  03                                               options[1].code      FILTER (3)
  0045  00                                               options[1].reserved  00
  0046  00 40                                            options[1].length    64 octets
        ^ error: at 0046 MapRequest.options[1].length: a length that does not fit [MALFORMED_OPTION]
  0048  aa bb                                                                 not decoded
        ^ error: at 0000 MapRequest: not a multiple of the size it must be [MALFORMED_REQUEST]

  """
