import { type NodeNames, ownNames } from '#course/node-names.ts';
import { announce } from '../client/announce.ts';
import { keptNames } from '../client/settings/own-node-names.ts';
import { readText, writeText } from '../client/storage.ts';
import './dock/dock.css';
import { Dock, type Notice } from './dock/dock.ts';
import { LabLink } from './link/lab-link.ts';
import { Ownership } from './link/ownership.ts';
import type { Beginning, Overview, Place, Report, Speed, TerminalId } from './protocol.ts';
import { Runner } from './run/runner.ts';
import { Tab } from './tab/tab.ts';
import { Screen } from './terminal/screen.ts';

const TEXT_SIZE = 'lab-text-size';
const SCREEN_READERS = 'lab-screen-reader';
const SIZES = [10, 11, 12, 13, 14, 16, 18, 20, 24];
const USUAL_SIZE = 13;

/** The cluster that runs. */
interface Running {
  readonly names: NodeNames;
  readonly kubernetes: string;
}

/** The lab of this page: who has it, the worker in which it runs, its terminals, and the dock that shows them. */
export class Desk {
  readonly runner: Runner;
  readonly #dock: Dock;
  readonly #ownership: Ownership | undefined;
  readonly #tabs = new Map<TerminalId, Tab>();
  #link: LabLink | undefined;
  #running: Running | undefined;
  #begun: PromiseWithResolvers<Running> | undefined;
  #speed: Speed = 1;
  #fontSize = Number(readText(TEXT_SIZE) ?? USUAL_SIZE);
  #forScreenReaders = readText(SCREEN_READERS) === 'on';
  #overview: Overview | undefined;
  #returnFocus: HTMLElement | undefined;
  #whenKept: (() => void) | undefined;
  #deaths = 0;
  /** Links no longer leave the page. */
  #stay: Promise<void> | undefined;

