// The way into the dashboard.
import assert from 'node:assert/strict';
import { visitor } from './browser.mjs';
import { STAFF } from './staff.mjs';

/** A member of the staff, logged in, on the first page of the dashboard. */
export async function dashboard(t, look) {
  const found = await visitor(t, look);
  const { page, errors } = found;
  await page.goto('/admin/');
  await page.getByLabel('E-mail').fill(STAFF.email);
  await page.getByLabel('Password').first().fill(STAFF.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: /^Orders/ }).waitFor();
  // Before the log-in the dashboard asks for a session, and the browser logs the 401.
  assert.ok(errors.splice(0).every((line) => line.includes('401')));
  return found;
}
