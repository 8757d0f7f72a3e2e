import { expect, it } from 'vitest';
import { fieldTexts } from './field-texts.ts';

it('has what explain shows of types and fields', () => {
  const texts = fieldTexts();
  expect(texts['core.v1.Pod']?.['']).toMatch(/^Pod is a collection of containers/);
  expect(texts['apps.v1.DeploymentSpec']?.['replicas']).toMatch(/^Number of desired pods/);
  expect(texts['core.v1.Pod']?.['kind']).toMatch(/^Kind is a string value/);
});
