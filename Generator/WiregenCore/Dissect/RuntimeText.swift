// Part of the Lua that every dissector has: what octets say that are no numbers.

extension DissectorRuntime {
  /// Whether octets are text.
  static let text = #"""
    -- Text

    -- Whether octets are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
    local function isUTF8(octets)
      local place, length = 1, #octets
      while place <= length do
        local first = octets:byte(place)
        local more, least, most = 0, 0x80, 0xBF
        if first >= 0x80 then
          if first < 0xC2 or first > 0xF4 then return false end
          more = first < 0xE0 and 1 or first < 0xF0 and 2 or 3
          if first == 0xE0 then least = 0xA0 elseif first == 0xED then most = 0x9F end
          if first == 0xF0 then least = 0x90 elseif first == 0xF4 then most = 0x8F end
        end
        for _ = 1, more do
          place = place + 1
          local octet = octets:byte(place)
          if not octet or octet < least or octet > most then return false end
          least, most = 0x80, 0xBF
        end
        place = place + 1
      end
      return true
    end

    local function isText(octets, member)
      if member.refusesNUL and octets:find("\0", 1, true) then return false end
      if member.keepsInvalid then return true end
      if member.content == "ascii" then return not octets:find("[\128-\255]") end
      return isUTF8(octets)
    end
    """#

  /// Dates of RFC 1123.
  static let dates = #"""
    -- Dates of RFC 1123

    local mailDate
    do
      local months = {
        jan = 1, feb = 2, mar = 3, apr = 4, may = 5, jun = 6, jul = 7, aug = 8, sep = 9, oct = 10, nov = 11, dec = 12,
      }
      local weekdays = { sun = 0, mon = 1, tue = 2, wed = 3, thu = 4, fri = 5, sat = 6 }
      local zones = {
        gmt = 0, ut = 0, utc = 0, z = 0, est = -5, edt = -4, cst = -6, cdt = -5, mst = -7, mdt = -6, pst = -8, pdt = -7,
      }

      -- Days from 1970-01-01 to a date of the Gregorian calendar; years start with March here, so that leap days come last.
      local function days(year, month, day)
        if month <= 2 then year, month = year - 1, month + 12 end
        return 365 * year + math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
          + math.floor((153 * (month - 3) + 2) / 5) + day - 719469
      end

      local function isDay(year, month, day)
        local nextYear, nextMonth = year, month + 1
        if month == 12 then nextYear, nextMonth = year + 1, 1 end
        return day >= 1 and days(year, month, day) < days(nextYear, nextMonth, 1)
      end

      -- Seconds that a zone is ahead of UTC; nil when it is none.
      local function zoneOffset(zone)
        local sign, hours, minutes = zone:match("^([+-])(%d%d)(%d%d)$")
        if not sign then return zones[zone] and zones[zone] * 3600 end
        if tonumber(hours) > 23 or tonumber(minutes) > 59 then return nil end
        return (sign == "-" and -60 or 60) * (60 * hours + minutes)
      end

