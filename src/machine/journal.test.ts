import { describe, expect, it } from 'vitest';
import { formatEntry, type JournalEntry } from './journal.ts';

const ENTRY: JournalEntry = {
  at: Date.UTC(2026, 10, 3, 6, 1, 2) * 1000 + 45_007,
  host: 'w1',
  identifier: 'kubelet',
  pid: 188,
  unit: 'kubelet.service',
  priority: 6,
  message: 'first\nsecond',
};

describe('an entry of the journal', () => {
  it.each([
    ['short', 'Nov 03 06:01:02 w1 kubelet[188]: first\n                                 second'],
    ['short-precise', 'Nov 03 06:01:02.045007 w1 kubelet[188]: first'],
    ['short-iso', '2026-11-03T06:01:02+0000 w1 kubelet[188]: first'],
    ['short-full', 'Tue 2026-11-03 06:01:02 UTC w1 kubelet[188]: first'],
    ['cat', 'first\nsecond'],
  ] as const)('as journalctl -o %s prints it', (format, text) => {
    expect(formatEntry(ENTRY, format).slice(0, text.length)).toBe(text);
  });

  it('as JSON, where what systemd says of a unit is told from what the unit says', () => {
    expect(JSON.parse(formatEntry(ENTRY, 'json'))).toMatchObject({
      __REALTIME_TIMESTAMP: '1793685662045007',
      _HOSTNAME: 'w1',
      PRIORITY: '6',
      SYSLOG_IDENTIFIER: 'kubelet',
      _PID: '188',
      _SYSTEMD_UNIT: 'kubelet.service',
      _TRANSPORT: 'stdout',
      MESSAGE: 'first\nsecond',
    });
    expect(JSON.parse(formatEntry({ ...ENTRY, identifier: 'systemd', pid: 1 }, 'json'))).toMatchObject({
      _SYSTEMD_UNIT: 'init.scope',
      UNIT: 'kubelet.service',
      _TRANSPORT: 'journal',
    });
  });
});
