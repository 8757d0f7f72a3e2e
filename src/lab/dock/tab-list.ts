import type { Tab } from '../tab/tab.ts';
import { button, element } from './element.ts';

export interface TabListOptions {
  readonly onChoose: (tab: Tab) => void;
  readonly onClose: (tab: Tab) => void;
  /** What a tab is called: places have the reader's own names. */
  readonly nameOf: (tab: Tab) => string;
}

/** The tabs of the terminals (ARIA's tabs pattern: arrows choose, Delete closes). */
export class TabList {
  readonly element = element('div', 'lab-tabs', { role: 'tablist', 'aria-label': 'Terminals' });
  readonly #options: TabListOptions;
  readonly #buttons = new Map<Tab, HTMLButtonElement>();

  constructor(options: TabListOptions) {
    this.#options = options;
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
  }

  /** @param inSight the chosen one, and another that stands beside it */
  show(tabs: readonly Tab[], chosen: Tab | undefined, inSight: readonly Tab[]): void {
    for (const [tab, own] of this.#buttons) {
      if (tabs.includes(tab)) continue;
      own.remove();
      this.#buttons.delete(tab);
    }
    for (const tab of tabs) {
      const own = this.#buttons.get(tab) ?? this.#add(tab);
      own.textContent = this.#options.nameOf(tab);
      own.setAttribute('aria-selected', String(tab === chosen));
      own.tabIndex = tab === chosen ? 0 : -1;
      own.classList.toggle('beside', tab !== chosen && inSight.includes(tab));
      tab.screen.element.hidden = !inSight.includes(tab);
      tab.screen.element.classList.toggle('chosen', tab === chosen);
    }
  }

  #add(tab: Tab): HTMLButtonElement {
    const id = `lab-tab-${tab.id.replace(':', '-')}`;
    const panel = tab.screen.element;
    panel.id = `${id}-panel`;
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', id);
    const made = button('lab-tab', '', () => this.#options.onChoose(tab), {
      role: 'tab',
      id,
      'aria-controls': panel.id,
    });
    made.addEventListener('auxclick', (event) => {
      if (event.button === 1) this.#options.onClose(tab);
    });
    this.#buttons.set(tab, made);
    this.element.append(made);
    return made;
  }

  #onKey(event: KeyboardEvent): void {
    const tabs = [...this.#buttons.keys()];
    const at = [...this.#buttons.values()].indexOf(document.activeElement as HTMLButtonElement);
    const current = tabs[at];
    if (!current) return;
    const target = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (event.key === 'Delete') this.#options.onClose(current);
    else if (target !== undefined) {
      const next = tabs[(target + tabs.length) % tabs.length];
      if (next) {
        this.#options.onChoose(next);
        this.#buttons.get(next)?.focus();
      }
    } else return;
    event.preventDefault();
  }
}
