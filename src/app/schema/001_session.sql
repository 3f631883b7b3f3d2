-- Sessions of people who logged in; a token is kept as its hash alone (app/session.c).
CREATE TABLE session (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL,
    email TEXT NOT NULL,
    roles BIGINT NOT NULL,
    csrf_token TEXT NOT NULL,
    by_cookie BOOLEAN NOT NULL,
    user_agent TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE
);
CREATE INDEX session_of_user ON session (user_id);
CREATE INDEX session_expiry ON session (expires_at);
