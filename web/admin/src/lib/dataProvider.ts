// react-admin's reads and writes as calls of the staff API. Lists there go by cursor, so the page
// after the one shown is known, and no further.
import { api, ApiError, type List, type Query } from '@souk/shared';
import {
  HttpError,
  type DataProvider,
  type DeleteParams,
  type GetListParams,
  type Identifier,
  type RaRecord,
  type UpdateParams,
} from 'react-admin';

const pathOf = (resource: string, id?: Identifier) =>
  `/admin/${resource}${id === undefined ? '' : `/${String(id)}`}`;

/** Cursor of each page by list and filter: page n is reached through page n - 1. */
const cursors = new Map<string, (string | null)[]>();

async function readPage<T>(resource: string, params: Partial<GetListParams>) {
  const { page, perPage } = params.pagination ?? { page: 1, perPage: 25 };
  const query: Query = { ...(params.filter as Query), limit: perPage };
  const known = cursorsOf(JSON.stringify([resource, query]));
  for (let at = known.length; at < page; at++) {
    const before = await api.get<List<T>>(pathOf(resource), { ...query, cursor: known[at - 1] });
    if (!before.next_cursor)
      return { data: [], pageInfo: { hasPreviousPage: true, hasNextPage: false } };
    known[at] = before.next_cursor;
  }
  const list = await api.get<List<T>>(pathOf(resource), { ...query, cursor: known[page - 1] });
  if (list.next_cursor) known[page] = list.next_cursor;
  return {
    data: list.items,
    // Known at the latest on the last page; before, the pages are "of more than".
    total: list.total ?? (list.next_cursor ? undefined : (page - 1) * perPage + list.items.length),
    pageInfo: { hasPreviousPage: page > 1, hasNextPage: list.next_cursor !== null },
  };
}

function cursorsOf(key: string): (string | null)[] {
  const known = cursors.get(key) ?? [null];
  cursors.set(key, known);
  return known;
}

/** Changes move what a cursor points between, so they are asked for anew. */
function forgetCursors<T>(value: T): T {
  cursors.clear();
  return value;
}

/** Field errors go below their fields and, since those may be out of sight, into the notice too. */
async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const faults = error.errors.map(({ field, detail }) => `${field} (${detail})`).join(', ');
    const byField = Object.fromEntries(error.errors.map(({ field, detail }) => [field, detail]));
    const errors = {
      ...byField,
      ...(error.errors.length > 0 && { root: { serverError: `${error.message}: ${faults}` } }),
    };
    throw new HttpError(error.message, error.status, { errors });
  }
}

const one = <T>(data: T) => ({ data });

/**
 * Of lists whose items say less than the record itself, as those of products do. react-admin shows a
 * list's item as the record until that has come, unless the list has a `meta` of its own.
 */
export const SUMMARIES = { summaries: true };

export const dataProvider = {
  getList: (resource, params) => translated(readPage(resource, params)),
  getOne: (resource, { id }) => translated(api.get<RaRecord>(pathOf(resource, id)).then(one)),
  getMany: (resource, { ids }) =>
    translated(Promise.all(ids.map((id) => api.get<RaRecord>(pathOf(resource, id)))).then(one)),
  getManyReference: (resource, params) => translated(readPage(resource, params)),
  create: (resource, { data }) =>
    translated(api.post<RaRecord>(pathOf(resource), { body: data }).then(forgetCursors).then(one)),
  update: (resource, { id, data }: UpdateParams<RaRecord>) =>
    translated(api.patch<RaRecord>(pathOf(resource, id), { body: data }).then(one)),
  delete: (resource, { id, previousData }: DeleteParams<RaRecord>) =>
    translated(
      api.delete(pathOf(resource, id)).then(() => forgetCursors({ data: previousData ?? { id } })),
    ),
} as DataProvider;
