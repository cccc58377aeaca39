// Part of the Lua that every dissector has: numbers, and values that expressions read.

extension DissectorRuntime {
  /// Numbers where none has more than 53 bits.
  static let numbers = #"""
    -- Numbers
    --
    -- No number of this protocol has more than 53 bits, so that Lua's own numbers hold them all.

    -- The unsigned number in some octets; `start` counts from 0.
    local function unsigned(octets, start, size, little)
      local number = 0
      for place = 1, size do number = number * 256 + octets:byte(start + (little and size + 1 - place or place)) end
      return number
    end

    -- So many bits of a number, from the one that stands for 2 to the power of `shift` on.
    local function part(number, shift, width) return math.floor(number / 2 ^ shift) % 2 ^ width end

    local function add(a, b) return a + b end
    local function keyOf(number) return number end
    """#

  /// Numbers of up to 64 bits.
  static let wideNumbers = #"""
    -- Numbers
    --
    -- Lua's own numbers are exact up to 53 bits. One that needs more is a table: it is high * 2^32 + low, where low is from 0 to
    -- 2^32 - 1. A number has one form only, so that == tells whether two are the same.

    local Wide = {}

    local function halves(number)
      if type(number) == "table" then return number.high, number.low end
      local high = math.floor(number / 2 ^ 32)
      return high, number - high * 2 ^ 32
    end

    local function whole(high, low)
      local number = high * 2 ^ 32 + low
      if number > -2 ^ 53 and number < 2 ^ 53 then return number end
      return setmetatable({ high = high, low = low }, Wide)
    end

    function Wide.__eq(a, b) return a.high == b.high and a.low == b.low end

    function Wide.__lt(a, b)
      local highOfA, lowOfA = halves(a)
      local highOfB, lowOfB = halves(b)
      return highOfA < highOfB or highOfA == highOfB and lowOfA < lowOfB
    end

    function Wide.__le(a, b) return not (b < a) end

    local function isExact(number) return number > -2 ^ 53 and number < 2 ^ 53 end

    local function add(a, b)
      if type(a) == "number" and type(b) == "number" and isExact(a + b) then return a + b end
      local highOfA, lowOfA = halves(a)
      local highOfB, lowOfB = halves(b)
      local low = lowOfA + lowOfB
      local carry = math.floor(low / 2 ^ 32)
      return whole(highOfA + highOfB + carry, low - carry * 2 ^ 32)
    end

    local function subtract(a, b)
      local high, low = halves(b)
      if low == 0 then return add(a, whole(-high, 0)) end
      return add(a, whole(-high - 1, 2 ^ 32 - low))
    end

    -- The product, which has 64 bits at most.
    local function multiply(a, b)
      if type(a) == "number" and type(b) == "number" and isExact(a * b) then return a * b end
      if a < 0 then return subtract(0, multiply(subtract(0, a), b)) end
      if b < 0 then return subtract(0, multiply(a, subtract(0, b))) end
      local highOfA, lowOfA = halves(a)
      local highOfB, lowOfB = halves(b)
      local product = whole(highOfA * lowOfB + lowOfA * highOfB, 0)
      -- The lower halves by 16 bits each, so that no step is too large to be exact.
      local upper, lower = math.floor(lowOfA / 2 ^ 16), lowOfA % 2 ^ 16
      local middle = upper * lowOfB
      local carried = math.floor(middle / 2 ^ 16)
      product = add(product, whole(carried, (middle - carried * 2 ^ 16) * 2 ^ 16))
      return add(product, lower * lowOfB)
    end

    -- The unsigned number in some octets; `start` counts from 0.
    local function unsigned(octets, start, size, little)
      local high, low = 0, 0
      for place = 1, size do
        local octet = octets:byte(start + (little and size + 1 - place or place))
        local carry = math.floor(low / 2 ^ 24)
        high, low = high * 256 + carry, (low - carry * 2 ^ 24) * 256 + octet
      end
      return whole(high, low)
    end

    -- So many bits of a number that is not negative, from the one that stands for 2 to the power of `shift` on.
    local function part(number, shift, width)
      local high, low = halves(number)
      if shift >= 32 then
        high, low = 0, math.floor(high / 2 ^ (shift - 32))
      elseif shift > 0 then
        local kept = math.floor(high / 2 ^ shift)
        high, low = kept, (high - kept * 2 ^ shift) * 2 ^ (32 - shift) + math.floor(low / 2 ^ shift)
      end
      if width <= 32 then return low % 2 ^ width end
      return whole(high % 2 ^ (width - 32), low)
    end

    -- What stands for a number or octets as a key of a table.
    local function keyOf(number)
      if type(number) == "table" then return string.format("%.0f:%.0f", number.high, number.low) end
      return number
    end
    """#

  /// `&` and `|` of expressions.
  static let bitwise = #"""
    -- The bits that two numbers have both, or at least one of them; neither is negative.
    local function bitwise(a, b, wanted)
      local result, weight = 0, 1
      for shift = 0, 63 do
        if part(a, shift, 1) + part(b, shift, 1) >= wanted then result = add(result, weight) end
        weight = add(weight, weight)
      end
      return result
    end
    local function bitAnd(a, b) return bitwise(a, b, 2) end
    local function bitOr(a, b) return bitwise(a, b, 1) end
    """#
}