      -- Seconds from 1970-01-01 UTC of `[Www, ]D Mon YYYY HH:MM[:SS] ZONE`; nil when it is no date.
      function mailDate(text)
        text = text:lower()
        local weekday, rest = text:match("^(%a+), (.*)$")
        local form = "^(%d%d?) (%a+) (%d+) (%d%d):(%d%d)(:?%d*) (.+)$"
        local day, month, year, hour, minute, second, zone = (rest or text):match(form)
        if not day or not months[month] or #year ~= 2 and #year ~= 4 then return nil end
        if second ~= "" and not second:match("^:%d%d$") then return nil end
        local offset = zoneOffset(zone)
        day, month, hour, minute = tonumber(day), months[month], tonumber(hour), tonumber(minute)
        year, second = tonumber(year) + (#year == 4 and 0 or tonumber(year) < 50 and 2000 or 1900), tonumber(second:sub(2)) or 0
        if not offset or hour > 23 or minute > 59 or second > 60 or not isDay(year, month, day) then return nil end
        local date = days(year, month, day)
        if weekday and weekdays[weekday] ~= (date + 4) % 7 then return nil end
        local seconds = 86400 * date + 3600 * hour + 60 * minute + second - offset
        if seconds < -62167219200 or seconds >= 253402300800 then return nil end
        return seconds
      end
    end
    """#

  /// What stands in place of dates where there are none.
  static let noDates = #"""
    -- Dates: this protocol has none that are text.

    local mailDate
    """#

  /// Checksums.
  static let checksums = #"""
    -- Checksums

    local xor, checksum, checksumBefore
    do
      -- Exclusive or of 32 bits. Where Wireshark has no library for it, Lua itself does it since 5.3, with a sign of its own.
      local bitLibrary = bit or bit32
      xor = bitLibrary and function(a, b) return bitLibrary.bxor(a, b) % 2 ^ 32 end
        or load("return function(a, b) return a ~ b end")()

      -- Adds some octets to the register of a reflected cyclic redundancy check with the polynomial.
      local function cyclic(polynomial)
        local entries = {}
        for index = 0, 255 do
          local register = index
          for _ = 1, 8 do
            local lowest = register % 2
            register = (register - lowest) / 2
            if lowest == 1 then register = xor(register, polynomial) end
          end
          entries[index] = register
        end
        return function(register, octet)
          return xor(entries[xor(register, octet) % 256], math.floor(register / 256))
        end
      end

      local function same(register) return register end
      local function complement(register) return 0xFFFFFFFF - register end

      -- Of each algorithm what it starts from, what an octet does to it (`index` counts from the first octet covered), and what
      -- becomes of it at the end.
      local algorithms = {
        internet = {
          start = 0,
          step = function(sum, octet, index) return sum + (index % 2 == 0 and octet * 256 or octet) end,
          finish = function(sum)
            while sum > 0xFFFF do sum = sum % 65536 + math.floor(sum / 65536) end
            return 0xFFFF - sum
          end,
        },
        sum8 = { start = 0, step = function(sum, octet) return (sum + octet) % 256 end, finish = same },
        xor8 = { start = 0, step = xor, finish = same },
        crc16 = { start = 0, step = cyclic(0xA001), finish = same },
        crc32 = { start = 0xFFFFFFFF, step = cyclic(0xEDB88320), finish = complement },
        crc32c = { start = 0xFFFFFFFF, step = cyclic(0x82F63B78), finish = complement },
      }

      -- Goes on with a checksum over octets from one place to before another; those of the checksum itself count as zero.
      local function sumUp(algorithm, register, octets, first, from, to, ownFirst, ownLast)
        for place = from, to - 1 do
          local octet = place >= ownFirst and place < ownLast and 0 or octets:byte(place + 1)
          register = algorithm.step(register, octet, place - first)
        end
        return register
      end

      function checksum(name, octets, from, to, ownFirst, ownLast)
        local algorithm = algorithms[name]
        return algorithm.finish(sumUp(algorithm, algorithm.start, octets, from, from, to, ownFirst, ownLast))
      end

      -- The checksum of what the message has before a place. Elements ask for one after the other, so that each goes on from the
      -- nearest one before it.
      function checksumBefore(run, name, to)
        local known, algorithm = run.sums, algorithms[name]
        while #known > 0 and known[#known].to > to do known[#known] = nil end
        local register, from = algorithm.start, 0
        for place = #known, 1, -1 do
          if known[place].name == name then
            register, from = known[place].register, known[place].to
            break
          end
        end
        register = sumUp(algorithm, register, run.octets, 0, from, to, 0, 0)
        known[#known + 1] = { name = name, to = to, register = register }
        return algorithm.finish(register)
      end
    end
    """#

  /// What stands in place of checksums where there are none.
  static let noChecksums = #"""
    -- Checksums: this protocol has none.

    local xor, checksum, checksumBefore
    """#
}
