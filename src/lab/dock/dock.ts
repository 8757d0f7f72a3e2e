import type { Overview, Place, Speed } from '../protocol.ts';
import type { Tab } from '../tab/tab.ts';
import { button, element } from './element.ts';
import { HeightGrip } from './height.ts';
import { menu } from './menu.ts';
import { SideBySide } from './side-by-side.ts';
import { Strip } from './strip.ts';
import { TabList } from './tab-list.ts';
import { TimeMenu } from './time-menu.ts';

export interface DockOptions {
  readonly speed: Speed;
  readonly forScreenReaders: boolean;
  readonly nameOf: (place: Place) => string;
  readonly onOpenTab: (place: Place) => void;
  readonly onCloseTab: (tab: Tab) => void;
  readonly onSpeed: (speed: Speed) => void;
  readonly onTextSize: (change: 1 | -1) => void;
  readonly onScreenReaders: (are: boolean) => void;
  readonly onStartClean: () => void;
  readonly onSaveFile: () => void;
  readonly onOpenFile: (file: File) => void;
  readonly onHide: () => void;
}

/** A word from the lab to the reader, with what can be done about it. */
export interface Notice {
  readonly text: string;
  readonly actions?: readonly { readonly label: string; readonly act: () => void }[];
}

const PLACES: readonly Place[] = ['host', 'cp1', 'w1', 'w2'];

/** The part of the window in which the lab is. */
export class Dock {
  readonly #options: DockOptions;
  readonly #element: HTMLElement;
  readonly #screens = element('div', 'lab-screens');
  readonly #notice = element('div', 'lab-notice', { role: 'status' });
  readonly #strip = new Strip();
  readonly #list: TabList;
  readonly #sideBySide = new SideBySide(() => this.#arrange());
  #tabs: readonly Tab[] = [];
  #chosen: Tab | undefined;

  constructor(options: DockOptions) {
    this.#options = options;
    this.#list = new TabList({
      onChoose: (tab) => {
        this.choose(tab);
        tab.screen.focus();
      },
      onClose: options.onCloseTab,
      nameOf: ({ place, number }) => `${options.nameOf(place)}${number > 1 ? ` (${number})` : ''}`,
    });
    this.#element = element('section', 'lab-dock no-print', { 'aria-label': 'Lab', id: 'lab-dock' });
    const grip = new HeightGrip(this.#element, () => this.#fit());
    this.#element.append(grip.element, this.#bar(), this.#strip.element, this.#notice, this.#screens);
    document.body.append(this.#element);
    new ResizeObserver(() => this.#fit()).observe(this.#screens);
    this.hide();
  }

  get isShown(): boolean {
    return !this.#element.hidden;
  }

  get chosen(): Tab | undefined {
    return this.#chosen;
  }

  show(): void {
    this.#element.hidden = false;
    document.documentElement.dataset.lab = 'open';
    this.#fit();
  }

  hide(): void {
    this.#element.hidden = true;
    delete document.documentElement.dataset.lab;
  }

  /** The terminals that are there now; the one that was chosen stays so. */
  setTabs(tabs: readonly Tab[]): void {
    this.#tabs = tabs;
    for (const tab of tabs) if (!tab.screen.element.isConnected) this.#adopt(tab);
    if (!this.#chosen || !tabs.includes(this.#chosen)) this.#chosen = tabs[0];
    this.#arrange();
  }

  choose(tab: Tab): void {
    if (tab !== this.#chosen) this.#sideBySide.left(this.#chosen);
    this.#chosen = tab;
    this.#arrange();
  }

  #adopt(tab: Tab): void {
    const { element } = tab.screen;
    this.#screens.append(element);
    element.addEventListener('focusin', () => {
      if (tab !== this.#chosen) this.choose(tab);
    });
  }

  #arrange(): void {
    const inSight = this.#sideBySide.inSight(this.#tabs, this.#chosen);
    this.#list.show(this.#tabs, this.#chosen, inSight);
    this.#screens.classList.toggle('two', inSight.length === 2);
    for (const { screen } of inSight) screen.open();
  }

  setOverview(overview: Overview): void {
    this.#strip.show(overview);
  }

  /** Undefined takes it away. */
  notice(notice: Notice | undefined): void {
    this.#notice.replaceChildren(
      ...(notice ? [element('p', '', {}, notice.text)] : []),
      ...(notice?.actions ?? []).map(({ label, act }) => button('button', label, act)),
    );
  }

  #fit(): void {
    for (const { screen } of this.#tabs) screen.fit();
  }

  #bar(): HTMLElement {
    const { speed, onSpeed } = this.#options;
    const time = new TimeMenu(speed, onSpeed);
    const more = this.#more();
    const add = this.#add();
    return element(
      'div',
      'lab-bar',
      {},
      this.#list.element,
      add.opener,
      element(
        'div',
        'lab-tools',
        {},
        time.opener,
        more.opener,
        this.#sideBySide.button,
        button('button bare square lab-tool icon icon-full', '', () => this.#toggleFull(), {
          'aria-label': 'Full screen',
          title: 'Full screen',
        }),
        button('button bare square lab-tool icon icon-close', '', this.#options.onHide, {
          'aria-label': 'Hide the lab',
          title: 'Hide the lab (the cluster runs on)',
        }),
      ),
      time.panel,
      more.panel,
      add.panel,
    );
  }

  #add() {
    const { onOpenTab, nameOf } = this.#options;
    return menu(
      'button bare square lab-tool lab-add',
      '+',
      element('p', 'lab-menu-title', {}, 'New terminal'),
      ...PLACES.map((place) => {
        const made = button(
          'lab-menu-item',
          place === 'host' ? 'host (the machine with kubectl)' : place,
          () => onOpenTab(place),
          {
            'data-closes': '',
            'data-place': place,
          },
        );
        made.addEventListener('focus', () => {
          if (place !== 'host') made.textContent = nameOf(place);
        });
        return made;
      }),
    );
  }

  #more() {
    const options = this.#options;
    const file = element('input', 'visually-hidden', {
      type: 'file',
      accept: '.json,application/json',
      tabindex: '-1',
      'aria-label': 'A lab’s file',
    });
    file.addEventListener('change', () => {
      const [chosen] = file.files ?? [];
      if (chosen) options.onOpenFile(chosen);
      file.value = '';
    });
    const readers = element('input', '', { type: 'checkbox' });
    readers.checked = options.forScreenReaders;
    readers.addEventListener('change', () => options.onScreenReaders(readers.checked));
    const item = (label: string, action: () => void) => button('lab-menu-item', label, action, { 'data-closes': '' });
    return menu(
      'button bare lab-tool',
      'Lab',
      element(
        'div',
        'lab-text-size',
        {},
        element('span', '', {}, 'Text size'),
        button('button', 'A−', () => options.onTextSize(-1), { 'aria-label': 'Smaller text' }),
        button('button', 'A+', () => options.onTextSize(1), { 'aria-label': 'Larger text' }),
      ),
      element('label', 'check', {}, readers, 'For screen readers'),
      item('Close this terminal', () => {
        if (this.#chosen) options.onCloseTab(this.#chosen);
      }),
      item('Start clean…', options.onStartClean),
      item('Save to a file', options.onSaveFile),
      item('Open a file…', () => file.click()),
      file,
      element('a', 'lab-menu-item', { href: '/lab/' }, 'What the lab is, and what it is not'),
      element('p', '', {}, 'F6 goes from the terminal to the page and back. Ctrl+Shift+C copies, Ctrl+Shift+V pastes.'),
    );
  }

  #toggleFull(): void {
    this.#element.classList.toggle('full');
    this.#fit();
  }
}
