-- email_key is the e-mail in small letters: one account an address, whatever its spelling.
CREATE TABLE user_account (
    id UUID PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    roles BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

-- A link that was mailed: to finish a registration (it carries the account to be) or to choose a
-- new password. Only the hash of its token is kept.
CREATE TABLE user_link (
    token_hash TEXT PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('register', 'reset')),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    name TEXT,
    password_hash TEXT,
    expires_at BIGINT NOT NULL
);
CREATE INDEX user_link_expiry ON user_link (expires_at);

-- Failed log-ins by e-mail, whether there is an account or not.
CREATE TABLE login_failure (
    email_key TEXT PRIMARY KEY,
    failures BIGINT NOT NULL,
    locked_until BIGINT NOT NULL
);

CREATE TABLE user_address (
    id UUID PRIMARY KEY,
    user_id UUID NOT NULL,
    name TEXT NOT NULL,
    company TEXT,
    line1 TEXT NOT NULL,
    line2 TEXT,
    city TEXT NOT NULL,
    region TEXT,
    postcode TEXT,
    country TEXT NOT NULL,
    phone TEXT,
    is_default BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX user_address_owner ON user_address (user_id, created_at);
