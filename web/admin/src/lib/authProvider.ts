// Log-in for staff: the same cookie session as the storefront's, with a role.
import { api, ApiError, setCsrfToken, type Session } from '@souk/shared';
import type { AuthProvider } from 'react-admin';
import { isStaff } from './roles';

let session: Promise<Session> | null = null;
/** Somebody of the staff was let in, and their session has not ended as far as is known here. */
let isIn = false;

function currentSession(): Promise<Session> {
  session ??= api.get<Session>('/sessions/current').then(adopt);
  session.catch(() => (session = null));
  return session;
}

function adopt(found: Session): Session {
  if (!isStaff(found.user.roles)) throw new Error('This account has no role in the shop.');
  setCsrfToken(found.csrf_token);
  isIn = true;
  return found;
}

export const authProvider: AuthProvider = {
  async login({ username, password }: { username: string; password: string }) {
    try {
      const started = await api.post<Session>('/sessions', { body: { email: username, password } });
      session = Promise.resolve(adopt(started));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw new Error('The e-mail or the password is not right.', { cause: error });
      }
      throw error;
    }
  },
  /**
   * React-admin calls this also when it finds nobody to let in: a customer's session, or one that
   * could not be asked for just now, is not this page's to end.
   */
  async logout() {
    session = null;
    if (isIn) await api.delete('/sessions/current').catch(() => undefined);
    isIn = false;
    setCsrfToken(null);
  },
  async checkAuth() {
    await currentSession();
  },
  async checkError(error: { status?: number }) {
    if (error.status !== 401) return;
    session = null;
    isIn = false;
    await Promise.reject(new Error('Your session has ended. Log in again.'));
  },
  async getPermissions() {
    return (await currentSession()).user.roles;
  },
  async getIdentity() {
    const { user } = await currentSession();
    return { id: user.id, fullName: user.name || user.email };
  },
};
