import type { Speed } from '../protocol.ts';
import { element } from './element.ts';
import { menu } from './menu.ts';

const SPEEDS: readonly (readonly [speed: Speed, label: string])[] = [
  [0, 'Paused'],
  [1, 'As on a clock'],
  [5, '5 times as fast'],
  [20, '20 times as fast'],
  [60, 'A minute in a second'],
];

/** How fast time passes in the cluster. */
export class TimeMenu {
  readonly opener: HTMLButtonElement;
  readonly panel: HTMLElement;
  #speed: Speed;

  constructor(speed: Speed, onChange: (speed: Speed) => void) {
    this.#speed = speed;
    const choices = SPEEDS.map(([value, label]) => {
      const input = element('input', '', { type: 'radio', name: 'lab-speed', value: String(value) });
      input.checked = value === speed;
      input.addEventListener('change', () => {
        this.#speed = value;
        this.#label();
        onChange(value);
      });
      return element('label', '', {}, input, label);
    });
    const { opener, panel } = menu(
      'button bare lab-tool',
      '',
      element(
        'fieldset',
        '',
        {},
        element('legend', '', {}, 'Time in the cluster'),
        ...choices,
        element(
          'p',
          '',
          {},
          'Timeouts, back-offs and ages follow it. While it is paused nothing happens: keys wait too.',
        ),
      ),
    );
    this.opener = opener;
    this.panel = panel;
    this.#label();
  }

  get speed(): Speed {
    return this.#speed;
  }

  #label(): void {
    const text = this.#speed === 0 ? 'Paused' : `Time ×${this.#speed}`;
    this.opener.textContent = text;
    this.opener.classList.toggle('on', this.#speed !== 1);
  }
}
