/// How pages look: narrow and wide, light and dark, on paper. Nothing in it is fetched from anywhere.
enum DocumentStyle {
  static let text = #"""
    :root {
      color-scheme: light dark;
      --paper: #fcfcf9; --raised: #f5f5ef; --ink: #1d2125; --soft: #5a626a; --line: #dedfd6; --edge: #9a9f9f;
      --link: #0b6157; --tint: #e4f0ec; --mark: #ffe7a0; --bad: #a32e1a; --bad-tint: #fbe7e1; --warn: #7a5200;
        --good: #2a6a2d;
      --cell: #ffffff; --hatch: #e7e7e0; --odd: #e5eef5; --even: #f3ebdd;
      --mono: ui-monospace, "SF Mono", "Cascadia Code", "JetBrains Mono", Menlo, Consolas, "Liberation Mono", monospace;
      --text: "Source Sans 3", "Helvetica Neue", "Segoe UI", "Noto Sans", "Liberation Sans", Arial, sans-serif;
      --bar: 0rem;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #15181a; --raised: #1b1f22; --ink: #dee2e5; --soft: #9da6ad; --line: #2f353a; --edge: #6a737b;
        --link: #72cdba; --tint: #1a302c; --mark: #5a4a12; --bad: #ff9f8b; --bad-tint: #3a211b; --warn: #e5b656;
          --good: #8fce8c;
        --cell: #1a1e21; --hatch: #2a2f34; --odd: #1e2f3a; --even: #372f21;
      }
    }
    * { box-sizing: border-box; }
    html { scroll-padding-top: calc(var(--bar) + 1rem); text-size-adjust: 100%; }
    body { margin: 0; background: var(--paper); color: var(--ink); font: 400 0.9375rem/1.5 var(--text);
      overflow-wrap: break-word; }
    a { color: var(--link); text-decoration: none; }
    a:hover { text-decoration: underline; text-underline-offset: 0.18em; }
    :focus-visible { outline: 2px solid var(--link); outline-offset: 1px; border-radius: 2px; }
    code, .m, kbd { font-family: var(--mono); font-size: 0.88em; font-variant-ligatures: none; }
    p { margin: 0.35rem 0 0.6rem; max-width: 44rem; }
    h1, h2, h3, h4 { line-height: 1.25; margin: 0; font-weight: 650; text-wrap: balance; }
    h1 { font-size: 2rem; letter-spacing: -0.015em; }
    h2 { font-size: 1.3rem; margin: 3.6rem 0 0.4rem; padding-top: 0.7rem; border-top: 2px solid var(--ink); }
    h3 { font-size: 1.1rem; overflow-wrap: anywhere; font-family: var(--mono); letter-spacing: -0.02em; }
    h4 { font-size: 0.8rem; color: var(--soft); margin: 1.5rem 0 0.45rem; letter-spacing: 0.01em; }
    ul { margin: 0.3rem 0; padding-left: 1.2rem; }
    .skip { position: absolute; left: -99rem; }
    .skip:focus { left: 0.5rem; top: 0.5rem; z-index: 9; background: var(--paper); padding: 0.4rem; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
    .soft { color: var(--soft); }
    .spec { font-size: 0.85em; white-space: nowrap; }
    span.spec { color: var(--soft); }
    .bad { color: var(--bad); }
    .warn { color: var(--warn); }
    .good { color: var(--good); }
    .gone { color: var(--warn); display: block; font-size: 0.9em; }
    .since { color: var(--soft); font-size: 0.85em; }

    /* Side: the index */
    .side { position: fixed; inset: 0 auto 0 0; width: 17rem; display: flex; flex-direction: column;
      background: var(--raised);
      border-right: 1px solid var(--line); z-index: 5; }
    .head { padding: 1rem 1rem 0.8rem; border-bottom: 1px solid var(--line); }
    .head > a { display: block; font-weight: 700; font-size: 1.1rem; color: var(--ink); }
    .find { position: relative; margin-top: 0.6rem; display: none; }
    .live .find { display: block; }
    .find input { width: 100%; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--edge);
      border-radius: 4px; padding: 0.3rem 1.8rem 0.3rem 0.6rem; }
    .find kbd { position: absolute; right: 0.5rem; top: 0.42rem; color: var(--soft); border: 1px solid var(--line);
      border-radius: 3px;
      padding: 0 0.35rem; font-size: 0.75rem; pointer-events: none; }
    .found { position: absolute; left: 0; top: 100%; margin: 0.3rem 0 0; padding: 0.25rem;
      width: min(34rem, calc(100vw - 2rem));
      max-height: min(32rem, 75vh); overflow-y: auto; list-style: none; background: var(--paper);
        border: 1px solid var(--edge);
      border-radius: 6px; box-shadow: 0 8px 28px rgb(0 0 0 / 0.22); z-index: 9; }
    .found[hidden] { display: none; }
    .found li { display: grid; grid-template-columns: 5.2rem 1fr; gap: 0 0.7rem; padding: 0.28rem 0.5rem;
      border-radius: 4px; cursor: pointer; }
    .found li[aria-selected="true"] { background: var(--tint); }
    .found .k { color: var(--soft); font-size: 0.8rem; line-height: 1.6; }
    .found .none { display: block; color: var(--soft); cursor: default; }
    .found .w { color: var(--soft); font-size: 0.82rem; grid-column: 2; }
    .opener { display: none; }
    .side nav { padding: 0.5rem 0 2rem; }
    .scroll { flex: 1; overflow-y: auto; scrollbar-width: thin; min-height: 0; }
    nav ul { list-style: none; margin: 0; padding: 0; }
    nav .part { display: block; text-decoration: none; padding: 0.8rem 1rem 0.15rem; font-weight: 650; font-size: 0.8rem;
      color: var(--soft); }
    nav li a { display: flex; gap: 0.5rem; padding: 0.12rem 1rem; color: var(--ink); font: 0.8rem/1.5 var(--mono);
      overflow: hidden; }
    nav li a:hover { background: var(--tint); text-decoration: none; }
    nav li a.here { background: var(--tint); box-shadow: inset 3px 0 var(--link); }
    nav li .c { color: var(--soft); min-width: 2.2rem; text-align: right; }
    nav li .t { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }

    main { margin-left: 17rem; padding: 2rem 2.6rem 8rem; max-width: 80rem; }
    .lead { font-size: 1.05rem; max-width: 46rem; }
    dl.facts { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: 0.3rem 1.4rem; margin: 1rem 0;
      max-width: 52rem; }
    dl.facts dt { color: var(--soft); }
    dl.facts dd { margin: 0; }
    section.type { margin: 2.4rem 0 0; padding-top: 1.2rem; border-top: 1px solid var(--line); }
    h2 + section.type, h2 + p + section.type { border-top: 0; padding-top: 0.2rem; margin-top: 0.8rem; }
    .title { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.2rem 0.9rem; }
    .title h3 a, h4 a.self, .self { color: inherit; }
    .title .about { color: var(--soft); font-size: 0.85rem; }
    .title .spec { margin-left: auto; }
    :target { scroll-margin-top: calc(var(--bar) + 1rem); }
    :target > .title h3, tr:target > td:first-child, li:target,
      .sample:target > .title { box-shadow: inset 3px 0 var(--link); }
    :target > .title h3 { padding-left: 0.6rem; }
    tr:target, li:target { background: var(--tint); }

    /* Tables */
    .wide { overflow-x: auto; margin: 0.4rem 0; }
    table { border-collapse: collapse; min-width: min(100%, 54rem); font-size: 0.9rem; line-height: 1.45; }
    th { text-align: left; font-weight: 500; font-size: 0.78rem; color: var(--soft); padding: 0.2rem 0.9rem 0.3rem 0;
      white-space: nowrap;
      border-bottom: 1px solid var(--edge); vertical-align: bottom; }
    td { padding: 0.36rem 0.9rem 0.36rem 0; border-bottom: 1px solid var(--line); vertical-align: baseline; }
    th:last-child, td:last-child { padding-right: 0.2rem; }
    td:first-child { padding-left: 0.5rem; } th:first-child { padding-left: 0.5rem; }
    td p { margin: 0; }
    th.num, th.m { font-family: var(--text); font-size: 0.78rem; }
    .num { width: 1%; text-align: right; font-family: var(--mono); font-size: 0.82rem; white-space: nowrap;
      font-variant-numeric: tabular-nums; }
    td .label { display: block; color: var(--soft); font-size: 0.84rem; }
    td .says { display: block; font-size: 0.84rem; }
    .fields tr.reserved td { color: var(--soft); }
    .hexa { color: var(--soft); }
    .unknown, .plain { min-width: 0; }
    :is(.unknown, .plain) :is(th, td):not(:last-child) { padding-right: 2rem; }
    tr.span td { color: var(--soft); background: var(--raised); }
    tr.span .m { color: var(--ink); }
    .case { margin: 0.8rem 0; padding-left: 0.9rem; border-left: 2px solid var(--line); }
    .case > h4 { margin-top: 0; }
    .case > h4 span { font-weight: 400; }
    .causes > summary { color: var(--link); cursor: pointer; font-size: 0.84rem; width: max-content; }
    .causes ul { font-size: 0.84rem; }

    /* Bit diagrams */
    .bits { display: grid; grid-template-columns: 2.7rem repeat(32, minmax(0, 1fr)); margin: 0.7rem 0 0.3rem; padding: 0;
      list-style: none;
      max-width: 54rem; font-size: 0.8rem; line-height: 1.2; border-right: 1px solid var(--edge);
        border-bottom: 1px solid var(--edge); }
    .bits .r { grid-column: span 8; font: 0.66rem/1.3 var(--mono); color: var(--soft); border-bottom: 1px solid var(--edge);
      border-left: 1px solid transparent;
      margin-right: -1px; overflow: visible; white-space: nowrap; }
    .bits .r + .r { border-left-color: var(--line); padding-left: 2px; }
    .bits .r.first { grid-column: 1; border-bottom-color: transparent; margin-right: 0; }
    .bits .g { position: relative; margin-bottom: -1px; background: var(--paper); grid-column: 1;
      font: 0.7rem/1 var(--mono); color: var(--soft); padding: 0.35rem 0.5rem 0 0;
      text-align: right; }
    .bits .f { grid-column: span var(--w); min-height: 2rem; border: 1px solid var(--edge); border-width: 1px 0 0 1px;
      background: var(--cell);
      display: flex; align-items: center; justify-content: center; text-align: center; padding: 0.2rem 0.15rem;
        overflow: hidden;
      min-width: 0; }
    .bits .f a { color: inherit; overflow-wrap: anywhere; hyphens: auto; }
    .bits .f i { font-style: normal; color: var(--soft); }
    .bits .x2 { min-height: 3.2rem; } .bits .x3 { min-height: 4.2rem; } .bits .x4 { min-height: 5.2rem; }
    .bits .x2, .bits .x3, .bits .x4 { background: repeating-linear-gradient(var(--cell) 0 calc(100% / var(--h) - 1px),
      var(--line) calc(100% / var(--h) - 1px) calc(100% / var(--h))); }
    .bits .x2 a, .bits .x3 a, .bits .x4 a { background: var(--cell); padding: 0 0.5rem; }
    .bits .res { background: repeating-linear-gradient(135deg, var(--cell) 0 4px, var(--hatch) 4px 5px);
      color: var(--soft); }
    .bits .hdr { background-color: var(--raised); }
    .bits .var { border-left-style: dashed; border-top-style: dashed;
      background: linear-gradient(90deg, var(--tint), var(--cell) 60%); }
    .bits .more::before { content: "…"; color: var(--soft); }
    .bits .thin a { writing-mode: vertical-rl; font-size: 0.68rem; line-height: 1; padding: 0.1rem 0;
      overflow-wrap: normal; white-space: nowrap; }
    .bits .gap { grid-column: span var(--w); border-top: 1px solid var(--edge); border-left: 1px solid var(--edge);
      background: var(--paper); margin-right: -1px; margin-bottom: -1px; }
    .note { color: var(--soft); font-size: 0.84rem; margin: 0.3rem 0; }

    /* Rules */
    .rules { list-style: none; padding: 0; margin: 0; max-width: 60rem; }
    .rules > li { padding: 0.5rem 0.5rem; border-bottom: 1px solid var(--line); }
    .rules .test { display: block; margin: 0.1rem 0; }
    .rules .test code { white-space: pre-wrap; }
    .rules .top { display: flex; flex-wrap: wrap; gap: 0 0.9rem; align-items: baseline; }
    .rules .top .m { font-weight: 600; }
    .rules p { margin: 0.1rem 0; color: var(--soft); }

    /* Cardinality */
    .matrix { min-width: 0; }
    .matrix th .soft { display: inline-block; min-width: 2.1rem; text-align: right; margin-right: 0.35rem; }
    .matrix th.col { text-align: center; height: 9rem; padding: 0 0 0.4rem; width: 2.6rem; vertical-align: bottom; }
    .matrix th.col a { writing-mode: vertical-rl; transform: rotate(180deg); white-space: nowrap;
      font: 0.78rem/1.2 var(--mono); }
    .matrix td { text-align: center; padding: 0.2rem 0.35rem; font-family: var(--mono); font-size: 0.78rem;
      border-left: 1px solid var(--line); min-width: 2.6rem; white-space: nowrap; }
    .matrix tr > :first-child { text-align: left; position: sticky; left: 0; background: var(--paper); border-left: 0;
      padding: 0.2rem 0.9rem 0.2rem 0.5rem; }
    .matrix tbody th { font: 0.8rem/1.5 var(--mono); color: var(--ink); border-bottom: 1px solid var(--line); }
    .matrix .must { background: var(--tint); font-weight: 650; }
    .matrix .not { color: var(--bad); }
    .matrix .none { color: var(--line); }

    /* Samples */
    .sample { margin: 0.9rem 0 0; padding: 0.6rem 0.8rem 0.7rem; border: 1px solid var(--line); border-radius: 6px;
      background: var(--raised); }
    .sample h4 { margin: 0; font: 600 0.86rem/1.5 var(--mono); color: var(--ink); }
    .sample .title { gap: 0 0.8rem; font-size: 0.86rem; }
    .panes { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.3rem 1.6rem; align-items: start;
      margin-top: 0.45rem; }
    .hex { display: grid; grid-template-columns: max-content max-content; gap: 0 1rem; font: 0.8rem/1.65 var(--mono); }
    .hex > span { white-space: pre; }
    .hex i { font-style: normal; color: var(--soft); display: inline-block; width: 2.9rem; user-select: none; }
    .hex > span:nth-child(even) i { display: none; }
    .hex b { font-weight: 400; padding: 0.1em 0.18em; border-radius: 2px; cursor: default; }
    .hex b.o { background: var(--odd); } .hex b.e { background: var(--even); }
    .hex b.at { box-shadow: inset 0 -2px var(--bad); color: var(--bad); font-weight: 700; }
    .hex b.on, .tree tr.on td { background: var(--mark); }
    .hex, .tree { max-height: 25rem; overflow: auto; scrollbar-width: thin; }
    .tree { position: relative; }
    .tree table { width: 100%; min-width: 0; font-size: 0.82rem; }
    .tree td { padding: 0.14rem 0.8rem 0.14rem 0; }
    .tree td:first-child { padding-left: 0.3rem; }
    .tree td.num { color: var(--soft); font-size: 0.76rem; text-align: left; }
    .tree td.m { font-size: 0.76rem; white-space: nowrap; }
    .tree td.path { width: 45%; overflow-wrap: anywhere; }
    .tree .path .m { font-size: 0.76rem; white-space: normal; }
    .tree td:last-child { overflow-wrap: anywhere; min-width: 7rem; }
    .tree tr:last-child td { border-bottom: 0; }
    .tree tr.fault td { color: var(--bad); background: var(--bad-tint); }

    @media (max-width: 62rem) {
      :root { --bar: 5.4rem; }
      .side { position: sticky; inset: 0 0 auto; width: auto; max-height: 100vh; border-right: 0;
        border-bottom: 1px solid var(--line); }
      .head { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; align-items: center;
        padding: 0.5rem 1rem 0; border-bottom: 0; }
      .find { margin: 0; }
      .found { left: auto; right: 0; }
      .opener { display: block; }
      .opener > summary { padding: 0.35rem 1rem 0.45rem; cursor: pointer; color: var(--link); width: max-content; }
      .scroll { max-height: calc(100vh - 7rem); }
      .opener:not([open]) + .scroll { display: none; }
      main { margin: 0; padding: 1rem 1rem 5rem; }
    }
    @media (max-width: 80rem) {
      .panes { grid-template-columns: minmax(0, 1fr); }
    }
    @media (max-width: 46rem) {
      h1 { font-size: 1.6rem; }
      h2 { margin-top: 2.6rem; }
      .title .spec { margin-left: 0; }
      .fields, .codes, .uses { display: block; }
      :is(.fields, .codes, .uses) :is(tbody, td) { display: block; }
      :is(.fields, .codes, .uses) thead { display: none; }
      :is(.fields, .codes, .uses) tr { display: grid; grid-template-columns: 4.6rem minmax(0, 1fr);
        grid-auto-flow: row dense;
        gap: 0 0.7rem; padding: 0.45rem 0.3rem 0.5rem; border-bottom: 1px solid var(--line); }
      :is(.fields, .codes, .uses) tr > td { border: 0; padding: 0; width: auto; min-width: 0; grid-column: 2; }
      :is(.fields, .codes, .uses) tr > td.num { grid-column: 1; text-align: left; white-space: normal;
        overflow-wrap: anywhere; }
      :is(.fields, .codes, .uses) tr > td:empty { display: none; }
      .fields tr > td.num:first-child { grid-area: 1 / 1; }
      .fields tr > td.num + td.num { color: var(--soft); grid-area: 1 / 1; padding-top: 1.45em; }
      .fields td:first-child:not(:empty)::before { content: "@ "; color: var(--edge); }
      .bits { grid-template-columns: 1.7rem repeat(32, minmax(0, 1fr)); font-size: 0.72rem; }
      .bits .g { font-size: 0.62rem; padding-right: 0.3rem; }
      .hex { grid-template-columns: max-content; max-height: 17rem; }
      .hex > span:nth-child(even) i { display: inline-block; }
      .tree { max-height: 17rem; }
      :is(.unknown, .plain) :is(th, td):not(:last-child) { padding-right: 1rem; }
      .plain td:last-child { min-width: 11rem; }
      .tree td { padding-right: 0.5rem; }
      .tree td.oct { display: none; }
      .tree .path { overflow-wrap: anywhere; min-width: 8.5rem; }
      .sample { padding: 0.5rem 0.6rem; margin-left: -0.4rem; margin-right: -0.4rem; }
      dl.facts { grid-template-columns: minmax(0, 1fr); gap: 0; }
      dl.facts dd { margin: 0 0 0.5rem; overflow-wrap: anywhere; }
      .spec { white-space: normal; overflow-wrap: anywhere; }
    }
    @media print {
      :root { --paper: #fff; --raised: #fff; --cell: #fff; --ink: #000; --soft: #444; --link: #000; --line: #bbb;
        color-scheme: light; font-size: 9.5pt; }
      body { font-size: 1rem; }
      .side, .skip { display: none !important; }
      main { margin: 0; padding: 0; max-width: none; }
      h2, h3, h4 { break-after: avoid; } tr, .rules > li, .bits { break-inside: avoid; }
      /* Paper does not scroll: what is long goes on, what is wide wraps. */
      .hex, .tree { max-height: none; overflow: visible; }
      .wide { overflow: visible; padding-right: 1px; }
      table { min-width: 0; max-width: 100%; } th { white-space: normal; }
      .title, .sample > .title { break-after: avoid; } .hex { break-inside: avoid; break-after: avoid; }
      details::details-content { content-visibility: visible; block-size: auto; }
      .bits .f, .hex b { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }

    """#
}
