// Part of the Lua that every dissector has: packets, streams and ports.

extension DissectorRuntime {
  /// Packets.
  static let dissecting = #"""
    -- Dissecting packets

    local messageFields = {
      name = ProtoField.string(PREFIX .. "message", "Message"),
      direction = ProtoField.string(PREFIX .. "direction", "Direction"),
    }

    local function isAmong(list, wanted)
      for _, entry in ipairs(list) do
        if entry == wanted then return true end
      end
      return false
    end

    -- Directions in which a packet may travel, the likelier first, by its ports and by what the user says.
    local function directionsOf(pinfo)
      local chosen = #directions > 1 and preferences.direction or 0
      if chosen > 0 then return { directions[chosen] } end
      local transport = pinfo.port_type == 2 and "tcp" or "udp"
      local there, back, others = {}, {}, {}
      for _, direction in ipairs(directions) do
        local ports = direction[transport]
        local kind = isAmong(ports, pinfo.dst_port) and there or isAmong(ports, pinfo.src_port) and back or others
        kind[#kind + 1] = direction
      end
      if #there > 0 and #back + #others > 0 then return there end
      -- What comes from the port of a direction answers it.
      if #there == 0 and #back > 0 and #others > 0 then return others end
      return directions
    end

    -- The first direction that has a message with these octets, and the message.
    local function choose(candidates, octets)
      for _, direction in ipairs(candidates) do
        local body = chooseMessage(direction, octets)
        if body then return direction, body end
      end
      return candidates[1], nil
    end

    local function announce(pinfo, text)
      pinfo.cols.protocol = NAME
      pinfo.cols.info:set(text .. " ")
      -- What comes later in the same packet is written behind it.
      pinfo.cols.info:fence()
    end

    -- Shows a message, `size` octets from `offset` on. Of octets that were not captured wholly nothing is said to be wrong.
    local function dissectMessage(tvb, pinfo, tree, offset, size, isWhole)
      local octets = size > 0 and tvb:raw(offset, size) or ""
      local direction, body = choose(directionsOf(pinfo), octets)
      local item = tree:add(protocol, tvb(offset, size))
      local view = { tvb = tvb, base = offset, parts = 0 }
      local violations, hidden
      if body then
        local node
        node, violations, hidden = decodeMessage(body, octets)
        item:append_text(", " .. body.label)
        item:add(messageFields.name, tvb(offset, 0), body.name):set_generated()
        item:add(messageFields.direction, tvb(offset, 0), direction.name):set_generated()
        node.item, view.body = item:add(body.field, tvb(offset, size)), body
        showChildren(view, node.item, node.children, 1)
      else
        violations, hidden = { (noMessage(direction, octets)) }, 0
      end
      if isWhole then
        showViolations(view, item, violations, hidden)
      else
        item:append_text(" (not wholly there)")
      end
      announce(pinfo, (body and body.label or "Unknown message") .. (isWhole and #violations > 0 and " (in error)" or ""))
    end
    """#

  /// Messages in streams.
  static let streams = #"""
    -- Messages in streams

    local function framingOf(candidates)
      for _, direction in ipairs(candidates) do
        if direction.framing then return direction.framing end
      end
    end

    -- The octets of the message at the start of those that are there; nil when too few are there to say so. A second result says
    -- what is wrong with them.
    local function frameSize(framing, octets)
      if #octets < framing.headerSize then return nil end
      local header = bodies[framing.header]
      local run = newRun(octets:sub(1, framing.headerSize), header.name, nil)
      local node = composite(run)
      decodeBody(run, { node = node, body = header, code = header.code, errorsBefore = 0, isHeader = true })
      local size = plain(framing.size(node, 0))
      if size >= framing.min and size <= framing.max and size % framing.multiple == 0 then return size end
      local member = node.named[framing.member]
      return nil, {
        kind = "length", offset = member and member.start or 0, path = header.name .. "." .. framing.member, code = framing.code,
      }
    end

    -- Octets of a stream that are no frame: where the next starts cannot be told.
    local function showBroken(tvb, pinfo, tree, offset, violation)
      local item = tree:add(protocol, tvb(offset))
      showViolations({ tvb = tvb, base = offset, parts = 0 }, item, { violation }, 0)
      announce(pinfo, "Broken frame")
    end

    -- Asks for more octets of the stream; false when there are none to be had.
    local function wait(pinfo, offset, missing)
      if not preferences.reassemble or pinfo.can_desegment == 0 then return false end
      pinfo.desegment_offset, pinfo.desegment_len = offset, missing or DESEGMENT_ONE_MORE_SEGMENT
      return true
    end

    -- Cuts the messages out of a stream.
    local function dissectStream(tvb, pinfo, tree, framing)
      local length, offset = tvb:len(), 0
      while offset < length do
        local left = length - offset
        local size, broken = frameSize(framing, tvb:raw(offset, math.min(left, framing.headerSize)))
        if broken then
          showBroken(tvb, pinfo, tree, offset, broken)
          return length
        end
        if not size or size > left then
          if not wait(pinfo, offset, size and size - left) then dissectMessage(tvb, pinfo, tree, offset, left, false) end
          return length
        end
        dissectMessage(tvb, pinfo, tree, offset, size, true)
        offset = offset + size
      end
      return length
    end
    """#

  /// Ports, and what is registered.
  static let ports = #"""
    -- Ports

    -- What had a port before this dissector took it.
    local before = { udp = {}, tcp = {} }

    local function registered(text)
      local ports = {}
      for first, last in tostring(text):gmatch("(%d+)%-?(%d*)") do
        for port = tonumber(first), tonumber(last) or tonumber(first) do ports[#ports + 1] = port end
      end
      return ports
    end

    -- Takes the ports of a transport that the preferences say, and gives those back that it had.
    local function register(transport)
      local tables, wanted = DissectorTable.get(transport .. ".port"), {}
      for _, port in ipairs(registered(preferences[transport .. "_ports"])) do wanted[port] = true end
      for port, dissector in pairs(before[transport]) do
        if not wanted[port] then
          tables:remove(port, protocol)
          if dissector then tables:add(port, dissector) end
          before[transport][port] = nil
        end
      end
      for port in pairs(wanted) do
        if before[transport][port] == nil then
          before[transport][port] = tables:get_dissector(port) or false
          tables:add(port, protocol)
        end
      end
    end

    -- The dissector that had the packet's port before this one; false when there is none.
    local function dissectorBefore(pinfo)
      local ports = before[pinfo.port_type == 2 and "tcp" or "udp"]
      local dissector = ports[pinfo.dst_port]
      if dissector == nil then dissector = ports[pinfo.src_port] end
      return preferences.pass_on and dissector
    end

    -- Whether octets are of another protocol: the first thing that tells messages apart, as a version, is that of none.
    local function isForeign(candidates, octets)
      local direction, body = choose(candidates, octets)
      return not body and select(2, noMessage(direction, octets))
    end

    function protocol.dissector(tvb, pinfo, tree)
      local candidates = directionsOf(pinfo)
      local framing = pinfo.port_type == 2 and framingOf(candidates)
      if framing then return dissectStream(tvb, pinfo, tree, framing) end
      local length = tvb:len()
      local other = dissectorBefore(pinfo)
      if other and isForeign(candidates, length > 0 and tvb:raw() or "") then
        local taken = other:call(tvb, pinfo, tree)
        if taken and taken > 0 then return taken end
      end
      dissectMessage(tvb, pinfo, tree, 0, length, length == tvb:reported_len())
      return length
    end

    function protocol.prefs_changed()
      register("udp")
      register("tcp")
    end

    declareAll()
    for _, set in ipairs({ violationFields, messageFields }) do
      for _, field in pairs(set) do declared[#declared + 1] = field end
    end
    protocol.fields = declared
    local everyExpert = {}
    for _, set in pairs(experts) do
      for _, one in pairs(set) do everyExpert[#everyExpert + 1] = one end
    end
    protocol.experts = everyExpert
    for _, transport in ipairs({ "udp", "tcp" }) do
      register(transport)
      DissectorTable.get(transport .. ".port"):add_for_decode_as(protocol)
    end
    """#
}
