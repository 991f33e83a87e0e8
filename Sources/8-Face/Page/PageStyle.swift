/// How the page looks: light and dark as the reader's system is, narrow and wide, and on paper.
enum PageStyle {
  static let css: StaticString = """
    :root{--ink:#1c2128;--muted:#59636e;--faint:#8b949e;--line:#d5dae0;--grid:#e8ebef;--paper:#fff;--panel:#f6f8fa;\
    --conv:#2f6fb7;--depthwise:#c2701d;--dense:#2f8a5b;--other:#7d8590;--soft:#b9cbe0;--good:#1f7a44;--bad:#b3261e;--scale:1;color-scheme:light dark}
    @media (prefers-color-scheme:dark){:root{--ink:#e3e7ec;--muted:#a0a9b4;--faint:#78818c;--line:#3b434d;--grid:#282e36;\
    --paper:#14181d;--panel:#1c2229;--conv:#6aa5e8;--depthwise:#e09a4f;--dense:#5fbb8a;--other:#8b949e;--soft:#3c5470;\
    --good:#5fc287;--bad:#f0817a}}
    *{box-sizing:border-box}
    html{-webkit-text-size-adjust:100%}
    body{margin:0;padding:28px 24px 48px;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,\
    "Segoe UI",Roboto,"Noto Sans","Liberation Sans",sans-serif}
    main{max-width:1120px;margin:0 auto}
    h1{font-size:26px;line-height:1.2;margin:0 0 4px;overflow-wrap:anywhere}
    h2{font-size:18px;margin:40px 0 6px;padding-bottom:4px;border-bottom:1px solid var(--line)}
    h3{font-size:15px;margin:20px 0 4px}
    p{margin:4px 0 12px;max-width:78ch;color:var(--muted)}
    a{color:var(--conv)}
    nav{margin:14px 0 0;display:flex;flex-wrap:wrap;gap:4px 18px}
    .figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(158px,1fr));gap:12px;margin:20px 0 0}
    .figures div{border:1px solid var(--line);border-radius:5px;padding:9px 12px;background:var(--panel)}
    .figures dt{color:var(--muted);font-size:12.5px}
    .figures dd{margin:0;font-size:20px;font-variant-numeric:tabular-nums;line-height:1.3}
    .figures small{display:block;color:var(--muted);font-size:12.5px}
    .scroll{overflow-x:auto}
    .network{display:flex;flex-wrap:wrap;gap:12px 34px;align-items:flex-start}
    .network svg{flex:none;width:calc(var(--width)*var(--scale)*1px);height:auto}
    svg{display:block;font-family:ui-monospace,"SFMono-Regular",Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace}
    svg text{fill:var(--ink);font-size:11px}
    .box rect{fill:var(--panel);stroke:var(--line)}
    .box .engine{stroke:none;fill:var(--other)}
    .box .line{fill:var(--muted)}
    .box .name{font-weight:600}
    .conv .engine,.swatch.conv{fill:var(--conv)}.depthwise .engine,.swatch.depthwise{fill:var(--depthwise)}
    .dense .engine,.swatch.dense{fill:var(--dense)}.swatch.other{fill:var(--other)}.swatch.soft{fill:var(--soft)}
    .edge{fill:none;stroke:var(--muted);stroke-width:1.2}
    .arrow{fill:var(--muted)}
    .connector{fill:var(--paper);stroke:var(--muted)}
    svg .number{text-anchor:middle;font-size:10px;fill:var(--muted)}
    svg .tensor{fill:var(--muted);font-size:10.5px;paint-order:stroke;stroke:var(--paper);stroke-width:3px}
    .legend{display:flex;flex-wrap:wrap;gap:2px 18px;margin:2px 0 14px;padding:0;list-style:none;font-size:13px;color:var(--muted)}
    .legend svg{display:inline-block;vertical-align:-1px;margin-right:6px}
    table{border-collapse:collapse;width:100%;font-size:13px;font-variant-numeric:tabular-nums}
    th,td{padding:3px 10px 3px 0;text-align:left;border-bottom:1px solid var(--grid);vertical-align:middle}
    th:last-child,td:last-child{padding-right:0}
    thead th{color:var(--muted);font-weight:500;border-bottom:1px solid var(--line);vertical-align:bottom}
    tbody th{font-weight:400;overflow-wrap:anywhere;min-width:14ch}
    tbody th,code{font-family:ui-monospace,"SFMono-Regular",Menlo,Consolas,"DejaVu Sans Mono","Liberation Mono",monospace;font-size:12px}
    tfoot th,tfoot td{border-top:1px solid var(--line);border-bottom:none;font-weight:600}
    .plain{width:auto}.plain th,.plain td{padding-right:26px}\
    .plain th:last-child,.plain td:last-child{padding-right:0}
    .number{text-align:right;white-space:nowrap}
    .chart{width:44%;min-width:90px}
    .bar,.histogram{width:100%}
    .histogram{min-width:140px}.histogram .range{fill:var(--panel);stroke:var(--line)}.histogram .level{stroke:var(--line)}
    .bar.conv,.fill-conv{fill:var(--conv)}.fill-depthwise{fill:var(--depthwise)}.fill-dense{fill:var(--dense)}
    .fill-other{fill:var(--other)}.fill-soft{fill:var(--soft)}
    .roofline,.plot{width:100%;min-width:560px;max-width:760px;height:auto}
    .dot{fill:var(--other)}.dot.conv{fill:var(--conv)}.dot.depthwise{fill:var(--depthwise)}.dot.dense{fill:var(--dense)}.dot.soft{fill:var(--soft)}
    .dot circle{stroke:var(--paper);stroke-width:1}.dot .interval{fill:none;stroke:var(--muted);stroke-width:1}
    .run{fill:none;stroke:var(--conv);stroke-opacity:.45;stroke-width:1.4;stroke-linejoin:round}.run.chosen{stroke:var(--dense);stroke-opacity:1;stroke-width:3}
    .coordinates{flex:none}
    .grid{stroke:var(--grid);fill:none}
    svg .tick{font-size:10.5px;fill:var(--muted)}
    svg .axis{font-size:11px;fill:var(--muted)}
    svg .middle{text-anchor:middle}svg .end{text-anchor:end}
    .roof{fill:none;stroke-width:1.6;stroke:var(--depthwise)}
    .roof.n0,.roof.bus{stroke:var(--ink)}.roof.n1{stroke:var(--conv)}.roof.n2{stroke:var(--dense)}
    svg .roof-label{font-size:10.5px;fill:var(--muted)}
    .point circle,.point rect,.point path{stroke:var(--paper);stroke-width:1}
    .point{fill:var(--depthwise)}.point.n0{fill:var(--ink)}.point.n1{fill:var(--conv)}.point.n2{fill:var(--dense)}
    svg .mark{font-size:10.5px;paint-order:stroke;stroke:var(--paper);stroke-width:3px}
    .leader{stroke:var(--faint);stroke-width:.7}
    .good{color:var(--good)}.bad{color:var(--bad);font-weight:600}
    footer{margin-top:44px;color:var(--faint);font-size:12.5px}
    @media (max-width:640px){body{padding:18px 14px 32px;font-size:14px}.wide{display:none}.chart{width:auto}\
    th,td,.plain th:not(:last-child),.plain td:not(:last-child){padding-right:8px}table{font-size:12px}tbody th{font-size:11px}}
    @page{margin:14mm 13mm}
    @media print{:root{--ink:#000;--muted:#444;--faint:#666;--line:#bbb;--grid:#ddd;--paper:#fff;--panel:#fff;--conv:#2f6fb7;\
    --depthwise:#c2701d;--dense:#2f8a5b;--other:#7d8590;--soft:#b9cbe0;--good:#1f7a44;--bad:#b3261e;color-scheme:light}\
    body{padding:0;font-size:11.5px}nav{display:none}main{max-width:none}h2{margin-top:26px;break-after:avoid}h3{break-after:avoid}\
    p,.legend{break-after:avoid;break-inside:avoid}.legend{font-size:11px}.scroll{overflow:visible}:root{--scale:.74}\
    .network{gap:8px 24px}.network svg{max-width:100%;break-inside:avoid}tfoot{display:table-row-group}\
    .roofline,.plot{min-width:0;max-width:140mm;break-inside:avoid}.coordinates{max-width:100%;height:auto;break-inside:avoid}tr,.figures div{break-inside:avoid}footer{margin-top:20px;font-size:10px}\
    table{font-size:10px}tbody th{font-size:9.5px;min-width:20ch}.chart{width:34%}\
    thead{display:table-header-group}.figures{grid-template-columns:repeat(auto-fill,minmax(29mm,1fr));gap:6px;margin-top:10px}.figures div{padding:5px 8px}.figures dd{font-size:15px}.figures dt,.figures small{font-size:10px}}

    """
}
