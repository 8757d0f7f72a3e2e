import { expect, test } from 'vitest';
import { Kernel } from '#kernel/kernel.ts';
import { Stream, type StreamEnd } from '#kernel/stream.ts';
import type { HttpRequest, HttpResponse } from '#machine/http.ts';
import { OpenAnswers } from './open-answers.ts';

const REQUEST: HttpRequest = { method: 'GET', path: '/' };

function answered(answer: (kernel: Kernel) => HttpResponse) {
  const kernel = new Kernel({ start: 0, seed: 1 });
  const answers = new OpenAnswers();
  const response = answers.of(() => answer(kernel))(REQUEST);
  const heard: unknown[] = [];
  const ends: StreamEnd[] = [];
  const source = response.stream ?? response.upgrade?.output;
  source?.read({ next: (value) => heard.push(value), end: (end) => ends.push(end) });
  return { kernel, answers, response, heard, ends };
}

test('an answer that goes on breaks with its server, and what is on its way is lost', () => {
  const streams: Stream<string>[] = [];
  const { kernel, answers, heard, ends } = answered((kernel) => {
    const stream = new Stream<string>(kernel);
    streams.push(stream);
    return { status: 200, stream };
  });
  streams[0]?.push('first');
  kernel.runFor(0);
  streams[0]?.push('second');
  answers.breakOff();
  kernel.runFor(0);
  expect(heard).toEqual(['first']);
  expect(ends).toEqual([{ error: new Error('unexpected EOF') }]);
  expect(streams[0]?.isOpen).toBe(false);
  answers.breakOff();
  expect(ends).toHaveLength(1);
});

test('tells when none goes on any more', () => {
  const { answers, response } = answered((kernel) => ({ status: 200, stream: new Stream(kernel) }));
  let told = 0;
  answers.whenNone(() => {
    told += 1;
  });
  expect(told).toBe(0);
  response.stream?.close();
  expect(told).toBe(1);
});

test('a terminal breaks in both directions', () => {
  const ended: unknown[] = [];
  const { answers, ends } = answered((kernel) => ({
    status: 101,
    upgrade: { output: new Stream(kernel), input: () => undefined, end: (channel) => ended.push(channel) },
  }));
  answers.breakOff();
  expect(ended).toEqual([undefined]);
  expect(ends).toHaveLength(1);
});

test('an answer that ended, or whose reader left, hears of nothing', () => {
  const { kernel, answers, ends } = answered((kernel) => {
    const stream = new Stream<string>(kernel);
    stream.finish();
    return { status: 200, stream };
  });
  kernel.runFor(0);
  answers.breakOff();
  expect(ends).toEqual([{}]);
  const left = answered((kernel) => ({ status: 200, stream: new Stream(kernel) }));
  left.response.stream?.close();
  left.answers.breakOff();
  expect(left.ends).toEqual([]);
});

test('a whole answer passes as it is', () => {
  const body = { a: 1 };
  expect(answered(() => ({ status: 200, body })).response).toEqual({ status: 200, body });
});
