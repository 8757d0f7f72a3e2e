import { announce } from '../../client/announce.ts';
import type { NodeOverview, Overview } from '../protocol.ts';
import { element } from './element.ts';

/** The cluster at a glance: the control plane's components, the nodes and their Pods. */
export class Strip {
  readonly element = element('ul', 'lab-strip', { 'aria-label': 'The cluster at a glance' });
  #before: Overview | undefined;

  show(overview: Overview): void {
    const { components, nodes, answers } = overview;
    this.element.replaceChildren(
      ...components.map(({ name, state }) =>
        item(state === 'running' ? 'good' : 'bad', SHORT[name] ?? name, state === 'running' ? '' : state, name),
      ),
      ...nodes.map((node) => item(toneOf(node, answers), node.name, wordsOf(node, answers))),
    );
    const change = this.#before && changeBetween(this.#before, overview);
    if (change) announce(change);
    this.#before = overview;
  }
}

const SHORT: Readonly<Record<string, string>> = {
  'kube-apiserver': 'API server',
  'kube-controller-manager': 'controllers',
  'kube-scheduler': 'scheduler',
};

type Tone = 'good' | 'bad' | 'unknown';

function item(tone: Tone, name: string, words: string, title = name): HTMLLIElement {
  return element(
    'li',
    `glance ${tone}`,
    { title: words === '' ? `${title} runs` : `${title}: ${words}` },
    element('b', '', {}, name),
    words === '' ? element('span', 'visually-hidden', {}, ' runs') : ` ${words}`,
  );
}

function toneOf({ state }: NodeOverview, answers: boolean): Tone {
  if (!answers) return 'unknown';
  return state === 'Ready' ? 'good' : 'bad';
}

function wordsOf({ state, isCordoned, pods, ready }: NodeOverview, answers: boolean): string {
  if (!answers) return 'not known now';
  const count = ready === pods ? `${pods} ${pods === 1 ? 'Pod' : 'Pods'}` : `${ready} of ${pods} Pods ready`;
  const words = [...(state === 'Ready' ? [] : [state]), ...(isCordoned ? ['cordoned'] : []), count];
  return words.join(', ');
}

/** What somebody who does not see it should hear of a change; the counts of Pods change too often for that. */
function changeBetween(before: Overview, now: Overview): string | undefined {
  if (before.answers !== now.answers)
    return now.answers ? 'The API server answers again' : 'The API server does not answer';
  for (const node of now.nodes) {
    const was = before.nodes.find(({ name }) => name === node.name);
    if (was && was.state !== node.state) return `Node ${node.name} is ${node.state}`;
  }
  for (const component of now.components) {
    const was = before.components.find(({ name }) => name === component.name);
    if (was && was.state !== component.state) return `${component.name} is ${component.state}`;
  }
  return undefined;
}
