import { expect, it } from 'vitest';
import { cleanSvg } from './clean.ts';

const diagram = { id: 'flow', title: 'The <flow>', description: 'A leads to B & C.', source: '' };
const raw = `<svg id="d-flow" xmlns="http://www.w3.org/2000/svg" width="200.4" height="80.2" viewBox="0 0 200.4 80.2" role="graphics-document document" aria-roledescription="flowchart-v2">
<title id="x">other</title><desc id="y">other</desc><style>#d-flow{fill:red}</style><script>alert(1)</script>
<marker id="d-flow_end" class="marker flowchart-v2"><path d="M 0 0 L 10 5 L 0 10 z" style="stroke-width: 1"/></marker>
<marker id="d-flow_unused"><path d="M0 0h1"/></marker><symbol id="s"><path d="M0 0h9"/></symbol>
<path class="flowchart-link edge-thickness-normal" d="M10,10L90,10" style="fill:none" data-points="abc" marker-end="url(#d-flow_end)"/>
<a xlink:href="/cluster-architecture/etcd/" transform="translate(50, 20)"><g class="node default node clickable" id="d-flow-b"><rect class="basic label-container" style="fill:#fff" x="-20" y="-10" width="40" height="20"/>
<g class="label"><rect/><text y="-10" style="text-anchor: middle; font-family: x"><tspan class="text-outer-tspan row" x="0" y="1em" dy="1.1em"><tspan class="text-inner-tspan">kube</tspan><tspan class="text-inner-tspan"> proxy</tspan></tspan></text></g></g></a>
<foreignObject><p>html</p></foreignObject><rect class="actor" fill="#eee" stroke="#666" width="9" height="9"/></svg>`;
const clean = cleanSvg(raw, diagram);

it('leaves no style, colour, script, HTML or unused definition', () => {
  expect(clean).not.toMatch(
    /<style|style=|<script|foreignObject|<symbol|fill="#|stroke="#|data-points|d-flow_unused|font-family/,
  );
});

it('keeps links, classes that the style sheet knows, lines of text and arrowheads', () => {
  expect(clean).toContain('href="/cluster-architecture/etcd/"');
  expect(clean).not.toContain('xlink');
  expect(clean).toContain('class="node worker"');
  expect(clean).toContain('>kube proxy<');
  expect(clean).toContain('text-anchor="middle"');
  expect(clean).toMatch(/marker-end="url\(#d-flow_end\)"/);
  expect(clean).toContain('id="d-flow_end"');
});

it('names the picture for a screen reader and keeps links inside reachable', () => {
  expect(clean).toContain('<title id="flow-title">The &lt;flow&gt;</title>');
  expect(clean).toContain('<desc id="flow-desc">A leads to B &amp; C.</desc>');
  expect(clean.match(/<title/g)).toHaveLength(1);
  expect(clean).toContain('aria-labelledby="flow-title"');
  expect(clean).toContain('aria-describedby="flow-desc"');
  expect(clean).toContain('role="group"');
  expect(clean).not.toContain('aria-roledescription');
  expect(
    cleanSvg('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9"/></svg>', diagram),
  ).toContain('role="img"');
});

it('gives ids to nothing that nobody refers to, so that pictures share a page', () => {
  const ids = [...clean.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
  expect(ids.sort()).toEqual(['d-flow_end', 'flow-desc', 'flow-title']);
});

it('names a link by the words of all its lines', () => {
  const row = (words: string) => `<tspan class="text-outer-tspan row" x="0"><tspan>${words}</tspan></tspan>`;
  const link = (rows: string) =>
    cleanSvg(
      `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><a href="/x/"><text>${rows}</text></a></svg>`,
      diagram,
    );
  expect(link(row('etcd: cluster') + row('state'))).toContain('aria-label="etcd: cluster state"');
  expect(link(row('kube-controller-') + row('manager'))).toContain('aria-label="kube-controller-manager"');
  expect(link(row('etcd'))).not.toContain('aria-label=');
});

it("draws a subgraph's title at its left, after the lines that may cross it", () => {
  const svg = cleanSvg(
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 99"><g class="root"><g class="clusters"><g class="cluster">
<rect x="10" y="20" width="80" height="60"/><g class="cluster-label" transform="translate(40, 26)"><text>Worker</text></g></g></g>
<g class="edges"><path class="flowchart-link" d="M50,0V90"/></g><g class="nodes"><g class="node"><rect x="30" y="60" width="9" height="9"/></g></g></g></svg>`,
    diagram,
  );
  expect(svg).toMatch(/<g class="cluster"><rect [^>]*\/><\/g>/);
  expect(svg).toMatch(/<g class="cluster-label"><text transform="translate\(24 26\)">Worker/);
  expect(svg.indexOf('Worker')).toBeGreaterThan(svg.indexOf('flowchart-link'));
  expect(svg.indexOf('Worker')).toBeLessThan(svg.indexOf('class="node"'));
});
