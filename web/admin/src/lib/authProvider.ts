// Log-in for staff: the same cookie session as the storefront's, with a role.
import { api, ApiError, setCsrfToken, type Session } from '@souk/shared';
import type { AuthProvider } from 'react-admin';
import { isStaff } from './roles';

let session: Promise<Session> | null = null;

function currentSession(): Promise<Session> {
  session ??= api.get<Session>('/sessions/current').then(adopt);
  session.catch(() => (session = null));
  return session;
}

function adopt(found: Session): Session {
  setCsrfToken(found.csrf_token);
  if (!isStaff(found.user.roles)) throw new Error('This account has no role in the shop.');
  return found;
}

export const authProvider: AuthProvider = {
  async login({ username, password }: { username: string; password: string }) {
    try {
      const started = await api.post<Session>('/sessions', { body: { email: username, password } });
      session = Promise.resolve(adopt(started));
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        throw new Error('E-mail and password do not belong together.', { cause: error });
      }
      throw error;
    }
  },
  async logout() {
    session = null;
    await api.delete('/sessions/current').catch(() => undefined);
    setCsrfToken(null);
  },
  async checkAuth() {
    await currentSession();
  },
  async checkError(error: { status?: number }) {
    if (error.status !== 401) return;
    session = null;
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
