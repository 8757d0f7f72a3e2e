import { type CustomPlugin, optimize, type XastChild, type XastElement } from 'svgo';
import type { Diagram } from './diagram.ts';

/** Classes that src/styles/diagrams.css knows; all others go. */
const CLASSES = new Set(
  `actor actor-line actor-man activation0 activation1 background cluster cluster-label control edgeLabel
  edge-pattern-dashed edge-pattern-dotted edge-thickness-thick flowchart-link label label-container labelBox labelText
  loopLine loopText marker messageLine0 messageLine1 messageText node note noteText sectionTitle sequenceNumber worker`.split(
    /\s+/,
  ),
);
/** Space between a subgraph's frame and its title. */
const CLUSTER_INDENT = 14;
const GONE = new Set(['style', 'script', 'symbol', 'foreignObject']);
const DROPPED =
  /^(style|name|title|fill|stroke|stroke-width|font-\w+|alignment-baseline|aria-roledescription|data-.*)$/;

/**
 * Makes Mermaid's SVG fit the site: no styles or colours of its own (a strict Content-Security-Policy and two themes), no ids but
 * those that something refers to, links that work, names for screen readers, and as few bytes as the picture needs.
 */
export function cleanSvg(raw: string, diagram: Diagram): string {
  const referred = new Set([...raw.matchAll(/url\(["']?#([^"')]+)["']?\)/g)].map((match) => match[1] ?? ''));
  // Mermaid writes xlink:href without declaring its namespace, which no XML parser accepts; href means the same.
  const { data } = optimize(raw.replaceAll('xlink:href=', 'href='), {
    multipass: true,
    floatPrecision: 1,
    plugins: [
      strip(referred),
      name(diagram),
      {
        name: 'preset-default',
        params: {
          overrides: {
            removeDesc: false,
            cleanupIds: false,
            // It would take href from links.
            removeUnknownsAndDefaults: false,
            // The style sheet tells boxes by their element and rounds their corners.
            convertShapeToPath: false,
            mergePaths: false,
            // It would move a group's class to an only child, where the style sheet does not look for it.
            collapseGroups: false,
          },
        },
      },
    ],
  });
  return data;
}

function strip(referred: ReadonlySet<string>): CustomPlugin {
  return {
    name: 'clusterbook-strip',
    fn: () => ({
      element: {
        enter: (node, parent) => {
          const { attributes } = node;
          const sizeless = node.name === 'rect' && attributes['width'] === undefined;
          const unusedMarker = node.name === 'marker' && !referred.has(attributes['id'] ?? '');
          const unseen = (attributes['class'] ?? '').includes('edge-thickness-invisible');
          if (GONE.has(node.name) || sizeless || unusedMarker || unseen) {
            parent.children = parent.children.filter((child) => child !== node);
            return;
          }
          if (node.name === 'tspan') joinWords(node);
          if (node.name === 'a') nameLink(node);
          if (hasClass(node, 'root')) liftClusterLabels(node);
          if (/text-anchor:\s*middle/.test(attributes['style'] ?? '')) attributes['text-anchor'] = 'middle';
          for (const key of Object.keys(attributes)) if (DROPPED.test(key)) delete attributes[key];
          if (node.name !== 'svg' && !referred.has(attributes['id'] ?? '')) delete attributes['id'];
          keepKnownClasses(node);
        },
      },
    }),
  };
}

/** Mermaid makes an element of each word; one a line is enough. */
function joinWords(node: XastElement): void {
  const words = textOf(node);
  if (node.children.some((child) => child.type === 'element')) node.children = [{ type: 'text', value: words }];
}

function textOf(node: XastChild | XastElement): string {
  if (node.type === 'text') return node.value;
  return node.type === 'element' ? node.children.map(textOf).join('') : '';
}

