import { describe, expect, it } from 'vitest';
import { openTerminal } from '#machine/open-terminal.ts';
import { TestScreen } from '../tools/screen/test-screen.ts';
import { NodeShell } from './test-node-shell.ts';

const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';

/** Somebody who logged in to a node. */
function logIn(shell: NodeShell) {
  let written = '';
  const screen = new TestScreen();
  const { terminal } = openTerminal(
    { columns: 80, rows: 24 },
    (text, own) => {
      written += text;
      own.shown(text.length);
      screen.write(text);
    },
    (streams) => shell.node('cp1').run(['-bash'], { user: 'learner', streams }),
  );
  shell.kernel.runFor(500);
  return {
    screen,
    written: () => written,
    type: (keys: string, milliseconds = 500) => {
      terminal.input(keys);
      shell.kernel.runFor(milliseconds);
    },
  };
}

describe('a manifest that is edited in a terminal', () => {
  it('breaks the API server by vi, and mends it by nano', () => {
    const shell = new NodeShell();
    const { type, screen } = logIn(shell);
    const isUp = () => shell.run('kubectl --kubeconfig /etc/kubernetes/admin.conf get --raw /readyz').output === 'ok';
    expect(isUp()).toBe(true);
    type(`sudo vi ${MANIFEST}\r`);
    expect(screen.isAlternate).toBe(true);
    expect(screen.rows[0]).toBe('apiVersion: v1');
    type('/etcd-servers\r:s/2379/2380/\r:wq\r');
    expect(screen.isAlternate).toBe(false);
    expect(shell.run(`grep -c 'etcd-servers=https://127.0.0.1:2380' ${MANIFEST}`).output).toBe('1\n');
    shell.kernel.runFor(60_000);
    expect(isUp()).toBe(false);
    type(`sudo nano ${MANIFEST}\r`);
    type('\u001c2380\r2379\ra\u0018y\r');
    expect(screen.isAlternate).toBe(false);
    shell.kernel.runFor(180_000);
    expect(isUp()).toBe(true);
  });
  it('pages and filters what comes through a pipe', () => {
    const shell = new NodeShell();
    const { type, screen, written } = logIn(shell);
    type('seq 100 | less\r');
    expect(screen.rows[0]).toBe('1');
    type('G');
    expect(screen.rows[22]).toBe('100');
    type('q');
    expect(screen.isAlternate).toBe(false);
    type('sudo journalctl -u kubelet\r');
    expect(screen.isAlternate).toBe(true);
    type('q');
    expect(screen.isAlternate).toBe(false);
    for (const command of [
      'sudo journalctl -u kubelet --no-pager',
      'sudo systemctl is-active kubelet',
      'sudo systemctl status kubelet | tail -1',
    ]) {
      type(`${command}; echo done $((1 + 1))\r`);
      expect([screen.isAlternate, written().includes('done 2')]).toEqual([false, true]);
    }
    expect(
      shell.run(
        "kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes -o json | jq -r '.items[].metadata.name' | tr '\\n' ' '",
      ).output,
    ).toBe('cp1 w1 w2 ');
  });
});
