import { readText, writeText } from '../../client/storage.ts';

const KEY = 'lab-height';
/** Parts of the window's height, in percent. */
const LEAST = 20;
const MOST = 85;
const USUAL = 42;
const STEP = 5;

/** The edge of the dock that is dragged, or moved by the arrow keys (ARIA's window splitter). */
export class HeightGrip {
  readonly element = document.createElement('div');
  readonly #dock: HTMLElement;
  readonly #onChange: () => void;
  #percent = clamp(Number(readText(KEY) ?? USUAL));

  constructor(dock: HTMLElement, onChange: () => void) {
    this.#dock = dock;
    this.#onChange = onChange;
    const { element } = this;
    element.className = 'lab-grip';
    element.tabIndex = 0;
    element.setAttribute('role', 'separator');
    element.setAttribute('aria-orientation', 'horizontal');
    element.setAttribute('aria-label', 'Height of the lab');
    element.setAttribute('aria-valuemin', String(LEAST));
    element.setAttribute('aria-valuemax', String(MOST));
    element.addEventListener('pointerdown', (event) => element.setPointerCapture(event.pointerId));
    element.addEventListener('pointermove', (event) => {
      if (element.hasPointerCapture(event.pointerId)) this.#set((1 - event.clientY / innerHeight) * 100);
    });
    element.addEventListener('lostpointercapture', () => writeText(KEY, String(Math.round(this.#percent))));
    element.addEventListener('keydown', (event) => this.#onKey(event));
    this.#set(this.#percent);
  }

  #onKey(event: KeyboardEvent): void {
    const wanted = {
      ArrowUp: this.#percent + STEP,
      ArrowDown: this.#percent - STEP,
      Home: LEAST,
      End: MOST,
    }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    this.#set(wanted);
    writeText(KEY, String(Math.round(this.#percent)));
  }

  #set(percent: number): void {
    this.#percent = clamp(percent);
    this.element.setAttribute('aria-valuenow', String(Math.round(this.#percent)));
    this.#dock.style.setProperty('--lab-height', `${this.#percent}dvh`);
    document.documentElement.style.setProperty('--lab-room', `${this.#percent}dvh`);
    this.#onChange();
  }
}

function clamp(percent: number): number {
  return Number.isFinite(percent) ? Math.min(MOST, Math.max(LEAST, percent)) : USUAL;
}
