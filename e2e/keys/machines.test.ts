import { beforeAll, describe, expect, it } from 'vitest';
import { Machines } from './machines.ts';

let machines: Machines;

beforeAll(() => {
  machines = new Machines();
});

describe('the machine with kubectl', () => {
  it('reaches the cluster', async () => {
    const host = machines.open('host');
    expect(await host.type('k get nodes<Enter>')).toMatch(/^learner@host:~\$ k get nodes\nNAME +STATUS .*\ncp1 +Ready/);
  });

  it('logs in to nodes and comes back', async () => {
    const host = machines.open('host');
    expect(await host.type('ssh w1<Enter>')).toMatch(/\nlearner@w1:~\$$/);
    expect(await host.type('sudo -i<Enter>')).toMatch(/\nroot@w1:~#$/);
    expect(await host.type('sleep 100<Enter><Ctrl+C>')).toMatch(/sleep 100\n\^C\nroot@w1:~#$/);
    expect(await host.type('<Ctrl+D>')).toMatch(/\nlogout\nlearner@w1:~\$$/);
    expect(await host.type('ssh cp1<Enter>exit<Enter>')).toMatch(/Connection to cp1 closed\.\nlearner@w1:~\$$/);
    expect(await host.type('exit<Enter>')).toMatch(/\nlogout\nConnection to w1 closed\.\nlearner@host:~\$$/);
  });

  it.each([
    ['ssh w2 hostname', 'w2'],
    ['ssh w2 exit 3; echo $?', '3'],
    ['echo hi | ssh w2 cat', 'hi'],
    ['ssh nowhere', 'ssh: Could not resolve hostname nowhere: Name or service not known'],
    ['ssh nobody2@w1', 'nobody2@w1: Permission denied (publickey).'],
  ])('%s', async (command, answer) => {
    const screen = await machines.open('host').type(`${command}<Enter>`);
    expect(screen).toBe(`learner@host:~$ ${command}\n${answer}\nlearner@host:~$`);
  });

  it('takes the lines of which everybody makes an alias', async () => {
    const host = machines.open('host');
    const screen = await host.type(
      'source <(kubectl completion bash)<Enter>alias kk=kubectl<Enter>complete -o default -F __start_kubectl kk<Enter>kk get nod<Tab>w1<Enter>',
    );
    expect(screen).toMatch(
      /__start_kubectl kk\nlearner@host:~\$ kk get nodes w1\nNAME .*\nw1 +Ready .*\nlearner@host:~\$$/,
    );
  });

  it.each([
    ['logout', 'logout'],
    ['disown', '-bash: disown: current: no such job'],
    ['bind -p', '-bash: bind is not simulated here'],
    [
      'kubectl completion tcsh',
      `error: unsupported shell type "tcsh"\nSee 'kubectl completion -h' for help and examples`,
    ],
    ['ssh w1 logout', "bash: line 1: logout: not login shell: use `exit'"],
  ])('%s', async (command, answer) => {
    expect(await machines.open('host').type(`${command}<Enter>`)).toContain(`$ ${command}\n${answer}`);
  });

  it.each([
    ['ssh cp<Tab>', 'ssh cp1'],
    ['k dr<Tab>w<Tab>1', 'k drain w1'],
    ['k get nod<Tab>c<Tab>', 'k get nodes cp1'],
    ['k get deploym<Tab>', 'k get deployments.apps'],
    ['k describe node/w<Tab>1', 'k describe node/w1'],
    ['k -n kube-s<Tab>logs etc<Tab>etc<Tab>', 'k -n kube-system logs etcd-cp1 etcd'],
    ['kubectl get pods --namesp<Tab>kube-sys<Tab>', 'kubectl get pods --namespace=kube-system'],
    ['k get pods -o y<Tab>', 'k get pods -o yaml'],
    ['k create dep<Tab>', 'k create deployment'],
    ['k config --conte<Tab>', 'k config --context='],
    ['k exec x -- ls .bashr<Tab>', 'k exec x -- ls .bashrc'],
  ])('completes %s', async (keys, line) => {
    expect(await machines.open('host').type(keys)).toBe(`learner@host:~$ ${line}`);
  });
});

describe('a node', () => {
  it.each([
    ['sudo systemctl status kubel<Tab>', 'sudo systemctl status kubelet.service'],
    ['journalctl -u containe<Tab>', 'journalctl -u containerd.service'],
    ['sudo crictl imag<Tab>', 'sudo crictl images'],
    ['etcdctl member l<Tab>', 'etcdctl member list'],
  ])('completes %s', async (keys, line) => {
    expect(await machines.open('cp1').type(keys)).toBe(`learner@cp1:~$ ${line}`);
  });

  it("lets Ctrl+C end what is root's", async () => {
    const node = machines.open('cp1');
    expect(await node.type('sudo sleep 100<Enter><Ctrl+C>')).toBe('learner@cp1:~$ sudo sleep 100\n^C\nlearner@cp1:~$');
  });

  it('becomes root by sudo alone', async () => {
    const node = machines.open('cp1');
    expect(await node.type('su -<Enter>secret<Enter>')).toMatch(
      /su -\nPassword:\nsu: Authentication failure\nlearner@cp1:~\$$/,
    );
    expect(await node.type('clear<Enter>sudo su - learner -c "whoami; pwd"<Enter>')).toMatch(
      /\nlearner\n\/home\/learner\n/,
    );
  });

  it('ends what runs on a terminal that is closed', async () => {
    const processes = machines.open('w1');
    const other = machines.open('w1');
    await other.type('sleep 4321 | cat &<Enter>sudo sleep 4321<Enter>');
    expect(await processes.type('pgrep sleep | wc -l<Enter>')).toMatch(/\n2\nlearner@w1:~\$$/);
    other.terminal.hangUp();
    expect(await processes.type('clear<Enter>pgrep sleep | wc -l<Enter>')).toMatch(/\n0\nlearner@w1:~\$$/);
  });
});

describe('while the API server is down', () => {
  const file = 'kube-apiserver.yaml';

  it('a node is refused at once, and the machine outside waits for what a proxy drops', async () => {
    const [host, node] = [machines.open('host'), machines.open('cp1')];
    await host.type('k get nodes<Enter>clear<Enter>');
    await node.type(`sudo mv /etc/kubernetes/manifests/${file} /tmp<Enter>clear<Enter>`, 60_000);
    const command = 'sudo kubectl --kubeconfig /etc/kubernetes/admin.conf get nodes';
    expect(await node.type(`${command}<Enter>`, 500)).toMatch(/\nThe connection to the server \S+:6443 was refused/);
    expect(await host.type('k get nodes<Enter>', 5_000)).toBe('learner@host:~$ k get nodes');
    expect(await host.type('', 6_000)).toMatch(/get nodes\nUnable to connect to the server: EOF\nlearner@host:~\$$/);
    await node.type(`sudo mv /tmp/${file} /etc/kubernetes/manifests<Enter>`, 60_000);
    expect(await host.type('clear<Enter>k get nodes<Enter>')).toMatch(/cp1 +Ready/);
  });
});

describe('a container', () => {
  it('has a terminal with a shell whose lines are edited', async () => {
    const host = machines.open('host');
    await host.type('k run box --image=busybox:1.37 -- sleep 10000<Enter>', 20_000);
    expect(await host.type('clear<Enter>k exec -it box -- sh<Enter>')).toMatch(/\n\/ #$/);
    expect(await host.type('echo x<Enter><Up><Left>y<Enter>')).toMatch(/\/ # echo yx\nyx\n\/ #$/);
    expect(await host.type('sleep 100<Enter><Ctrl+C>stty size<Enter>')).toMatch(/\^C\n\/ # stty size\n30 100\n\/ #$/);
    expect(await host.type('exit 3<Enter>echo $?<Enter>')).toMatch(/exit code 3\nlearner@host:~\$ echo \$\?\n3\n/);
  });
});

describe('a terminal', () => {
  it('of an endless output is the own one again at once', async () => {
    const host = machines.open('host');
    await host.type('yes<Enter>');
    expect(await host.type('<Ctrl+C>')).toMatch(/\ny\n\^C\nlearner@host:~\$$/);
  });

  it('takes a paste of a megabyte', async () => {
    const host = machines.open('host');
    host.terminal.input(`\u001b[200~${'echo one two three\n'.repeat(50_000)}\u001b[201~`);
    expect(await host.type('<Ctrl+C>')).toMatch(/three\^C\nlearner@host:~\$$/);
  });

  it('tells programs of its new size, on other machines too', async () => {
    const host = machines.open('host');
    await host.type('ssh w1<Enter>');
    host.terminal.resize({ columns: 60, rows: 20 });
    expect(await host.type('clear<Enter>stty size<Enter>')).toMatch(/stty size\n20 60\nlearner@w1:~\$$/);
  });

  it('keeps what is typed while a job in the background says something', async () => {
    const host = machines.open('host');
    await host.type('(sleep 2; echo said) &<Enter>');
    expect(await host.type('echo typed<Left><Left><Enter>')).toMatch(/echo typedsaid\n|echo typed\ntyped/);
  });

  it('remembers what was typed in others that were open beside it', async () => {
    const [one, other] = [machines.open('w1'), machines.open('w1')];
    await one.type('echo one<Enter>');
    await other.type('echo other<Enter>');
    await one.type('echo again<Enter>');
    expect(await machines.open('w1').type('history 3<Enter>')).toMatch(/echo other\n.* echo again\n.*history 3\n/);
  });

  it('is found again on a saved machine, with its files', async () => {
    await machines.open('host').type('echo kept > file<Enter>');
    const saved = new Machines(machines.cluster.save());
    const host = saved.open('host');
    expect(await host.type('cat file; k get nodes<Enter>')).toMatch(/\nkept\nNAME .*\ncp1 +Ready/);
    expect(await host.type('<Ctrl+L><Up><Up>')).toBe('learner@host:~$ echo kept > file');
  });

  it('shows what it was asked before, in the next shell too', async () => {
    await machines.open('w2').type('echo remembered<Enter>exit<Enter>');
    expect(await machines.open('w2').type('<Up><Up>')).toBe('learner@w2:~$ echo remembered');
  });
});
