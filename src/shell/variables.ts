/** A variable: a text, or an array of them. */
export interface Variable {
  readonly value?: string;
  readonly elements?: ReadonlyMap<string, string>;
  readonly isAssociative?: boolean;
  readonly isExported?: boolean;
  readonly isReadonly?: boolean;
  readonly isInteger?: boolean;
}

/** An assignment to a variable that is readonly. */
export class ReadonlyVariable extends Error {
  override readonly name = 'ReadonlyVariable';
  readonly variable: string;

  constructor(variable: string) {
    super(`${variable}: readonly variable`);
    this.variable = variable;
  }
}

const NAME = /^[A-Za-z_]\w*$/;

export function isName(text: string): boolean {
  return NAME.test(text);
}

/** The variables of a shell: those of the whole shell, and of each function that runs. */
export class Variables {
  readonly #scopes: Map<string, Variable>[];

  constructor(scopes: readonly ReadonlyMap<string, Variable>[] = [new Map()]) {
    this.#scopes = scopes.map((scope) => new Map(scope));
  }

  /** The same, for a subshell: neither sees what the other changes. */
  copy(): Variables {
    return new Variables(this.#scopes);
  }

  find(name: string): Variable | undefined {
    return this.#scopeOf(name)?.get(name);
  }

  /** The text of a variable; of an array its first element. */
  get(name: string): string | undefined {
    const variable = this.find(name);
    return variable?.elements ? variable.elements.get('0') : variable?.value;
  }

  names(): readonly string[] {
    return [...new Set(this.#scopes.flatMap((scope) => [...scope.keys()]))].sort();
  }

  /** @throws ReadonlyVariable */
  set(name: string, value: string): void {
    const known = this.find(name);
    if (known?.elements) this.setElement(name, '0', value);
    else this.update(name, { value });
  }

  /** @throws ReadonlyVariable */
  setElement(name: string, key: string, value: string): void {
    const known = this.find(name);
    const elements = new Map(known?.elements ?? (known?.value === undefined ? [] : [['0', known.value]]));
    elements.set(key, value);
    this.setElements(name, elements);
  }

  /** @throws ReadonlyVariable */
  setElements(name: string, elements: ReadonlyMap<string, string>): void {
    const isAssociative = this.find(name)?.isAssociative ?? false;
    const sorted = isAssociative
      ? elements
      : new Map([...elements].sort(([one], [other]) => Number(one) - Number(other)));
    this.update(name, { elements: sorted });
  }

  /** Changes what is given and keeps the rest. @throws ReadonlyVariable */
  update(name: string, change: Partial<Variable>): void {
    const scope = this.#scopeOf(name) ?? this.#global;
    const known = scope.get(name);
    if (known?.isReadonly && ('value' in change || 'elements' in change)) throw new ReadonlyVariable(name);
    scope.set(name, { ...known, ...change });
  }

  /** @throws ReadonlyVariable */
  unset(name: string): void {
    const scope = this.#scopeOf(name);
    if (scope?.get(name)?.isReadonly) throw new ReadonlyVariable(name);
    scope?.delete(name);
  }

  /** Makes a variable of the function that runs; it hides one of the same name. */
  declareLocal(name: string): void {
    const scope = this.#scopes.at(-1) ?? this.#global;
    if (scope.has(name)) return;
    const { isExported = false } = this.find(name) ?? {};
    scope.set(name, isExported ? { isExported } : {});
  }

  enter(): void {
    this.#scopes.push(new Map());
  }

  leave(): void {
    this.#scopes.pop();
  }

  /** What a child's environment has of them. */
  get environment(): Readonly<Record<string, string>> {
    const environment: Record<string, string> = {};
    for (const scope of this.#scopes)
      for (const [name, { value, isExported }] of scope)
        if (isExported && value !== undefined) environment[name] = value;
        else delete environment[name];
    return environment;
  }

  /** Puts a variable back as it was. */
  restore(name: string, variable: Variable | undefined): void {
    const scope = this.#scopeOf(name) ?? this.#global;
    if (variable) scope.set(name, variable);
    else scope.delete(name);
  }

  get #global(): Map<string, Variable> {
    const [global] = this.#scopes;
    if (!global) throw new Error('a shell has variables');
    return global;
  }

  #scopeOf(name: string): Map<string, Variable> | undefined {
    return this.#scopes.findLast((scope) => scope.has(name));
  }
}