  constructor() {
    this.runner = new Runner({
      tabAt: (place, number) => this.#tabAt(place, number),
      cluster: () => this.#running ?? { names: ownNames, kubernetes: '' },
      speed: () => this.#speed,
    });
    this.#dock = new Dock({
      speed: this.#speed,
      forScreenReaders: this.#forScreenReaders,
      nameOf: (place) => this.#nameOf(place),
      onOpenTab: (place) => void this.#openAnother(place),
      onCloseTab: (tab) => this.#closeTab(tab),
      onSpeed: (speed) => this.#setSpeed(speed),
      onTextSize: (change) => this.#changeTextSize(change),
      onScreenReaders: (are) => this.#setForScreenReaders(are),
      onStartClean: () => this.#confirmClean(),
      onSaveFile: () => this.#link?.send({ type: 'export' }),
      onOpenFile: (file) => void this.#openFile(file),
      onHide: () => this.hide(),
    });
    this.#ownership = Ownership.isPossible
      ? new Ownership({ onAsked: () => this.#give(), onTaken: () => this.#lost() })
      : undefined;
    document.addEventListener('visibilitychange', () => {
      if (document.hidden) this.#link?.send({ type: 'keep' });
    });
    addEventListener('keydown', (event) => {
      if (event.key === 'F6' && this.#dock.isShown && !event.defaultPrevented) {
        event.preventDefault();
        this.#enter();
      }
    });
    new MutationObserver(() => this.#recolour()).observe(document.documentElement, { attributeFilter: ['data-theme'] });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#recolour());
  }

  /** Shows the lab, with a terminal to type in. */
  async show(): Promise<void> {
    this.#dock.show();
    this.#returnFocus = focused();
    try {
      if (this.#tabs.size === 0) await this.#tabAt('host', 1);
      this.#dock.chosen?.screen.focus();
    } catch {
      // The notice says why there is none.
    }
  }

  hide(): void {
    this.#dock.hide();
    (this.#returnFocus ?? document.querySelector<HTMLElement>('[data-open-lab]'))?.focus();
  }

  get isShown(): boolean {
    return this.#dock.isShown;
  }

  /** The dock is in sight, and the keyboard stays where it is. */
  reveal(): void {
    if (!this.#dock.isShown) this.#dock.show();
  }

  #enter(): void {
    this.#returnFocus = focused();
    this.#dock.chosen?.screen.focus();
  }

  #nameOf(place: Place): string {
    if (place === 'host') return 'host';
    return (this.#running?.names ?? keptNames() ?? ownNames)[place];
  }

  /** The cluster, begun when there is none. @throws Error when it cannot be had; a notice says so too */
  #begin(from: Beginning['from'] = 'kept'): Promise<Running> {
    if (this.#begun) return this.#begun.promise;
    const begun = Promise.withResolvers<Running>();
    this.#begun = begun;
    begun.promise.catch(() => {
      if (this.#begun === begun) this.#begun = undefined;
    });
    void this.#take(from);
    return begun.promise;
  }

  async #take(from: Beginning['from']): Promise<void> {
    this.#dock.notice({ text: 'The cluster starts …' });
    if (this.#ownership && !(await this.#ownership.tryTake())) {
      this.#elsewhere();
      return;
    }
    this.#start(from);
  }

  #start(from: Beginning['from']): void {
    this.#link?.end();
    try {
      this.#link = new LabLink({ onReport: (report) => this.#onReport(report), onDeath: (why) => this.#onDeath(why) });
    } catch (error) {
      this.#fail(
        `The lab cannot run in this browser: it has no workers (${message(error)}). The rest of the site works.`,
      );
      return;
    }
    const keeps = this.#ownership !== undefined;
    const beginning: Beginning = { names: keptNames() ?? ownNames, from, speed: this.#speed, keeps };
    this.#link.send({ type: 'begin', beginning });
  }

  #fail(text: string, actions: Notice['actions'] = []): void {
    this.#dock.show();
    this.#dock.notice({ text, actions });
    const failed = this.#begun;
    this.#begun = undefined;
    failed?.reject(new Error(text));
  }

  #elsewhere(): void {
    this.#fail(
      'The lab is open in another tab of this browser. Its cluster can come here; what runs in its terminals ends.',
      [{ label: 'Use it here', act: () => void this.#fetch() }],
    );
  }

  async #fetch(): Promise<void> {
    this.#dock.notice({ text: 'The other tab saves the cluster …' });
    await this.#ownership?.take();
    this.#begun = Promise.withResolvers();
    this.#begun.promise.catch(() => undefined);
    const { promise } = this.#begun;
    this.#start('kept');
    await promise.then(
      () => (this.#tabs.size === 0 ? this.#tabAt('host', 1) : undefined),
      () => undefined,
    );
  }

  /** Another tab wants it: what is to be kept is written first. */
  async #give(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#whenKept = resolve;
      this.#link?.send({ type: 'keep' });
      setTimeout(resolve, 2_000);
    });
    this.#lost();
  }

  #lost(): void {
    this.#link?.end();
    this.#link = undefined;
    this.#running = undefined;
    this.#closeAll();
    this.#begun ??= Promise.withResolvers();
    this.#begun.promise.catch(() => undefined);
    this.#fail('The lab went to another tab of this browser.', [
      { label: 'Use it here', act: () => void this.#fetch() },
    ]);
  }

  #onReport(report: Report): void {
    switch (report.type) {
      case 'begun':
        this.#onBegun(report);
        return;
      case 'unreadable':
        this.#fail(
          `What was kept of the lab cannot be read. ${report.why} A clean start makes a new cluster in its place.`,
          [{ label: 'Start clean', act: () => void this.#beginAnew() }],
        );
        return;
      case 'output':
        this.#tabs.get(report.terminal)?.write(report.text);
        return;
      case 'ended':
        this.#onEnded(report.terminal);
        return;
      case 'overview':
        this.#overview = report.overview;
        this.#dock.setOverview(report.overview);
        return;
      case 'kept':
        this.#whenKept?.();
        this.#whenKept = undefined;
        return;
      case 'notKept':
        this.#dock.notice({
          text: `The browser does not keep the lab: ${report.why}. It runs on, and is gone when this page is closed. “Save to a file” keeps it.`,
          actions: [{ label: 'Close', act: () => this.#dock.notice(undefined) }],
        });
        return;
      case 'exported':
        download(report.text, this.#overview?.now ?? Date.now());
        return;
      case 'refused':
        this.#dock.notice({
          text: `That file was not opened. ${report.why} The lab is as it was.`,
          actions: [{ label: 'Close', act: () => this.#dock.notice(undefined) }],
        });
        return;
      case 'pong':
        return;
    }
  }

  #onBegun({ names, kubernetes, how }: Extract<Report, { type: 'begun' }>): void {
    this.#running = { names, kubernetes };
    this.#stay ??= import('./link/soft-navigation.ts').then(({ navigateSoftly }) => navigateSoftly());
    this.#dock.notice(undefined);
    const isAnother = this.#begun === undefined;
    this.#begun ??= Promise.withResolvers();
    this.#begun.resolve(this.#running);
    this.runner.forget();
    if (isAnother || this.#tabs.size > 0)
      this.#reopen(how === 'resumed' ? 'The cluster goes on; this is a new shell' : 'A new cluster');
    this.#dock.setTabs([...this.#tabs.values()]);
    if (how === 'resumed') announce('The cluster goes on as it was left');
  }

  #onEnded(terminal: TerminalId): void {
    const tab = this.#tabs.get(terminal);
    if (!tab) return;
    tab.note('The shell ended; this is a new one');
    tab.restart();
    this.#openShell(tab);
  }

  #onDeath(why: string): void {
    console.error(`the lab's worker ended: ${why}`);
    this.#deaths += 1;
    if (!this.#running || this.#deaths > 3) {
      this.#fail(`The lab cannot run: ${why}. The rest of the site works.`, [
        { label: 'Try again', act: () => void this.#again() },
        { label: 'Start clean', act: () => void this.#beginAnew() },
      ]);
      return;
    }
    this.#start('kept');
    this.#dock.notice({
      text: 'The cluster stopped unexpectedly, and goes on from where it was last kept. Terminals begin anew.',
      actions: [{ label: 'Close', act: () => this.#dock.notice(undefined) }],
    });
  }

  async #again(): Promise<void> {
    this.#deaths = 0;
    await this.#tabAt('host', 1).catch(() => undefined);
  }

  async #tabAt(place: Place, number: number): Promise<Tab> {
    await this.#begin();
    const id = number === 1 ? place : `${place}:${number}`;
    const known = this.#tabs.get(id);
    const tab = known ?? this.#makeTab(id, place, number);
    this.#dock.choose(tab);
    return tab;
  }

  #makeTab(id: TerminalId, place: Place, number: number): Tab {
    const type = (text: string) => this.#link?.send({ type: 'type', terminal: id, text });
    const screen = new Screen({
      onType: type,
      onResize: (size) => this.#link?.send({ type: 'resize', terminal: id, size }),
      onShown: (count) => this.#link?.send({ type: 'shown', terminal: id, count }),
      onLeave: () => this.#leave(),
      fontSize: this.#fontSize,
      forScreenReaders: this.#forScreenReaders,
    });
    const tab = new Tab({ id, place, number, screen, type });
    this.#tabs.set(id, tab);
    this.#dock.setTabs([...this.#tabs.values()]);
    this.#dock.choose(tab);
    this.#openShell(tab);
    return tab;
  }

  #openShell({ id, place, screen }: Tab): void {
    this.#link?.send({ type: 'open', terminal: id, place, size: screen.size });
  }

  async #openAnother(place: Place): Promise<void> {
    const numbers = [...this.#tabs.values()].filter((tab) => tab.place === place).map(({ number }) => number);
    let number = 1;
    while (numbers.includes(number)) number += 1;
    const tab = await this.#tabAt(place, number);
    tab.screen.focus();
  }

  #closeTab(tab: Tab): void {
    this.#link?.send({ type: 'close', terminal: tab.id });
    this.#tabs.delete(tab.id);
    tab.close();
    this.#dock.setTabs([...this.#tabs.values()]);
    this.#dock.chosen?.screen.focus();
  }

  #closeAll(): void {
    for (const tab of this.#tabs.values()) tab.close();
    this.#tabs.clear();
    this.#dock.setTabs([]);
  }

  /** New shells in the terminals that are open. */
  #reopen(note: string): void {
    for (const tab of this.#tabs.values()) {
      tab.note(note);
      tab.restart();
      this.#openShell(tab);
    }
  }

  #leave(): void {
    const target = this.#returnFocus?.isConnected ? this.#returnFocus : document.querySelector<HTMLElement>('#main');
    target?.focus();
  }

  #setSpeed(speed: Speed): void {
    this.#speed = speed;
    this.#link?.send({ type: 'speed', speed });
    announce(
      speed === 0 ? 'Time in the cluster is paused' : `Time in the cluster passes ${speed} times as fast as on a clock`,
    );
  }

  #changeTextSize(change: 1 | -1): void {
    const at = SIZES.findIndex((size) => size >= this.#fontSize);
    this.#fontSize = SIZES[Math.min(SIZES.length - 1, Math.max(0, at + change))] ?? USUAL_SIZE;
    writeText(TEXT_SIZE, String(this.#fontSize));
    for (const { screen } of this.#tabs.values()) screen.setFontSize(this.#fontSize);
  }

  #setForScreenReaders(are: boolean): void {
    this.#forScreenReaders = are;
    writeText(SCREEN_READERS, are ? 'on' : undefined);
    for (const { screen } of this.#tabs.values()) screen.setForScreenReaders(are);
  }

  #confirmClean(): void {
    const close = () => this.#dock.notice(undefined);
    this.#dock.notice({
      text: 'A clean start replaces the cluster by a new one, and everything in it is gone.',
      actions: [
        { label: 'Start clean', act: () => void this.#beginAnew() },
        { label: 'Keep this one', act: close },
      ],
    });
  }

  async #beginAnew(): Promise<void> {
    this.#begun = Promise.withResolvers();
    const { promise } = this.#begun;
    promise.catch(() => undefined);
    this.#dock.notice({ text: 'A new cluster starts …' });
    this.#start('clean');
    await promise.then(
      () => (this.#tabs.size === 0 ? this.#tabAt('host', 1) : undefined),
      () => undefined,
    );
  }

  async #openFile(file: File): Promise<void> {
    this.#link?.send({ type: 'import', text: await file.text() });
  }

  #recolour(): void {
    for (const { screen } of this.#tabs.values()) screen.recolour();
  }
}

function focused(): HTMLElement | undefined {
  const { activeElement } = document;
  return activeElement instanceof HTMLElement && !activeElement.closest('#lab-dock') ? activeElement : undefined;
}

/** The browser's own way to a file. */
function download(text: string, now: number): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = `clusterbook-lab-${new Date(now).toISOString().slice(0, 16).replaceAll(':', '')}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
