import { type NodeNames, nodeNames, ownNames } from '#course/node-names.ts';
import { announce } from '../announce.ts';
import { onOtherTab } from '../storage.ts';
import { keepNames, keptNames, nameProblems } from './own-node-names.ts';
import { showNames } from './shown-names.ts';

/** "My node names": fills the form, refuses what cannot be a node's name beside its field, keeps and shows the rest. */
export function followNames(closeSettings: () => void): void {
  const form = document.querySelector<HTMLFormElement>('#node-names');
  if (!form) return;
  const field = (name: string) => form.querySelector<HTMLInputElement>(`#name-${name}`);

  const fill = () => {
    const names = keptNames() ?? ownNames;
    for (const name of nodeNames) {
      const input = field(name);
      if (input) input.value = names[name];
    }
    showNames(names);
  };

  const complain = (problems: Partial<NodeNames>) => {
    for (const name of nodeNames) {
      const error = form.querySelector<HTMLElement>(`#name-${name}-error`);
      if (error) {
        error.textContent = problems[name] ?? '';
        error.hidden = problems[name] === undefined;
      }
      field(name)?.setAttribute('aria-invalid', String(problems[name] !== undefined));
    }
  };

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const names = { ...ownNames };
    for (const name of nodeNames) names[name] = field(name)?.value.trim() ?? '';
    const problems = nameProblems(names);
    complain(problems);
    const wrong = nodeNames.find((name) => problems[name] !== undefined);
    if (wrong !== undefined) {
      field(wrong)?.focus();
      return;
    }
    keepNames(names);
    fill();
    closeSettings();
    announce('Commands now use your node names');
  });

  form.addEventListener('reset', (event) => {
    event.preventDefault();
    keepNames(ownNames);
    complain({});
    fill();
    announce('Commands use cp1, w1 and w2');
  });

  onOtherTab('node-names', fill);
  fill();
}
