/// How page and pictures look: light, dark, printed, narrow.
enum PageStyle {
  /// The style sheet. Series have the colours of Okabe and Ito, heat maps those of cividis: both are told apart
  /// without seeing red or green.
  static let text = """
    :root {
      --paper: #ffffff; --ink: #1c1e21; --soft: #5c6068; --rule: #d9dce1; --card: #f5f6f8;
      --edge: #ffffff; --accent: #005a94;
      --s0: #0072b2; --s1: #e69f00; --s2: #009e73; --s3: #cc79a7; --s4: #56b4e9; --s5: #d55e00;
      --s6: #f0e442; --s7: #9aa0a8;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --paper: #15171b; --ink: #e8eaed; --soft: #a4a9b2; --rule: #363a42; --card: #1e2127;
        --edge: #15171b; --accent: #7cc4f4; --s0: #2b8fd0; --s7: #7b818b;
      }
    }
    @media print {
      :root {
        --paper: #ffffff; --ink: #000000; --soft: #3a3d42; --rule: #c9ccd1; --card: #ffffff;
        --edge: #ffffff; --accent: #000000; --s0: #0072b2; --s7: #9aa0a8;
      }
    }
    * { box-sizing: border-box; }
    body {
      margin: 0 auto; max-width: 860px; padding: 24px 20px 60px; background: var(--paper);
      color: var(--ink); font: 16px/1.5 system-ui, "Noto Sans", "DejaVu Sans", sans-serif;
    }
    h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 16px; overflow-wrap: anywhere; }
    h2 { font-size: 1.3rem; margin: 44px 0 4px; padding-top: 12px; border-top: 1px solid var(--rule); }
    h3 { font-size: 1rem; margin: 0 0 10px; }
    section > p { margin: 0 0 18px; color: var(--soft); }
    a { color: var(--accent); }
    nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-top: 18px; }
    small { display: block; color: var(--soft); font-size: 0.8rem; line-height: 1.4; margin-top: 3px; }
    .facts { display: grid; grid-template-columns: max-content 1fr; gap: 2px 16px; margin: 0; }
    .facts dt { color: var(--soft); }
    .facts dd { margin: 0; overflow-wrap: anywhere; }
    .highlights {
      display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 12px;
      list-style: none; padding: 0; margin: 20px 0 0;
    }
    .highlights li { background: var(--card); border: 1px solid var(--rule); border-radius: 8px; padding: 12px 14px; }
    .highlights strong { display: block; font-size: 1.5rem; line-height: 1.2; }
    .highlights span { display: block; font-size: 0.92rem; }
    figure { margin: 0 0 34px; }
    .picture { overflow-x: auto; }
    .picture svg { display: block; width: 100%; min-width: 600px; height: auto; }
    figcaption { font-size: 0.92rem; margin-top: 6px; }
    details { margin-top: 6px; font-size: 0.88rem; }
    summary { cursor: pointer; color: var(--accent); width: max-content; }
    .numbers { overflow-x: auto; max-height: 480px; overflow-y: auto; margin-top: 6px; }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; white-space: nowrap; }
    caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
    th, td { text-align: right; padding: 3px 10px; border-bottom: 1px solid var(--rule); font-weight: normal; }
    th:first-child { text-align: left; }
    thead th { position: sticky; top: 0; background: var(--paper); color: var(--soft); vertical-align: bottom; }
    .label { fill: var(--ink); font: 12px system-ui, "Noto Sans", "DejaVu Sans", sans-serif; }
    .strong { font-weight: 600; }
    .grid { stroke: var(--rule); stroke-width: 1; }
    .axis { stroke: var(--soft); stroke-width: 1; }
    .mark { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 3 3; opacity: 0.55; }
    .roof { stroke: var(--ink); stroke-width: 2; }
    .s0 { fill: var(--s0); } .s1 { fill: var(--s1); } .s2 { fill: var(--s2); } .s3 { fill: var(--s3); }
    .s4 { fill: var(--s4); } .s5 { fill: var(--s5); } .s6 { fill: var(--s6); } .s7 { fill: var(--s7); }
    rect { stroke: var(--edge); stroke-width: 0.6; }
    .point { stroke: var(--ink); stroke-width: 1; }
    .h0 { fill: #00224e; } .h1 { fill: #123570; } .h2 { fill: #3b496c; } .h3 { fill: #575d6d; }
    .h4 { fill: #707173; } .h5 { fill: #8a8678; } .h6 { fill: #a59c74; } .h7 { fill: #c3b369; }
    .h8 { fill: #e1cc55; } .h9 { fill: #fee838; }
    @media (max-width: 560px) {
      body { padding: 16px 12px 40px; }
      .facts { grid-template-columns: 1fr; gap: 0; }
      .facts dd { margin-bottom: 6px; }
    }
    @media print {
      body { max-width: none; padding: 0; font-size: 11pt; }
      nav, summary { display: none; }
      figure, .highlights li { break-inside: avoid; }
      h2, h3 { break-after: avoid; }
      .picture, .numbers { overflow: visible; max-height: none; }
      .picture svg { min-width: 0; }
      details:not([open]) { display: none; }
      * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
    }

    """
}
