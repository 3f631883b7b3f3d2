// What every page must be, whatever it shows: usable by everybody, and no wider than the window.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { AXE } from './browser.mjs';

const axe = readFileSync(AXE, 'utf8');

/** What fades in has its colours only when it is there. */
const settle = (page) =>
  page.evaluate(async () => {
    const moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
    await Promise.all(moving.map((one) => one.finished.catch(() => null)));
  });

export async function check(page, name) {
  await settle(page);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run());
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
  assert.deepEqual(serious, [], `axe on ${name}`);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${name} is ${overflow} pixels wider than the window`);
}
