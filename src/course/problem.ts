/** A position in a lesson's source; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Something an author has to mend: what is wrong, and what to do about it. */
export interface Problem {
  readonly message: string;
  readonly cure: string;
  readonly place: Place;
}

/** One line that editors and terminals can jump to: `file:line:column: message. cure`. */
export function formatProblem({ message, cure, place }: Problem): string {
  return `${place.file}:${place.line}:${place.column}: ${message}. ${cure}.`;
}

/** Problems in reading order, each once. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const byText = new Map(problems.map((problem) => [formatProblem(problem), problem]));
  return [...byText.values()].sort(
    (a, b) =>
      a.place.file.localeCompare(b.place.file, 'en') || a.place.line - b.place.line || a.place.column - b.place.column,
  );
}
