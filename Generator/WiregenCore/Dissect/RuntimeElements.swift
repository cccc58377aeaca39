// Part of the Lua that every dissector has: decoding of lists and messages, as `ListFrame` and `DecodingRun` do it.

extension DissectorRuntime {
  /// Lists and their elements.
  static let elements = #"""
    -- Lists and their elements

    -- Reads a header. What is not there stops the list; of its values only reserved octets are judged.
    local function decodeHeader(run, family, node)
      local probe = newRun(run.octets, "", nil)
      probe.position, probe.finish, probe.steps = run.position, run.finish, run.steps
      local frame = { node = node, body = family.header, code = family.code, errorsBefore = 0, isHeader = true }
      local isWhole = decodeBody(probe, frame)
      run.position = probe.position
      local last = probe.violations[#probe.violations]
      if not isWhole then
        return stop(run, node, last.kind, last.offset, last.path:match("[^.]*$"), last.code)
      end
      for _, violation in ipairs(probe.violations) do
        if violation.kind == "reserved" and violation.path == pathText(run.steps, "reserved") then
          report(run, violation.node, "reserved", violation.offset, "reserved", violation.code, violation.isWarning)
        end
      end
      return true
    end

    local function placeOf(shape, family, tag, extraTag)
      for place, allowed in ipairs(shape.allowed) do
        local element = family.elements[allowed.element]
        if element.tag == tag and element.extraTag == extraTag then return place, allowed, element end
      end
    end

    -- Takes note of an element that the list allows, and whether it stands where it may.
    local function noteElement(run, list, place, allowed, node)
      local found, index = list.found[place], #list.node.items
      found.count = found.count + 1
      if found.count == 1 then found.first = { node = node, index = index } end
      if allowed.max and found.count == allowed.max + 1 then found.excess = { node = node, index = index } end
      -- What extensions add has no place in the order that the list gives.
      local isListed = list.member.isOrdered and not allowed.isAdded
      local isLate = isListed and place < list.latest or allowed.position == "first" and index > 0
      if isListed then list.latest = math.max(list.latest, place) end
      if isLate then report(run, node, "order", node.start, allowed.element, allowed.excessCode) end
    end

    -- What becomes of an element that the list does not know.
    local function judgeUnknown(run, family, node, tag, extraTag)
      local direction = run.message and run.message.direction
      for _, policy in ipairs(family.unknown) do
        local isOfDirection = not policy.direction or not direction or policy.direction == direction
        local isOfTag = not policy.extraTag or policy.extraTag == extraTag
        if isOfDirection and isOfTag and policy.first <= tag and tag <= policy.last then
          if policy.action ~= "reject" then return policy.action end
          report(run, node.named[family.tag], "unknownElement", node.named[family.tag].start, family.tag, policy.code)
          return "reject"
        end
      end
      report(run, node.named[family.tag], "unknownElement", node.named[family.tag].start, family.tag, family.code)
      return "reject"
    end

    -- Octets behind a value that are padding.
    local function padding(run, family, node, start, finish)
      local pad = { role = "padding", family = family, start = start, count = finish - start }
      attach(node, pad)
      local octets = run.octets:sub(start + 1, finish)
      if family.checksPadding and octets:find("[^\0]") then report(run, pad, "padding", start, "padding", family.code) end
    end

    -- Octets left in an element behind its last member.
    local function finishElement(run, family, node, code)
      local left = remaining(run)
      if left == 0 then return end
      if not family.countsPadding or left >= family.align then return trailing(run, node, code) end
      local start = run.position
      run.position = run.finish
      local step = table.remove(run.steps)
      padding(run, family, node, start, run.finish)
      table.insert(run.steps, step)
    end

    -- The octets of the value of an element; nil when the length does not fit.
    local function valueSize(run, family, node)
      local length = node.named[family.length]
      local header = run.position - node.start
      local size = plain(length.value) * family.unit - family.plus - (family.countsHeader and header or 0)
      if size >= 0 and size <= remaining(run) then return size end
      stop(run, length, "length", length.start, family.length, length.member.code)
      return nil
    end

    -- The value of an element that the list knows. Its extent is known: the list goes on whatever is in it.
    local function decodeElement(run, list, node, allowed, element, ends)
      local family, body, listEnd = list.family, bodies[element.body], run.finish
      if family.headerIsInBody then
        node.children, node.named = {}, {}
        run.position = node.start
      else
        node.named = {}
        run.position = ends.value
      end
      if not enter(run, body.name, body.maxDepth) then
        return stop(run, node, "depth", run.position, element.name, body.code)
      end
      table.insert(run.steps, element.name)
      run.finish = ends.valueEnd
      local frame = {
        node = node, body = body, code = allowed.invalidCode or body.code, invalidCode = allowed.invalidCode,
        errorsBefore = run.errors, before = run.message and node.start,
      }
      frame.atEnd = function() finishElement(run, family, node, allowed.invalidCode or element.code) end
      local isWhole = decodeBody(run, frame)
      table.remove(run.steps)
      exit(run, body.name, body.maxDepth)
      if ends.padding then attach(node, ends.padding) end
      run.position, run.finish = ends.next, listEnd
      leave(run, node, isWhole)
      return true
    end

    -- Where the value of an element is and where the next element starts; nil when that cannot be told.
    local function decodeEnds(run, list, node)
      local family = list.family
      if not decodeHeader(run, family, node) then return nil end
      local tag = node.named[family.tag].value
      local extraTag = family.extraTag and node.named[family.extraTag]
      extraTag = extraTag and extraTag.value or family.extraTagDefault
      local place, allowed, element = placeOf(list.member, family, tag, extraTag)
      if place then
        node.element, node.body = element.name, bodies[element.body]
        noteElement(run, list, place, allowed, node)
      else
        node.action = judgeUnknown(run, family, node, tag, extraTag)
      end
      local size = valueSize(run, family, node)
      if not size then return nil end
      local ends = { value = run.position, valueEnd = run.position + size, allowed = allowed, element = element }
      run.position = ends.valueEnd
      if family.countsPadding then return ends end
      local count = (list.node.start - run.position) % family.align
      if count > 0 then
        if not take(run, { node = node, code = family.code }, count, "padding") then return nil end
        padding(run, family, node, ends.valueEnd, run.position)
        ends.padding = place and table.remove(node.children)
      end
      return ends
    end

    local function decodeNext(run, list)
      local node = composite(run)
      node.family = list.family
      local ends = decodeEnds(run, list, node)
      local isWhole = ends ~= nil
      if isWhole then
        ends.next = run.position
        node.value = nil
        if node.element then
          isWhole = decodeElement(run, list, node, ends.allowed, ends.element, ends)
        else
          node.valueStart, node.size = ends.value, ends.valueEnd - ends.value
        end
      end
      node.count = run.position - node.start
      attach(list.node, node)
      if node.element then
        list.node.first[node.element] = list.node.first[node.element] or node
        list.node.counts[node.element] = (list.node.counts[node.element] or 0) + 1
      end
      return isWhole
    end

    -- Reports what is wrong with an element of the list, found only at its end.
    local function reportElement(run, list, found, kind, allowed)
      table.insert(run.steps, string.format("%s[%d]", list.member.name, found.index))
      report(run, found.node, kind, found.node.start, allowed.element, allowed.excessCode)
      table.remove(run.steps)
    end

    local function isMissing(run, frame, found, allowed)
      if found.count < allowed.min then return true end
      if found.count > 0 or not allowed.requiredWhen or run.errors ~= frame.errorsBefore then return false end
      return allowed.requiredWhen(frame.node, remaining(run))
    end

    -- Whether an element came often enough, not too often, and last if it must.
    local function checkOccurrences(run, frame, list, found, allowed)
      if isMissing(run, frame, found, allowed) then
        table.insert(run.steps, list.member.name)
        report(run, list.node, "missing", run.position, allowed.element, allowed.missingCode)
        table.remove(run.steps)
      end
      if found.excess then reportElement(run, list, found.excess, "excess", allowed) end
      if allowed.position == "last" and found.first and found.first.index ~= #list.node.items - 1 then
        reportElement(run, list, found.first, "order", allowed)
      end
    end

    local function decodeElements(run, frame, list, total)
      local node, member = list.node, list.member
      while total and #node.items < total or not total and run.position < run.finish do
        table.insert(run.steps, string.format("%s[%d]", member.name, #node.items))
        local isWhole = decodeNext(run, list)
        table.remove(run.steps)
        if not isWhole then return false end
      end
      frame.node.named[member.name] = node
      for place, allowed in ipairs(member.allowed) do checkOccurrences(run, frame, list, list.found[place], allowed) end
      return true
    end

    function decoders.list(run, frame, member)
      local node, outerEnd, total = newNode(run, member), run.finish, nil
      node.children, node.items, node.first, node.counts = {}, {}, {}, {}
      if member.count then
        total = extent(run, frame, member, member.count)
        if not total then return false end
      elseif member.sizeOf then
        local size = extent(run, frame, member, member.sizeOf, true)
        if not size then return false end
        run.finish = run.position + size
      end
      local family = families[member.family]
      local hasElements = total and total > 0 or not total and run.position < run.finish
      local depth = hasElements and family.maxDepth
      if not enter(run, family.name, depth) then
        run.finish = outerEnd
        return stop(run, frame.node, "depth", run.position, member.name, family.code)
      end
      local list = { node = node, member = member, family = family, found = {}, latest = 0 }
      for place in ipairs(member.allowed) do list.found[place] = { count = 0 } end
      local isWhole = decodeElements(run, frame, list, total)
      exit(run, family.name, depth)
      run.finish = outerEnd
      leave(run, node, isWhole)
      attach(frame.node, node, member.name)
      return isWhole
    end
    """#

  /// How messages are told apart, and what is looked at first.
  static let messages = #"""
    -- Messages

    -- The value that a match is about; nil when the octets end before it does.
    local function matched(match, octets)
      if match.offset + match.size > #octets then return nil end
      return part(unsigned(octets, match.offset, match.size, match.isLittle), match.shift, match.bits)
    end

    -- Whether a match holds; nil when the octets end before it can be told.
    local function holds(match, octets)
      local number = matched(match, octets)
      if number == nil then return nil end
      return match.first <= number and number <= match.last
    end

    local function isMessage(body, octets)
      for _, match in ipairs(body.message.matches) do
        if not holds(match, octets) then return false end
      end
      return true
    end

    -- The first message of a direction whose matches all hold; nil when none does.
    local function chooseMessage(direction, octets)
      for _, body in ipairs(direction.messages) do
        if isMessage(body, octets) then return body end
      end
    end

    local function isBefore(left, right)
      if left.offset ~= right.offset then return left.offset < right.offset end
      local leftBit, rightBit = left.size * 8 - left.shift - left.bits, right.size * 8 - right.shift - right.bits
      if leftBit ~= rightBit then return leftBit < rightBit end
      return left.bits < right.bits
    end

    local function isSamePlace(left, right) return not isBefore(left, right) and not isBefore(right, left) end

    -- Takes the messages out that a match at some place leaves no more; the first such match.
    local function dropOut(candidates, place, octets)
      local left, first = {}, nil
      for _, body in ipairs(candidates) do
        local falls = false
        for _, match in ipairs(body.message.matches) do
          if isSamePlace(match, place) and not holds(match, octets) then
            falls, first = true, first or match
          end
        end
        if not falls then left[#left + 1] = body end
      end
      return left, first
    end

    -- Why no message of a direction has these octets: the first member in wire order that leaves none. A second result says
    -- whether that is the very first one that tells messages apart, as a version is.
    local function noMessage(direction, octets)
      local places, candidates, first = {}, direction.messages, nil
      for _, body in ipairs(candidates) do
        for _, match in ipairs(body.message.matches) do places[#places + 1] = match end
      end
      table.sort(places, isBefore)
      for _, place in ipairs(places) do
        local isFirst = isSamePlace(place, places[1])
        candidates, first = dropOut(candidates, place, octets)
        if #candidates == 0 and first then
          local path = direction.type .. "." .. first.member
          if holds(first, octets) == nil then
            local code = direction.messages[1].message.code
            return { kind = "truncated", offset = place.offset, path = path, code = code }, isFirst
          end
          return { kind = "noMessage", offset = place.offset, path = path, code = first.code }, isFirst
        end
      end
      return { kind = "noMessage", offset = 0, path = direction.type }, true
    end

    -- Whether a rule holds over members of fixed place, which have not been decoded yet; nil when they do not fit.
    local function checkEarly(run, node, early, message)
      local scope = { named = {} }
      for _, read in ipairs(early.reads) do
        local number = matched(read, run.octets)
        if number == nil then return stop(run, node, "truncated", read.offset, read.member, message.code) end
        scope.named[read.member] = { value = number }
      end
      if not early.test(scope, remaining(run)) then
        report(run, node, "rule", 0, "", early.code, early.isWarning, early.name)
      end
      return true
    end

    -- What is looked at before the members: matches, early rules, size.
    local function checkBeginning(run, node, message)
      for _, match in ipairs(message.matches) do
        local isRight = holds(match, run.octets)
        if isRight == nil then return stop(run, node, "truncated", match.offset, match.member, message.code) end
        if not isRight then report(run, node, "constant", match.offset, match.member, match.code) end
      end
      for _, early in ipairs(message.early or {}) do
        if not checkEarly(run, node, early, message) then return false end
      end
      if message.maxSize and #run.octets > message.maxSize then report(run, node, "tooLong", 0, "", message.sizeCode) end
      if #run.octets % message.multiple ~= 0 then report(run, node, "notMultiple", 0, "", message.sizeCode) end
      return true
    end

    -- Decodes octets as a message: the tree, what is wrong with them in the order of the checks, and how much more is.
    local function decodeMessage(body, octets)
      local message = body.message
      local run = newRun(octets, body.name, message)
      local node = composite(run)
      node.body = body
      if checkBeginning(run, node, message) then
        local frame = { node = node, body = body, code = body.code, errorsBefore = 0, isMessage = true, before = "itself" }
        frame.fixed = message.fixed
        frame.atEnd = function()
          if run.position < run.finish then trailing(run, node, message.code) end
        end
        leave(run, node, decodeBody(run, frame))
      end
      return node, run.violations, run.hidden
    end
    """#
}
