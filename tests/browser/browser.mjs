// What the browser tests share: Debian's Chromium, the running shop at SOUK_URL, and a shopper who
// fails the test when a page logs an error. `node --test tests/browser/` with the shop running.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after } from 'node:test';

const require = createRequire(new URL('../../web/package.json', import.meta.url));
const { chromium } = require('playwright-core');

export const SHOP = process.env.SOUK_URL ?? 'http://127.0.0.1:30080';
export const AXE = require.resolve('axe-core');
const WAIT_MS = 60_000; // for what has to come, on a machine that tests other things besides

const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser;
after(() => browser?.close());

/**
 * A page of a new visitor. `errors` gathers what the page logs and throws, but for lines that it
 * `mayLog`; a test that provokes one takes it out. Closed, and checked to be without errors, when the
 * test ends.
 */
export async function visitor(t, { width = 1280, theme = 'light', mayLog = null } = {}) {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS,
  });
  const context = await browser.newContext({
    baseURL: SHOP,
    viewport: { width, height: width < 800 ? 844 : 860 },
    colorScheme: theme,
    hasTouch: width < 800,
    isMobile: width < 800,
    reducedMotion: 'reduce',
    locale: 'en-GB',
  });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !mayLog?.test(message.text())) errors.push(message.text());
  });
  t.after(async () => {
    await context.close();
    assert.deepEqual(errors, [], 'the page logged errors');
  });
  return { page, errors, context };
}

/** A page that has loaded and drawn all that it asked for. */
export async function open(page, path) {
  await page.goto(path);
  await page.locator('main :is(h1, h2)').first().waitFor({ state: 'attached' });
  await page.waitForLoadState('networkidle');
}

/** Takes out the one line that the browser logs of a refusal, which may come after its words. */
export async function loggedOnce(errors, status) {
  await until(`a line of the ${status}`, () => errors.length > 0);
  const lines = errors.splice(0);
  assert.equal(lines.length, 1, `the browser logs the ${status} and nothing else: ${lines}`);
}

/** Waits until `probe` gives a value that is not null or false, and gives it. */
export async function until(what, probe, limitMs = WAIT_MS) {
  const end = Date.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found) return found;
    assert.ok(Date.now() < end, `${what} did not happen within ${limitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
}

export async function api(path, { method = 'GET', body, headers = {} } = {}) {
  const response = await fetch(`${SHOP}/api/v1${path}`, {
    method,
    headers: {
      Accept: 'application/json',
      ...(body && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

export const unique = (name) =>
  `${name}-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 6)}`;
