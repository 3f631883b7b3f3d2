// The one way to talk to the server: JSON over fetch, problem documents as errors, retries that
// cannot repeat an effect.
import type { FieldProblem, Problem, Session } from './contract';

const BASE = '/api/v1';
const RETRY_PAUSE_MS = [400, 1200];
const TIMEOUT_MS = 20_000;

/** The server answered, and said no. `code` is stable, `detail` is for people. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly errors: FieldProblem[];
  readonly requestId: string | null;
  readonly retryAfterS: number | null;

  constructor(problem: Problem, retryAfterS: number | null) {
    super(problem.detail || problem.title);
    this.name = 'ApiError';
    this.status = problem.status;
    this.code = problem.code;
    this.errors = problem.errors ?? [];
    this.requestId = problem.request_id;
    this.retryAfterS = retryAfterS;
  }
}

/**
 * No answer came, so whether the server acted is unknown: repeat a write only with the same
 * idempotency key.
 */
export class NetworkError extends Error {
  constructor() {
    super('The shop could not be reached.');
    this.name = 'NetworkError';
  }
}

export type Query = Record<
  string,
  string | number | boolean | readonly string[] | null | undefined
>;

export interface WriteOptions {
  body?: unknown;
  /** Defaults to a fresh one. Pass your own to be able to repeat the write after a reload. */
  idempotencyKey?: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

let csrfToken: string | null = null;

export function setCsrfToken(token: string | null) {
  csrfToken = token;
}

/** Not crypto.randomUUID: that is missing on plain http pages other than localhost. */
export function newIdempotencyKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

export function isTransient(error: unknown): boolean {
  return (
    error instanceof NetworkError ||
    (error instanceof ApiError && (error.status === 503 || error.status === 504))
  );
}

export const api = {
  get: <T>(path: string, query?: Query) => request<T>('GET', path + queryText(query), {}),
  post: <T>(path: string, options: WriteOptions = {}) => request<T>('POST', path, options),
  put: <T>(path: string, options: WriteOptions = {}) => request<T>('PUT', path, options),
  patch: <T>(path: string, options: WriteOptions = {}) => request<T>('PATCH', path, options),
  delete: <T>(path: string, options: WriteOptions = {}) => request<T>('DELETE', path, options),
};

function queryText(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value])
      params.append(name, String(one));
  }
  const text = params.toString();
  return text && `?${text}`;
}

const POSITION_HEADER = 'X-Souk-Position';
let position: string | null = null;

function order(text: string): number {
  const [high = '', low = ''] = text.split('/');
  return parseInt(high, 16) * 2 ** 32 + parseInt(low, 16);
}

/**
 * The newest write that this page was told of: the pages it asks for next are not older than that.
 * The cookie says so too, but not which of two writes was the later when their answers cross.
 */
function note(told: string | null): void {
  if (told && (!position || order(told) > order(position))) position = told;
}

async function request<T>(method: Method, path: string, options: WriteOptions): Promise<T> {
  const key = method === 'GET' ? null : (options.idempotencyKey ?? newIdempotencyKey());
  for (let attempt = 0; ; attempt++) {
    try {
      return await withFreshCsrf<T>(method, path, options.body, key);
    } catch (error) {
      const pauseMs = RETRY_PAUSE_MS[attempt];
      if (method === 'GET' || pauseMs === undefined || !isTransient(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
    }
  }
}

/** Another tab may have logged in or out since this page learnt its token. */
async function withFreshCsrf<T>(
  method: Method,
  path: string,
  body: unknown,
  key: string | null,
): Promise<T> {
  try {
    return await once<T>(method, path, body, key);
  } catch (error) {
    if (method === 'GET' || !(error instanceof ApiError) || error.status !== 403) throw error;
    const session = await once<Session>('GET', '/sessions/current', undefined, null).catch(
      () => null,
    );
    if (!session || session.csrf_token === csrfToken) throw error;
    csrfToken = session.csrf_token;
    return once<T>(method, path, body, key);
  }
}

async function once<T>(
  method: Method,
  path: string,
  body: unknown,
  key: string | null,
): Promise<T> {
  const headers = new Headers({ Accept: 'application/json' });
  const raw = body instanceof Blob;
  if (body !== undefined) headers.set('Content-Type', raw ? body.type : 'application/json');
  if (key) headers.set('Idempotency-Key', key);
  if (key && csrfToken) headers.set('X-CSRF-Token', csrfToken);
  if (position) headers.set(POSITION_HEADER, position);
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers,
      credentials: 'same-origin',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(body !== undefined && { body: raw ? body : JSON.stringify(body) }),
    });
  } catch {
    throw new NetworkError();
  }
  note(response.headers.get(POSITION_HEADER));
  if (!response.ok) throw await problemOf(response);
  return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
}

async function problemOf(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get('Retry-After'));
  const fallback: Problem = {
    type: 'about:blank',
    title: response.statusText,
    status: response.status,
    code: response.status === 503 ? 'unavailable' : 'unknown',
    detail: 'The shop answered in a way this page does not understand.',
    errors: [],
    request_id: response.headers.get('X-Request-Id'),
  };
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  return new ApiError({ ...fallback, ...problem }, retryAfter > 0 ? retryAfter : null);
}
