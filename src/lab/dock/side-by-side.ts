import { readText, writeText } from '../../client/storage.ts';
import type { Tab } from '../tab/tab.ts';
import { button } from './element.ts';

const KEY = 'lab-side-by-side';
/** Two terminals of about 60 columns; dock.css hides the button below it. */
const WIDE = '(min-width: 60rem)';

/** Two terminals beside each other: the one that is typed in, and the one that was before it. */
export class SideBySide {
  readonly button: HTMLButtonElement;
  readonly #wide = matchMedia(WIDE);
  #isOn = readText(KEY) === 'on';
  #before: Tab | undefined;

  constructor(onChange: () => void) {
    this.button = button(
      'button bare square lab-tool icon icon-side-by-side',
      '',
      () => {
        this.#isOn = !this.#isOn;
        writeText(KEY, this.#isOn ? 'on' : undefined);
        onChange();
      },
      { 'aria-label': 'Side by side', title: 'Two terminals side by side' },
    );
    this.#wide.addEventListener('change', onChange);
  }

  /** Another terminal takes this one's place as the chosen one. */
  left(tab: Tab | undefined): void {
    this.#before = tab;
  }

  /** The terminals in sight. */
  inSight(tabs: readonly Tab[], chosen: Tab | undefined): readonly Tab[] {
    this.button.setAttribute('aria-pressed', String(this.#isOn));
    this.button.hidden = tabs.length < 2;
    if (!chosen) return [];
    if (!this.#isOn || !this.#wide.matches) return [chosen];
    const others = tabs.filter((tab) => tab !== chosen);
    const beside = others.find((tab) => tab === this.#before) ?? others[0];
    return beside ? [chosen, beside] : [chosen];
  }
}
