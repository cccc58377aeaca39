/// A fault that an emitter could have: the text it emits is changed so that the fault can be switched on when it runs.
struct Fault {
  /// What is wrong then.
  var name: String
  /// What is looked for in the text, and what stands there instead; `#` asks whether the fault is switched on.
  var changes: [(pattern: String, template: String)]

  init(_ name: String, _ changes: (String, String)...) {
    self.name = name
    self.changes = changes.map { (pattern: $0.0, template: $0.1) }
  }

  /// None of them reads what is not there: that would trap, and be found by the first input.
  static let all = [
    Fault(
      "bounds: one octet more is asked for",
      (#"if octets\.byteCount < (\d+) \{"#, "if octets.byteCount < $1 + (# ? 1 : 0) {")),
    Fault(
      "sign: a number is read without it",
      (
        #"Int64\(bitPattern: octets\.big\((\w+), count: 3\) &<< 40\) &>> 40"#,
        "(# ? Int64(octets.big($1, count: 3)) : Int64(bitPattern: octets.big($1, count: 3) &<< 40) &>> 40)"
      )),
    Fault(
      "byte order: the other one",
      (
        #"octets\.little\((\w+), as: Int16\.self\)"#,
        "(# ? octets.big($1, as: Int16.self) : octets.little($1, as: Int16.self))"
      )),
    Fault("bits: shifted by one less", (#"&>> 5\) & 0x7"#, "&>> (# ? 4 : 5)) & 0x7")),
    Fault("range: the upper end is left out", (#"> 1000 \{"#, "> (# ? 999 : 1000) {")),
    Fault("range: the lower end is not looked at", (#"< -5 \|\|"#, "< (# ? -32768 : -5) ||")),
    Fault("codes: a number without a name passes", (#"if Check\.isNil\(Color\((.*)\)\) \{"#, "if !#, Check.isNil(Color($1)) {")),
    Fault("severity: a warning is an error", ("isWarning: true", "isWarning: !#")),
    Fault(
      "protocol code: another one",
      (#"code: PlantedProtocol\.Errors\.own\)"#, "code: # ? PlantedProtocol.Errors.general : PlantedProtocol.Errors.own)")),
    Fault(
      "offset: one too far",
      (#"at: offset &\+ element\.valueEnd, "padding""#, #"at: offset &+ element.valueEnd &+ (# ? 1 : 0), "padding""#)),
    Fault("path: indices count from 1", (#"check\.move\(to: index\)"#, "check.move(to: index &+ (# ? 1 : 0))")),
    Fault("unknown: a range ends one sooner", (#"\(100\.\.\.199\)\.contains"#, "(100...(# ? 198 : 199)).contains")),
    Fault("unknown: a policy holds in every direction", (#"check\.direction == 1\)"#, "(check.direction == 1 || #))")),
    Fault(
      "unknown: kept elements are lost",
      (#"unknown\.append\(element\.kept\(from: octets\)\)"#, "if !# { unknown.append(element.kept(from: octets)) }")),
    Fault("cardinality: one more may occur", (#"maximum: (\d)\)"#, "maximum: $1 + (# ? 1 : 0))")),
    Fault("cardinality: none need occur", ("minimum: 1,", "minimum: # ? 0 : 1,")),
    Fault("padding: its octets are not looked at", (#"if !octets\.isFilled\("#, "if !# && !octets.isFilled(")),
    Fault(
      "alignment: to the next but one",
      (#"end: start &\+ \(\(value &\+ size &- start &\+ 3\)"#, "end: start &+ ((value &+ size &- start &+ (# ? 7 : 3))")),
    Fault("length: the constant in it is left out", ("let size = counted &- 1", "let size = counted &- (# ? 0 : 1)")),
    Fault(
      "order of checks: length before unknown policy",
      (
        #"( +)let kind: Int\n( +)switch element\.tag \{\n( +)case (\d): kind"#,
        "$1if # { try PlantedItem.extent(of: element, octets, offset: offset, &check) }\n$1let kind: Int\n$2switch element.tag {\n$3case $4: kind"
      ),
      (#"\n      try (PlantedItem\.extent\(.*\))\n"#, "\n      if !# { try $1 }\n")),
    Fault("order of elements: not looked at", (#"if (.*) \{\n(.*\.order,)"#, "if $1, !# {\n$2")),
    Fault("order of elements: lost in encoding", ("in 0..<order.kinds.count", "in 0..<(# ? 0 : order.kinds.count)")),
    Fault("rule: not asked", (#"if !\((.*<= 5000.*)\) \{"#, "if !# && !($1) {")),
    Fault(
      "rule: asked although a member is wrong",
      (#"if check\.isClean\(since: errors\) \{"#, "if # || check.isClean(since: errors) {")),
    Fault("unique: never found out", (#"if !seen\.insert\((.*)\)\.inserted"#, "if !seen.insert($1).inserted, !#")),
    Fault("presence: from one later on", (#"layout\.(\w+) = (.*) >= 4"#, "layout.$1 = $2 >= (# ? 5 : 4)")),
    Fault(
      "terminator: taken for a part of the text",
      (#"octets\.text\((.*) &\+ 1\)\)\)"#, "octets.text($1 &+ (# ? 0 : 1))))")),
    Fault("text: not looked at", (#"if !octets\.isASCII"#, "if !# && !octets.isASCII")),
    Fault("checksum: not compared", (#"!= octets\.crc16\((.*)\) \{"#, "!= octets.crc16($1) && !# {")),
    Fault("count: one value less is read", (#"< pointsTotal \{"#, "< pointsTotal &- (# ? 1 : 0) {")),
    Fault("depth: one more is let in", ("limit: 3", "limit: # ? 4 : 3")),
  ]
}
