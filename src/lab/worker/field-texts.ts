type Texts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What `kubectl explain` says of fields: it weighs as much as half a cluster, and is loaded when it is first asked for. */
export class FieldTexts {
  #texts: Texts = {};
  #loading: Promise<void> | undefined;

  /** @throws Error when it cannot be had; the next try loads again */
  load(): Promise<void> {
    this.#loading ??= this.#fetch().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** For the API server. Nothing is said before it was loaded. */
  of(definition: string, field = ''): string | undefined {
    return this.#texts[definition]?.[field];
  }

  async #fetch(): Promise<void> {
    const response = await fetch('/lab/fields.json');
    if (!response.ok) throw new Error(`the texts of fields: ${response.status} ${response.statusText}`);
    this.#texts = (await response.json()) as Texts;
  }
}