/** Lines of a label follow one another without a space; a link that has several is named by its words. */
function nameLink(node: XastElement): void {
  const lines = elements(node, (each) => each.attributes['class']?.includes('row') ?? false).map(textOf);
  if (lines.length > 1) node.attributes['aria-label'] = lines.join(' ').replaceAll('- ', '-');
}

/**
 * A subgraph's title stands at its left, where few edges pass, and is drawn after them, so that the style sheet can keep it readable
 * where one does.
 */
function liftClusterLabels(root: XastElement): void {
  const labels = elements(root, (each) => hasClass(each, 'cluster')).flatMap((cluster) => {
    const frame = cluster.children.find((child) => child.type === 'element' && child.name === 'rect') as XastElement;
    const [label] = elements(cluster, (each) => hasClass(each, 'cluster-label'));
    if (!label) return [];
    cluster.children = cluster.children.filter((child) => child !== label);
    const top = Number(/,\s*([-\d.]+)\)/.exec(label.attributes['transform'] ?? '')?.[1] ?? 0);
    label.attributes['transform'] = `translate(${Number(frame.attributes['x']) + CLUSTER_INDENT}, ${top})`;
    return [label];
  });
  const nodes = root.children.findIndex((child) => child.type === 'element' && hasClass(child, 'nodes'));
  root.children.splice(nodes, 0, ...labels);
}

function hasClass(node: XastElement, name: string): boolean {
  return (node.attributes['class'] ?? '').split(/\s+/).includes(name);
}

/** The elements below one that a test accepts, in their order. */
function elements(node: XastElement, accepts: (each: XastElement) => boolean): XastElement[] {
  return node.children.flatMap((child) =>
    child.type === 'element' ? [...(accepts(child) ? [child] : []), ...elements(child, accepts)] : [],
  );
}

/** An author's `:::node` and Mermaid's own class of every box have one name; the author's becomes `worker`. */
function keepKnownClasses(node: XastElement): void {
  const classes = (node.attributes['class'] ?? '').split(/\s+/);
  const second = classes.indexOf('node', classes.indexOf('node') + 1);
  if (classes.includes('node') && second > 0) classes[second] = 'worker';
  const kept = [...new Set(classes.filter((each) => CLASSES.has(each)))];
  if (kept.length > 0) node.attributes['class'] = kept.join(' ');
  else delete node.attributes['class'];
}

/** Gives the picture its name and description, its size in pixels, and the role that lets links inside be reached. */
function name(diagram: Diagram): CustomPlugin {
  const titleId = `${diagram.id}-title`;
  const descriptionId = `${diagram.id}-desc`;
  return {
    name: 'clusterbook-name',
    fn: () => ({
      element: {
        enter: (node, parent) => {
          if (node.name === 'title' || node.name === 'desc') {
            parent.children = parent.children.filter((child) => child !== node);
          }
          if (node.name !== 'svg') return;
          const [, , width = '0', height = '0'] = (node.attributes['viewBox'] ?? '').split(/[\s,]+/);
          node.attributes = {
            xmlns: 'http://www.w3.org/2000/svg',
            viewBox: node.attributes['viewBox'] ?? '',
            width: String(Math.round(Number(width))),
            height: String(Math.round(Number(height))),
            role: hasLink(node) ? 'group' : 'img',
            'aria-labelledby': titleId,
            'aria-describedby': descriptionId,
          };
        },
        exit: (node) => {
          if (node.name !== 'svg') return;
          node.children = [
            labelled('title', titleId, diagram.title),
            labelled('desc', descriptionId, diagram.description),
            ...node.children.filter((child) => child.type !== 'element' || !['title', 'desc'].includes(child.name)),
          ];
        },
      },
    }),
  };
}

function labelled(element: string, id: string, value: string): XastElement {
  return { type: 'element', name: element, attributes: { id }, children: [{ type: 'text', value }] };
}

function hasLink(node: XastElement): boolean {
  return elements(node, ({ name: element }) => element === 'a').length > 0;
}
