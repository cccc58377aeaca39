// Part of the Lua that every dissector has: what Wireshark shows.

extension DissectorRuntime {
  /// The fields that can be filtered by.
  static let fields = #"""
    -- Fields to filter by
    --
    -- Their names are those of the schema behind the protocol's: wg_echo.Ping.hops is member `hops` of message `Ping`.

    local declared = {}

    local function declare(kind, name, ...)
      local field = ProtoField[kind](PREFIX .. name, ...)
      declared[#declared + 1] = field
      return field
    end

    -- What Wireshark shows for numbers with names.
    local function valueStrings(set)
      local strings = {}
      for number, label in pairs(set.labels) do
        if type(number) == "number" then strings[number] = label end
      end
      return next(strings) and strings
    end

    local widths = { "8", "16", "24", "32" }

    local function declareFlags(member, name)
      member.bitFields = {}
      local set, octets = flags[member.flags], member.bits / 8
      for _, bit in ipairs(set.order) do
        local label = set.labels[bit]
        if octets <= 4 then
          member.bitFields[bit] = declare("bool", name .. "." .. set.names[bit], label, member.bits, nil, 2 ^ bit)
        else
          member.bitFields[bit] = declare("bool", name .. "." .. set.names[bit], label)
        end
      end
    end

    local function declareTime(name) return declare("absolute_time", name .. ".time", "Time", base.UTC) end

    local function declareInteger(member, name)
      local kind = (member.isSigned and "int" or "uint") .. (widths[math.ceil(member.bits / 8)] or "64")
      local strings = member.codes and valueStrings(codes[member.codes])
      member.field = declare(kind, name, member.label, member.flags and base.HEX or base.DEC, strings or nil)
      if member.flags then declareFlags(member, name) end
      if member.time then member.timeField = declareTime(name) end
    end

    -- Bits of a group. Of groups of eight octets, whose masks Lua cannot say, the values are worked out here.
    local function declareBits(group, prefix)
      local shift = 8 * group.size
      for _, member in ipairs(group.members) do
        shift = shift - member.bits
        local name, label = prefix .. (member.name or "reserved.bits"), member.label or "Reserved"
        local mask, width = 2 ^ shift * (2 ^ member.bits - 1), 8 * group.size
        member.isMasked, member.isLittle = group.size <= 4, group.isLittle
        if member.isBoolean then
          if not member.isMasked then width, mask = nil, nil end
          member.field = declare("bool", name, label, width, nil, mask)
        else
          local strings = member.codes and valueStrings(codes[member.codes]) or nil
          local kind = "uint" .. (member.isMasked and widths[group.size] or "64")
          member.field = declare(kind, name, label, base.DEC, strings, member.isMasked and mask or nil)
        end
      end
    end

    local addressKinds = { [4] = "ipv4", [6] = "ether", [16] = "ipv6" }
    local declareMember

    local declaring = {
      integer = declareInteger,
      address = function(member, name) member.field = declare(addressKinds[member.size], name, member.label) end,
      octets = function(member, name)
        member.field = declare(member.content and "string" or "bytes", name, member.label)
        if member.prefix then
          member.prefixField = declare("uint" .. (widths[member.prefix / 8] or "64"), name .. ".prefix", "Length", base.DEC)
        end
        if member.terminator then member.endField = declare("bytes", name .. ".terminator", "Terminator") end
        if member.pad then member.endField = declare("bytes", name .. ".pad", "Padding") end
        if member.content == "date" then member.timeField = declareTime(name) end
      end,
      structure = function(member, name) member.field = declare("none", name, member.label) end,
      list = function(member, name) member.field = declare("none", name, member.label) end,
      choice = function(member, name) member.field = declare("string", name, member.label) end,
      array = function(member, name)
        member.field = declare("none", name, member.label)
        if member.terminator then member.endField = declare("bytes", name .. ".terminator", "Terminator") end
        if member.of.kind ~= "structure" then declareMember(member.of, name .. ".value") end
      end,
    }

    function declareMember(member, name)
      declaring[member.kind](member, name)
    end

    local function declareMembers(members, prefix)
      for _, member in ipairs(members) do
        if member.kind == "bits" then
          declareBits(member, prefix)
        elseif member.kind == "reserved" then
          member.field = declare("bytes", prefix .. "reserved", "Reserved")
        else
          declareMember(member, prefix .. member.name)
        end
      end
    end

    -- The header that elements start with has the fields of the family, whichever the element.
    local function shareHeader(body, header)
      for place = 1, body.headerCount do
        local own, shared = body.members[place], header.members[place]
        local fields = { "field", "prefixField", "endField", "timeField", "bitFields" }
        for _, key in ipairs(fields) do own[key] = shared[key] end
        for index, member in ipairs(own.members or {}) do
          local other = shared.members[index]
          member.field, member.isMasked, member.isLittle = other.field, other.isMasked, other.isLittle
        end
      end
    end

    local function declareAll()
      for _, family in ipairs(familyOrder) do
        declareMembers(family.header.members, family.name .. ".")
        family.field = declare("none", family.name, family.name)
        family.paddingField = declare("bytes", family.name .. ".padding", "Padding")
        family.valueField = declare("bytes", family.name .. ".unknown.value", "Value")
        family.header.field, family.header.trailingField = family.field, family.paddingField
      end
      for _, body in ipairs(bodyOrder) do
        body.field = declare("none", body.name, body.label)
        body.trailingField = declare("bytes", body.name .. ".trailing.octets", "Octets left over")
        local own = {}
        for place, member in ipairs(body.members) do
          if place > (body.headerCount or 0) then own[#own + 1] = member end
        end
        declareMembers(own, body.name .. ".")
        if body.headerCount then shareHeader(body, families[body.family].header) end
        for _, derived in ipairs(body.derived or {}) do
          derived.field = declare("bool", body.name .. "." .. derived.name, derived.name)
        end
      end
    end
    """#

  /// The tree.
  static let showing = #"""
    -- Showing what was decoded

    -- More parts of one message than these, and deeper ones, are not shown, lest Wireshark refuse the whole packet.
    local MOST_PARTS, DEEPEST = 200000, 400

    local function range(view, start, count) return view.tvb(view.base + start, count) end

    -- A number as Wireshark's own of 64 bits.
    local function as64(number)
      if type(number) == "table" then return UInt64.new(number.low, number.high) end
      return UInt64.new(number % 2 ^ 32, math.floor(number / 2 ^ 32))
    end

    -- What the range of codes that a number is in says of it.
    local function useOf(member, number)
      local set = codes[member.codes]
      if set.labels[keyOf(number)] then return nil end
      for _, range in ipairs(set.ranges) do
        if range.first <= number and number <= range.last then return range.use end
      end
    end

    -- A time, if it is in a year that can be shown.
    local function showTime(item, field, part, seconds, nanoseconds)
      if seconds < -62167219200 or seconds >= 253402300800 then return end
      item:add(field, part, NSTime.new(seconds, nanoseconds)):set_generated()
    end

    -- A number that is not negative as a quotient and a rest, by 16 bits at a time so that each step is exact.
    local function divide(number, divisor)
      local isWide = type(number) == "table"
      local high, low = isWide and number.high or math.floor(number / 2 ^ 32), isWide and number.low or number % 2 ^ 32
      local quotient, rest = math.floor(high / divisor), high % divisor
      for _, digits in ipairs({ math.floor(low / 65536), low % 65536 }) do
        local left = rest * 65536 + digits
        quotient, rest = quotient * 65536 + math.floor(left / divisor), left % divisor
      end
      return quotient, rest
    end

    -- A number of units since a time.
    local function showEpoch(view, item, node)
      local time, part, field = node.member.time, range(view, node.start, node.count), node.member.timeField
      local seconds, rest = divide(node.value, time.perSecond or 1)
      showTime(item, field, part, time.origin + seconds * (time.seconds or 1), rest * (1e9 / (time.perSecond or 1)))
    end

    -- A field whose value Wireshark reads from the octets itself.
    local function showOctets(view, parent, node)
      local part = range(view, node.start, node.count)
      if node.member.isLittle then return parent:add_le(node.member.field, part) end
      return parent:add(node.member.field, part)
    end

    local function showFlags(view, item, node)
      local member, part = node.member, range(view, node.start, node.count)
      for _, bit in ipairs(flags[member.flags].order) do
        if node.count > 4 then
          item:add(member.bitFields[bit], part, flag(bit, node))
        elseif member.isLittle then
          item:add_le(member.bitFields[bit], part)
        else
          item:add(member.bitFields[bit], part)
        end
      end
    end

    local function showInteger(view, parent, node)
      local member, item = node.member, nil
      if node.shift and not member.isMasked then
        local number = as64(node.value)
        if member.isBoolean then number = node.value == 1 end
        item = parent:add(member.field, range(view, node.start, node.count), number)
      else
        item = showOctets(view, parent, node)
      end
      local use = member.codes and useOf(member, node.value)
      if use then item:append_text(" [" .. use .. "]") end
      if member.unit then item:append_text(" " .. member.unit) end
      if member.timeField then showEpoch(view, item, node) end
      if member.bitFields then showFlags(view, item, node) end
      return item
    end

    -- Text with U+0000 as a visible sign: Wireshark would end it there.
    local function withoutNUL(text)
      if not isUTF8(text) then text = text:gsub("[\128-\255]", "\239\191\189") end
      return (text:gsub("\0", "\226\144\128"))
    end

    -- Octets or text; what stands before the value and behind it has fields of its own.
    local function showVariable(view, parent, node)
      local member, last = node.member, node.valueStart + node.size
      if node.valueStart > node.start then
        local part = range(view, node.start, node.valueStart - node.start)
        if member.isLittle then parent:add_le(member.prefixField, part) else parent:add(member.prefixField, part) end
      end
      local part, item = range(view, node.valueStart, node.size), nil
      if member.content and part:len() > 0 and part:raw():find("\0", 1, true) then
        item = parent:add(member.field, part, withoutNUL(part:raw()))
      elseif member.content then
        item = parent:add_packet_field(member.field, part, ENC_UTF_8)
      else
        item = parent:add(member.field, part)
      end
      if node.size == 0 then item:set_text(member.label .. ": (empty)") end
      if node.seconds then showTime(item, member.timeField, part, node.seconds, 0) end
      local rest = node.start + node.count - last
      if rest > 0 then parent:add(member.endField, range(view, last, rest)) end
      return item
    end

    local showChildren

    -- A part that has parts.
    local function showParts(view, parent, node, depth, field, text)
      local item = parent:add(field, range(view, node.start, node.count))
      if text then item:set_text(text) end
      showChildren(view, depth < DEEPEST and item or parent, node.children, depth + 1)
      return item
    end

    local showing = {
      integer = showInteger,
      octets = showVariable,
      address = showOctets,
      reserved = function(view, parent, node) return (node.shift and showInteger or showOctets)(view, parent, node) end,
      structure = function(view, parent, node, depth)
        local body = bodies[node.member.body]
        return showParts(view, parent, node, depth, node.member.name == "" and body.field or node.member.field, node.member.label)
      end,
      list = function(view, parent, node, depth)
        return showParts(view, parent, node, depth, node.member.field, string.format("%s (%d)", node.member.label, #node.items))
      end,
      choice = function(view, parent, node, depth)
        local item = parent:add(node.member.field, range(view, node.start, node.count), node.case.name)
        node.children[1].item = item
        showChildren(view, depth < DEEPEST and item or parent, node.children[1].children, depth + 1)
        return item
      end,
      array = function(view, parent, node, depth)
        local text = string.format("%s (%d)", node.member.label, #node.items)
        local item = showParts(view, parent, node, depth, node.member.field, text)
        local last = node.items[#node.items]
        local behind = last and last.start + last.count or node.start
        if node.member.endField and not node.cut and behind < node.start + node.count then
          item:add(node.member.endField, range(view, behind, node.start + node.count - behind))
        end
        return item
      end,
    }

    -- What no member is: elements, padding, what is left over, what is derived.
    local function showSpecial(view, parent, node, depth)
      if node.role == "padding" then
        return parent:add(node.family.paddingField, range(view, node.start, node.count))
      elseif node.role == "trailing" then
        return parent:add(view.body.trailingField, range(view, node.start, node.count))
      elseif node.role == "derived" then
        local item = parent:add(node.member.field, range(view, node.start, 0), node.value == 1)
        return item:set_generated()
      elseif node.element then
        return showParts(view, parent, node, depth, node.body.field, node.body.label)
      end
      local item = showParts(view, parent, node, depth, node.family.field, "Unknown " .. node.family.name)
      if node.size and node.size > 0 then item:add(node.family.valueField, range(view, node.valueStart, node.size)) end
      return item
    end

    local function show(view, parent, node, depth)
      local outer = view.body
      if node.body then view.body = node.body end
      local member = not node.role and node.member
      node.item = (member and showing[member.kind] or showSpecial)(view, parent, node, depth)
      view.body = outer
    end

    function showChildren(view, parent, nodes, depth)
      for _, node in ipairs(nodes) do
        view.parts = view.parts + 1
        if view.parts == MOST_PARTS then parent:add(range(view, node.start, 0), "(more is not shown)") end
        if view.parts >= MOST_PARTS then return end
        show(view, parent, node, depth)
      end
    end
    """#

  /// What is wrong, as fields and expert items.
  static let violations = #"""
    -- What is wrong

    local reasons = {
      truncated = "the octets end before it does", constant = "not the value it must have", range = "out of range",
      code = "a number without a meaning", reserved = "reserved, but not as it must be", text = "not well-formed text",
      length = "a length that does not fit", padding = "padding that is not zero",
      unknownElement = "unknown, and must be understood", missing = "missing", excess = "more often than allowed", rule = "rule",
      trailing = "octets left over", tooLong = "larger than allowed", notMultiple = "not a multiple of the size it must be",
      depth = "nested too deep", order = "out of order", checksum = "not the checksum of the octets",
      noMessage = "no message has this value",
    }

    local groups = { truncated = "MALFORMED", length = "MALFORMED", depth = "MALFORMED", checksum = "CHECKSUM" }

    -- One expert item for each kind of error, and one for those that may be warnings.
    local experts = { ERROR = {}, WARN = {} }
    for kind, reason in pairs(reasons) do
      local group = expert.group[groups[kind] or "PROTOCOL"]
      experts.ERROR[kind] = ProtoExpert.new(PREFIX .. "error." .. kind, reason, group, expert.severity.ERROR)
      experts.WARN[kind] = ProtoExpert.new(PREFIX .. "warning." .. kind, reason, group, expert.severity.WARN)
    end

    local codeNames = errorCodes and valueStrings(codes[errorCodes]) or nil
    local violationFields = {
      text = ProtoField.string(PREFIX .. "violation", "Violation"),
      kind = ProtoField.string(PREFIX .. "violation.kind", "Kind"),
      severity = ProtoField.string(PREFIX .. "violation.severity", "Severity"),
      offset = ProtoField.uint32(PREFIX .. "violation.offset", "Offset"),
      path = ProtoField.string(PREFIX .. "violation.path", "Path"),
      code = ProtoField.uint64(PREFIX .. "violation.code", "Code", base.DEC, codeNames),
      rule = ProtoField.string(PREFIX .. "violation.rule", "Rule"),
    }

    local function describe(violation)
      local text = string.format("offset %d: %s: %s", violation.offset, violation.path, reasons[violation.kind])
      if violation.rule then text = text .. " '" .. violation.rule .. "' does not hold" end
      if violation.code then
        local label = errorCodes and codes[errorCodes].labels[keyOf(violation.code)]
        text = text .. " [" .. (label or string.format("%d", violation.code)) .. "]"
      end
      return text
    end

    -- One violation as fields, at the end of what is shown of the message, and as an expert item where it is.
    local function showViolation(view, item, violation)
      local text = describe(violation)
      local function add(parent, name, shown)
        return parent:add(violationFields[name], range(view, 0, 0), shown):set_generated()
      end
      local entry = add(item, "text", text)
      add(entry, "kind", violation.kind)
      add(entry, "severity", violation.isWarning and "warning" or "error")
      add(entry, "offset", violation.offset)
      add(entry, "path", violation.path)
      if violation.code then add(entry, "code", as64(violation.code)) end
      if violation.rule then add(entry, "rule", violation.rule) end
      local kinds = violation.isWarning and experts.WARN or experts.ERROR
      local place = violation.node and violation.node.item or item
      place:add_proto_expert_info(kinds[violation.kind], text)
    end

    -- Those that are known, and how many more there are.
    local function showViolations(view, item, violations, hidden)
      for _, violation in ipairs(violations) do showViolation(view, item, violation) end
      if hidden > 0 then item:add(range(view, 0, 0), string.format("(%d more violations are not shown)", hidden)) end
    end
    """#
}
