/// What pages do by themselves: search, the index that follows the reader, octets and fields that point at each other. Without
/// it everything can be read all the same.
enum DocumentScript {
  static let text = #"""
    (function () {
      "use strict";
      var root = document.documentElement;
      root.classList.add("live");
      var input = document.getElementById("find");
      var list = document.getElementById("found");
      var opener = document.querySelector(".opener");
      var entries = null;
      var shown = [];
      var chosen = -1;

      // Search: everything with data-k, by its names and numbers.
      function load() {
        entries = Array.from(document.querySelectorAll("[data-k]"), function (element) {
          var id = element.id;
          var names = element.dataset.n.split(" ").map(function (name) { return name.replace(/\u00a0/g, " "); });
          var context = id.indexOf(":") > 0 ? id.slice(0, id.indexOf(":")) : id.slice(0, Math.max(0, id.lastIndexOf(".")));
          return {
            id: id, kind: element.dataset.k, names: names, context: context, number: element.dataset.v || "",
            lower: names.map(function (name) { return name.toLowerCase(); }), parts: names.map(parts)
          };
        });
      }
      function parts(name) {
        return name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase().split(/[^a-z0-9]+/);
      }
      function numeral(word) {
        if (!/^(0x[0-9a-f]+|[0-9]+)$/.test(word)) { return null; }
        return BigInt(word);
      }
      function byNumber(entry, number) {
        if (!entry.number) { return 99; }
        var ends = entry.number.split("-");
        if (ends.length === 1) { return BigInt(ends[0]) === number ? 0 : 99; }
        return BigInt(ends[0]) <= number && number <= BigInt(ends[1]) ? 1 : 99;
      }
      function byWord(entry, word) {
        var best = 99;
        entry.lower.forEach(function (name, index) {
          if (name === word) { best = Math.min(best, 0); }
          else if (name.startsWith(word)) { best = Math.min(best, 2); }
          else if (entry.parts[index].some(function (part) { return part.startsWith(word); })) { best = Math.min(best, 4); }
          else if (name.includes(word)) { best = Math.min(best, 6); }
        });
        if (best === 99 && (entry.context.toLowerCase().includes(word) || entry.kind === word)) { best = 9; }
        return best;
      }
      var order = ["message", "element", "structure", "codes", "flags", "family", "code", "flag", "field", "range"];
      function search(text) {
        if (!entries) { load(); }
        var words = text.toLowerCase().split(/\s+/).filter(Boolean);
        if (!words.length) { return []; }
        var hits = [];
        entries.forEach(function (entry, index) {
          var score = 0;
          for (var word of words) {
            var number = numeral(word);
            var one = Math.min(byWord(entry, word), number === null ? 99 : byNumber(entry, number));
            if (one === 99) { return; }
            score += one;
          }
          var rank = order.indexOf(entry.kind);
          hits.push({ entry: entry, score: score * 100 + (rank < 0 ? 50 : rank), index: index });
        });
        hits.sort(function (a, b) { return a.score - b.score || a.index - b.index; });
        return hits.slice(0, 60).map(function (hit) { return hit.entry; });
      }

      function item(entry, index) {
        var line = document.createElement("li");
        line.id = "found-" + index;
        line.setAttribute("role", "option");
        function add(name, text) {
          var span = document.createElement("span");
          span.className = name;
          span.textContent = text;
          line.appendChild(span);
        }
        add("k", entry.kind);
        add("m", entry.names[0]);
        var about = [entry.number.replace("-", "–"), entry.context].concat(entry.names.slice(1)).filter(Boolean);
        if (about.length) { add("w", about.join(" · ")); }
        return line;
      }
      function show() {
        shown = search(input.value);
        list.replaceChildren.apply(list, shown.map(item));
        if (!shown.length && input.value.trim()) {
          var none = document.createElement("li");
          none.className = "none";
          none.textContent = "Nothing has this name or number.";
          list.appendChild(none);
        }
        list.hidden = !input.value.trim();
        input.setAttribute("aria-expanded", String(!list.hidden));
        choose(shown.length ? 0 : -1);
      }
      function choose(index) {
        chosen = index;
        Array.from(list.children).forEach(function (line, place) {
          line.setAttribute("aria-selected", String(place === index));
        });
        if (index >= 0) {
          input.setAttribute("aria-activedescendant", "found-" + index);
          list.children[index].scrollIntoView({ block: "nearest" });
        } else { input.removeAttribute("aria-activedescendant"); }
      }
      function close() {
        list.hidden = true;
        input.setAttribute("aria-expanded", "false");
        input.removeAttribute("aria-activedescendant");
      }
      function go(entry) {
        close();
        input.blur();
        if (location.hash === "#" + entry.id) { reveal(); } else { location.hash = entry.id; }
      }
      input.addEventListener("input", show);
      input.addEventListener("focus", function () { if (input.value.trim()) { show(); } });
      input.addEventListener("keydown", function (event) {
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
          event.preventDefault();
          if (shown.length) { choose((chosen + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length); }
        } else if (event.key === "Enter") {
          if (!list.hidden && shown[chosen]) { event.preventDefault(); go(shown[chosen]); }
        } else if (event.key === "Escape") {
          if (list.hidden) { input.value = ""; input.blur(); }
          close();
        }
      });
      list.addEventListener("mousedown", function (event) { event.preventDefault(); });
      list.addEventListener("click", function (event) {
        var line = event.target.closest("[role=option]");
        if (line) { go(shown[Array.from(list.children).indexOf(line)]); }
      });
      document.addEventListener("click", function (event) { if (!event.target.closest(".find")) { close(); } });
      document.addEventListener("keydown", function (event) {
        var isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
        if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
          event.preventDefault();
          input.focus();
          input.select();
        }
      });

      // What an anchor leads to is opened and shown.
      function reveal() {
        var id = decodeURIComponent(location.hash.slice(1));
        var target = id && document.getElementById(id);
        if (!target) { return; }
        for (var outer = target.closest("details"); outer; outer = outer.parentElement.closest("details")) { outer.open = true; }
        target.scrollIntoView();
      }
      window.addEventListener("hashchange", reveal);
      document.querySelector("nav").addEventListener("click", function (event) {
        if (event.target.closest("a")) { opener.open = false; }
      });

      // The index shows where the reader is.
      var links = new Map();
      document.querySelectorAll("nav li a").forEach(function (link) { links.set(link.hash.slice(1), link); });
      var seen = new Set();
      var here = null;
      if ("IntersectionObserver" in window) {
        var observer = new IntersectionObserver(function (changes) {
          changes.forEach(function (change) {
            if (change.isIntersecting) { seen.add(change.target); } else { seen.delete(change.target); }
          });
          var first = null;
          seen.forEach(function (section) {
            if (!first || section.compareDocumentPosition(first) & Node.DOCUMENT_POSITION_FOLLOWING) { first = section; }
          });
          var link = first && links.get(first.id);
          if (!link || link === here) { return; }
          if (here) { here.classList.remove("here"); here.removeAttribute("aria-current"); }
          here = link;
          here.classList.add("here");
          here.setAttribute("aria-current", "true");
          if (getComputedStyle(opener).display === "none") { here.scrollIntoView({ block: "nearest" }); }
        }, { rootMargin: "-15% 0px -70% 0px" });
        document.querySelectorAll("section.type").forEach(function (section) {
          if (links.has(section.id)) { observer.observe(section); }
        });
      }

      // Samples: octets and fields point at each other.
      var marked = [];
      function mark(target) {
        marked.forEach(function (element) { element.classList.remove("on"); });
        marked = [];
        var piece = target && target.closest && target.closest("[data-f]");
        if (!piece) { return; }
        var sample = piece.closest(".sample");
        marked = Array.from(sample.querySelectorAll("[data-f=\"" + piece.dataset.f + "\"]"));
        marked.forEach(function (element) { element.classList.add("on"); });
        var box = sample.querySelector(".tree");
        var row = marked.find(function (element) { return element.localName === "tr"; });
        if (row && !box.contains(piece)) { box.scrollTop = row.offsetTop - box.clientHeight / 3; }
        var first = marked[0];
        var octets = sample.querySelector(".hex");
        if (box.contains(piece) && octets.contains(first)) {
          octets.scrollTop = first.offsetTop - octets.offsetTop - octets.clientHeight / 3;
        }
      }
      document.addEventListener("mouseover", function (event) { if (event.target.closest(".sample")) { mark(event.target); } });
      document.addEventListener("click", function (event) { if (event.target.closest(".sample")) { mark(event.target); } });
      document.addEventListener("focusin", function (event) { if (event.target.closest(".tree")) { mark(event.target); } });
      window.addEventListener("beforeprint", function () {
        document.querySelectorAll("main details").forEach(function (part) { part.open = true; });
      });
      if (location.hash) { reveal(); }
    })();

    """#
}
