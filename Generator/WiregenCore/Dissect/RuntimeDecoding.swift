// Part of the Lua that every dissector has: decoding of bodies and their members, as `DecodingRun` does it.

extension DissectorRuntime {
  /// What all members have in common, and numbers.
  static let decoding = #"""
    -- Decoding
    --
    -- One run over the octets of a message. `position` and `finish` are where it is and where the innermost container ends, both
    -- counted from 0; `steps` is the path. Functions that return false have found something after which the rest of the body
    -- cannot be told apart; what has a known extent, an element or the message, goes on behind itself then.

    -- More errors of one message than these are counted only.
    local MOST_VIOLATIONS = 1000

    local function newRun(octets, root, message)
      return {
        octets = octets, position = 0, finish = #octets, steps = { root }, violations = {}, hidden = 0, errors = 0, depths = {},
        sums = {}, message = message,
      }
    end

    -- The steps and what is below them; of more than eight the first seven and the last.
    local function pathText(steps, last)
      local parts = {}
      for place, step in ipairs(steps) do parts[place] = step end
      if last ~= "" then parts[#parts + 1] = last end
      if #parts > 8 then
        local shortened = {}
        for place = 1, 7 do shortened[place] = parts[place] end
        parts = shortened
        parts[8], parts[9] = "…", last ~= "" and last or steps[#steps]
      end
      return table.concat(parts, ".")
    end

    -- Notes what is wrong; `node` is where it is shown.
    local function report(run, node, kind, offset, last, code, isWarning, rule)
      if not isWarning then run.errors = run.errors + 1 end
      if #run.violations == MOST_VIOLATIONS then
        run.hidden = run.hidden + 1
        return
      end
      run.violations[#run.violations + 1] = {
        node = node, kind = kind, offset = offset, path = pathText(run.steps, last), code = code, isWarning = isWarning,
        rule = rule,
      }
    end

    local function stop(run, node, kind, offset, last, code)
      report(run, node, kind, offset, last, code)
      return false
    end

    -- The code of an error in the value of a member.
    local function codeOf(frame, member)
      return member.inherits and frame.invalidCode or member.code
    end

    local function wrong(run, frame, node, kind, offset, last, member)
      report(run, node, kind, offset, last, codeOf(frame, member), member.isWarning)
    end

    -- Takes octets for a member; nil when they do not fit.
    local function take(run, frame, count, last)
      local start = run.position
      if count > run.finish - start then
        stop(run, frame.node, "truncated", start, last, frame.code)
        return nil
      end
      run.position = start + count
      return start
    end

    local function newNode(run, member)
      return { member = member, start = run.position, count = 0 }
    end

    -- Puts a part into a body, an array or a list, and says what its name leads to.
    local function attach(parent, node, name)
      parent.children[#parent.children + 1] = node
      if parent.items then
        node.index = #parent.items
        parent.items[node.index + 1] = node
      elseif name and not parent.named[name] then
        parent.named[name] = node
      end
    end

    local function composite(run, member)
      local node = newNode(run, member)
      node.children, node.named = {}, {}
      return node
    end

    -- Leaves a part that had children, whether it was decoded wholly or not.
    local function leave(run, node, isWhole)
      node.count = run.position - node.start
      node.cut = not isWhole or nil
      return isWhole
    end

    local function remaining(run) return run.finish - run.position end

    -- A number from an expression as a count that can be compared with those of octets.
    local function plain(number)
      if type(number) == "number" then return number end
      return number < 0 and -1 or math.huge
    end

    -- Numbers

    local function isKnown(number, member)
      local codes = member.codes and codes[member.codes]
      if codes and not codes.isOpen and not codes.names[keyOf(number)] then return false end
      local flags = member.flags and flags[member.flags]
      if flags and not flags.isOpen then
        for bit = 0, flags.bits - 1 do
          if part(number, bit, 1) == 1 and not flags.names[bit] then return false end
        end
      end
      if not member.only then return true end
      for _, allowed in ipairs(member.only) do
        if number == allowed then return true end
      end
      return false
    end

    local function checkNumber(run, frame, node)
      local member, number = node.member, node.value
      -- A match has been checked already, before everything else.
      if frame.fixed and frame.fixed[member.name] then return end
      if member.constant then
        if number ~= member.constant then wrong(run, frame, node, "constant", node.start, member.name, member) end
        return
      end
      if not isKnown(number, member) then wrong(run, frame, node, "code", node.start, member.name, member) end
      if member.min and number < member.min or member.max and number > member.max then
        wrong(run, frame, node, "range", node.start, member.name, member)
      end
    end

    -- A length says where the container of the body ends.
    local function limit(run, frame, node, finish)
      if frame.isHeader then return true end
      if finish < run.position or finish > run.finish then
        return stop(run, node, "length", node.start, node.member.name, codeOf(frame, node.member))
      end
      frame.widerEnd = frame.widerEnd or run.finish
      run.finish = finish
      return true
    end

    local function compareChecksum(run, frame, node, found)
      local member = node.member
      found = xor(found, member.computed.xor) % 2 ^ member.bits
      if found ~= node.value then wrong(run, frame, node, "checksum", node.start, member.name, member) end
    end

    -- What follows from a number that encoding computes.
    local function computed(run, frame, node)
      local how = node.member.computed
      if how.kind == "rest" then
        return limit(run, frame, node, run.position + plain(node.value) * how.unit - how.plus)
      elseif how.kind == "message" and frame.isMessage then
        return limit(run, frame, node, plain(node.value) * how.unit - how.plus)
      elseif how.kind == "checksum" then
        local own = node.start + node.count
        if how.over == "body" then
          frame.checksums[#frame.checksums + 1] = node
        elseif how.over == "message" and frame.isMessage then
          compareChecksum(run, frame, node, checksum(how.algorithm, run.octets, 0, run.finish, node.start, own))
        elseif how.over == "before" and frame.before then
          local before = frame.before == "itself" and node.start or frame.before
          compareChecksum(run, frame, node, checksumBefore(run, how.algorithm, before))
        end
      end
      return true
    end
    """#

  /// Members by their kind, and bodies.
  static let members = #"""
    -- Members by their kind

    local decodeBody
    local decoders = {}

    local function decodeMember(run, frame, member)
      if member.when and not member.when(frame.node, remaining(run)) then return true end
      return decoders[member.kind](run, frame, member)
    end

    local function signed(number, member)
      if not member.isSigned or part(number, member.bits - 1, 1) == 0 then return number end
      return add(number, -2 ^ member.bits)
    end

    function decoders.integer(run, frame, member)
      local node = newNode(run, member)
      node.count = math.ceil(member.bits / 8)
      if not take(run, frame, node.count, member.name) then return false end
      node.value = signed(unsigned(run.octets, node.start, node.count, member.isLittle), member)
      node.size = member.time and node.count
      attach(frame.node, node, member.name)
      checkNumber(run, frame, node)
      return not member.computed or computed(run, frame, node)
    end

    -- A group of bits; its fields in the order of the wire, most significant first.
    function decoders.bits(run, frame, member)
      local start = take(run, frame, member.size, member.pathName)
      if not start then return false end
      local raw, shift, nodes = unsigned(run.octets, start, member.size, member.isLittle), 8 * member.size, {}
      for place, field in ipairs(member.members) do
        shift = shift - field.bits
        local node = { member = field, start = start, count = member.size, shift = shift, value = part(raw, shift, field.bits) }
        attach(frame.node, node, field.kind == "integer" and field.name)
        nodes[place] = node
      end
      for _, node in ipairs(nodes) do
        local field = node.member
        if field.kind == "integer" then
          checkNumber(run, frame, node)
        elseif field.isChecked and node.value ~= field.send then
          wrong(run, frame, node, "reserved", start, "reserved", field)
        end
      end
      return true
    end

    function decoders.reserved(run, frame, member)
      local node = newNode(run, member)
      node.count = member.size or remaining(run)
      if not take(run, frame, node.count, "reserved") then return false end
      attach(frame.node, node)
      local octets = run.octets:sub(node.start + 1, run.position)
      if member.isChecked and octets ~= string.char(member.send):rep(node.count) then
        wrong(run, frame, node, "reserved", node.start, "reserved", member)
      end
      return true
    end

    function decoders.address(run, frame, member)
      local node = newNode(run, member)
      node.count = member.size
      if not take(run, frame, member.size, member.name) then return false end
      node.value = run.octets:sub(node.start + 1, run.position)
      attach(frame.node, node, member.name)
      return true
    end

    -- Takes the extent of octets or text; where the value starts and ends, or nil.
    local function takeExtent(run, frame, member)
      local start, octets = run.position, run.octets
      local function fail(kind)
        stop(run, frame.node, kind, start, member.name, frame.code)
        return nil
      end
      if member.prefix then
        local size = member.prefix / 8
        if size > remaining(run) then return fail("truncated") end
        local count = plain(unsigned(octets, start, size, member.isLittle))
        if count > remaining(run) - size then return fail("truncated") end
        run.position = start + size + count
        return start + size, run.position
      elseif member.terminator then
        local last = octets:find(string.char(member.terminator), start + 1, true)
        if not last or last > run.finish then return fail("truncated") end
        run.position = last
        return start, last - 1
      elseif member.isRest then
        run.position = run.finish
        return start, run.finish
      end
      local count = member.size or plain(member.sizeOf(frame.node, remaining(run)))
      if count < 0 then return fail("range") end
      if not take(run, frame, count, member.name) then return nil end
      local pad = member.pad and octets:find(string.char(member.pad), start + 1, true)
      return start, pad and pad <= run.position and pad - 1 or run.position
    end

    function decoders.octets(run, frame, member)
      local node = newNode(run, member)
      local first, last = takeExtent(run, frame, member)
      if not first then return false end
      node.count, node.valueStart = run.position - node.start, first
      node.value = run.octets:sub(first + 1, last)
      node.size = last - first
      attach(frame.node, node, member.name)
      if node.size < member.min or member.max and node.size > member.max then
        wrong(run, frame, node, "range", node.start, member.name, member)
      end
      if member.content == "date" then
        node.seconds = mailDate(node.value)
        if node.seconds then node.value = node.seconds end
        if not node.seconds then wrong(run, frame, node, "text", node.start, member.name, member) end
      elseif member.content and not isText(node.value, member) then
        wrong(run, frame, node, "text", node.start, member.name, member)
      end
      return true
    end

    -- One more of what may be in itself; false when that is too deep.
    local function enter(run, name, limit)
      if not limit then return true end
      local depth = run.depths[name] or 0
      if depth >= limit then return false end
      run.depths[name] = depth + 1
      return true
    end

    local function exit(run, name, limit)
      if limit then run.depths[name] = run.depths[name] - 1 end
    end

    -- A body that is a member or a value of an array.
    function decoders.structure(run, frame, member)
      local body, node = bodies[member.body], composite(run, member)
      if not enter(run, body.name, body.maxDepth) then
        return stop(run, frame.node, "depth", run.position, member.name, body.code)
      end
      node.body = body
      if member.name ~= "" then table.insert(run.steps, member.name) end
      local isWhole = decodeBody(run, { node = node, body = body, code = body.code, errorsBefore = run.errors })
      if member.name ~= "" then table.remove(run.steps) end
      exit(run, body.name, body.maxDepth)
      leave(run, node, isWhole)
      attach(frame.node, node, member.name)
      return isWhole
    end

    local function caseOf(member, number)
      for _, case in ipairs(member.cases) do
        if number >= case.first and number <= case.last then return case end
      end
      return member.otherwise
    end

    function decoders.choice(run, frame, member)
      local case = caseOf(member, member.on(frame.node, remaining(run)))
      if not case then return stop(run, frame.node, "code", run.position, member.name, codeOf(frame, member)) end
      local node, inner = composite(run, member), composite(run)
      node.case = case
      attach(node, inner, case.name)
      if not case.body then
        attach(frame.node, node, member.name)
        return true
      end
      local body, invalid = bodies[case.body], frame.invalidCode
      node.body = body
      table.insert(run.steps, member.name)
      table.insert(run.steps, case.name)
      local isWhole = decodeBody(run, {
        node = inner, body = body, code = invalid or body.code, invalidCode = invalid, errorsBefore = run.errors,
        before = frame.before,
      })
      table.remove(run.steps)
      table.remove(run.steps)
      leave(run, inner, isWhole)
      leave(run, node, true)
      attach(frame.node, node, member.name)
      return isWhole
    end

    -- How many values or octets a later member has; nil when the number cannot be.
    local function extent(run, frame, member, of, isSize)
      local number = plain(of(frame.node, remaining(run)))
      local kind = number < 0 and "range" or isSize and number > remaining(run) and "truncated"
      if kind then
        stop(run, frame.node, kind, run.position, member.name, frame.code)
        return nil
      end
      return number
    end

    local function checkCount(run, frame, node, count)
      local member = node.member
      if count < member.min or member.max and count > member.max then
        wrong(run, frame, node, "range", node.start, member.name, member)
      end
    end

    -- Whether another value comes; nil when that cannot be told.
    local function hasNext(run, frame, node, total)
      local member = node.member
      if total then return #node.items < total end
      if not member.terminator then return run.position < run.finish end
      if member.size > remaining(run) then
        stop(run, node, "truncated", run.position, member.name, frame.code)
        return nil
      end
      if unsigned(run.octets, run.position, member.size, member.isLittle) ~= member.terminator then return true end
      run.position = run.position + member.size
      return false
    end

    local function decodeValues(run, frame, node, total)
      local member = node.member
      local inner = { node = node, code = frame.code, invalidCode = frame.invalidCode }
      local before = -1
      while true do
        local isThere = hasNext(run, inner, node, total)
        if isThere == nil then return false end
        if not isThere then break end
        -- Values without octets would make work that the octets do not justify.
        if #node.items > #run.octets or not total and run.position == before then
          return stop(run, node, "range", node.start, member.name, codeOf(frame, member))
        end
        before = run.position
        table.insert(run.steps, string.format("%s[%d]", member.name, #node.items))
        local isWhole = decodeMember(run, inner, member.of)
        table.remove(run.steps)
        if not isWhole then return false end
      end
      if not total then checkCount(run, inner, node, #node.items) end
      return true
    end

    function decoders.array(run, frame, member)
      local node, outerEnd, total = newNode(run, member), run.finish, nil
      node.children, node.items = {}, {}
      if member.counter then
        total = plain(value(frame.node, member.counter))
      elseif member.count then
        total = extent(run, frame, member, member.count)
        if not total then return false end
      elseif member.sizeOf then
        local size = extent(run, frame, member, member.sizeOf, true)
        if not size then return false end
        run.finish = run.position + size
      end
      if total then checkCount(run, frame, node, total) end
      local isWhole = decodeValues(run, frame, node, total)
      run.finish = outerEnd
      leave(run, node, isWhole)
      attach(frame.node, node, member.name)
      return isWhole
    end

    -- Octets of a container that nothing accounts for.
    local function trailing(run, node, code)
      local rest = { role = "trailing", start = run.position, count = remaining(run) }
      attach(node, rest)
      run.position = run.finish
      report(run, rest, "trailing", rest.start, "", code)
    end

    -- What comes behind the last member of a body: checksums, derived members, rules, octets left over.
    local function finishBody(run, frame)
      local body, node = frame.body, frame.node
      for _, found in ipairs(frame.checksums) do
        local sum = checksum(found.member.computed.algorithm, run.octets, frame.start, run.position, found.start,
          found.start + found.count)
        compareChecksum(run, frame, found, sum)
      end
      for _, derived in ipairs(body.derived or {}) do
        attach(node, {
          role = "derived", member = derived, start = run.position, count = 0, value = derived.test(node) and 1 or 0,
        })
      end
      if run.errors == frame.errorsBefore then
        for _, rule in ipairs(body.rules or {}) do
          if not rule.test(node) then
            report(run, node, "rule", frame.start, "", codeOf(frame, rule), rule.isWarning, rule.name)
          end
        end
      end
      if frame.widerEnd then
        if run.position < run.finish then trailing(run, node, frame.code) end
        run.finish = frame.widerEnd
      end
    end

    -- The members of a body and what comes behind them; false when it ends before it does.
    function decodeBody(run, frame)
      local outerEnd = run.finish
      frame.start, frame.checksums = run.position, {}
      for _, member in ipairs(frame.body.members) do
        if not decodeMember(run, frame, member) then
          run.finish = outerEnd
          return false
        end
      end
      finishBody(run, frame)
      if frame.atEnd then frame.atEnd() end
      run.finish = outerEnd
      return true
    end
    """#
}
