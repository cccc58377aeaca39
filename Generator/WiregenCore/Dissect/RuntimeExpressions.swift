// Part of the Lua that every dissector has: what expressions call.

extension DissectorRuntime {
  /// What paths lead to.
  static let paths = #"""
    -- Values that expressions read
    --
    -- What is decoded is a tree of nodes. `named` of a body has its members by name; `items` of a list or an array has what is
    -- in it, and of a list `first` and `counts` say for each kind of element which comes first and how many there are. What is
    -- not there counts as 0. Octets, text and addresses are strings of octets.

    -- What a path leads to, from a node inwards; nil when a part of it is not there.
    local function find(node, ...)
      for place = 1, select("#", ...) do
        if not node or node.cut then return nil end
        local name = (select(place, ...))
        if node.first then node = node.first[name] else node = node.named and node.named[name] end
      end
      return node
    end

    local function value(node, ...)
      local found = find(node, ...)
      return found and found.value or 0
    end

    local function present(node, ...) return find(node, ...) ~= nil end

    -- Octets of octets or text, without prefix, terminator and padding.
    local function size(node, ...)
      local found = find(node, ...)
      if not found then return 0 end
      return found.size or type(found.value) == "string" and #found.value or found.count
    end

    -- Values of an array.
    local function count(node, ...)
      local found = find(node, ...)
      return found and found.items and #found.items or 0
    end

    -- How often an element is in a list.
    local function occurrences(element, node, ...)
      local list = find(node, ...)
      return list and list.counts and list.counts[element] or 0
    end

    -- Whether a set of flags has a bit.
    local function flag(bit, node, ...)
      return part(value(node, ...), bit, 1) == 1
    end

    -- A condition as a number.
    local function truth(condition) return condition and 1 or 0 end

    -- Whether a number is in one of the ranges, each two numbers.
    local function within(number, ...)
      for place = 1, select("#", ...), 2 do
        local least, most = select(place, ...)
        if number >= least and number <= most then return true end
      end
      return false
    end

    -- Whether an address starts with so many bits of another.
    local function inPrefix(address, prefix, length)
      if type(address) ~= "string" or #address ~= #prefix then return false end
      local octets = math.floor(length / 8)
      if address:sub(1, octets) ~= prefix:sub(1, octets) then return false end
      local bits = length % 8
      if bits == 0 then return true end
      local unit = 2 ^ (8 - bits)
      return math.floor(address:byte(octets + 1) / unit) == math.floor(prefix:byte(octets + 1) / unit)
    end
    """#

  /// Functions over lists and arrays.
  static let walks = #"""
    -- Functions over lists and arrays

    -- All that a path leads to, through arrays and repeated elements, in wire order.
    local function each(node, path)
      local function values(found)
        if found and found.items and not found.first then return found.items end
        return { found }
      end
      local nodes = values(node.named[path[1]])
      for place = 2, #path do
        local inner = {}
        for _, outer in ipairs(nodes) do
          if outer.first then
            for _, element in ipairs(outer.items) do
              if element.element == path[place] then inner[#inner + 1] = element end
            end
          elseif outer.named then
            for _, found in ipairs(values(outer.named[path[place]])) do inner[#inner + 1] = found end
          end
        end
        nodes = inner
      end
      return nodes
    end

    local function all(node, path, holds)
      for _, item in ipairs(each(node, path)) do
        if not holds(item) then return false end
      end
      return true
    end

    local function any(node, path, holds)
      for _, item in ipairs(each(node, path)) do
        if holds(item) then return true end
      end
      return false
    end

    local function unique(node, path, of)
      local seen = {}
      for _, item in ipairs(each(node, path)) do
        local key = keyOf(of(item))
        if seen[key] then return false end
        seen[key] = true
      end
      return true
    end

    local function ascending(node, path, of)
      local last
      for _, item in ipairs(each(node, path)) do
        local number = of(item)
        if last and number <= last then return false end
        last = number
      end
      return true
    end

    local function sum(node, path, of)
      local total = 0
      for _, item in ipairs(each(node, path)) do total = add(total, of(item)) end
      return total
    end

    -- Whether every value of the first walk is one of the second's.
    local function among(node, path, of, otherPath, ofOther)
      local known = {}
      for _, item in ipairs(each(node, otherPath)) do known[keyOf(ofOther(item))] = true end
      for _, item in ipairs(each(node, path)) do
        if not known[keyOf(of(item))] then return false end
      end
      return true
    end
    """#
}
