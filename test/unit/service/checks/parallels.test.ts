import { expect, test } from 'vitest';
import { areParallel, particularsOf } from '../../../../server/src/service/checks/parallels.ts';

const parallel = (a: string, b: string) => areParallel(particularsOf(a), particularsOf(b));

test.each([
  ['The left lever opens the upper gate.', 'The right lever opens the upper gate.'],
  ['The bridge at Dover was closed in March.', 'In March they closed the bridge at Calais for everybody.'],
  ['The walls are 3 meters thick at their foot.', 'At their foot the walls have a thickness of 4 meters.'],
  ['Call openGate before the boat arrives.', 'Before any boat arrives, closeGate has to be called.'],
  ['The keeper was seen at the gate.', 'At the gate the keeper was not seen by anyone.'],
])('“%s” and “%s” speak of different things', (a, b) => {
  expect(parallel(a, b)).toBe(true);
  expect(parallel(b, a)).toBe(true);
});

test.each([
  ['The bridge at Dover was closed in March.', 'In March they closed the bridge at Dover.'],
  ['The keeper was seen at the gate.', 'At the gate people saw the keeper.'],
  ['We cannot open the gate.', "We can't open the gate."],
  ['The walls are 3 meters thick.', 'The walls are thick.'],
  ['The gate opens for boats.', 'The gate opened for a boat.'],
  ['The gate opens for boats.', 'The gate opens for boats.'],
])('“%s” and “%s” may say the same', (a, b) => {
  expect(parallel(a, b)).toBe(false);
  expect(parallel(b, a)).toBe(false);
});
