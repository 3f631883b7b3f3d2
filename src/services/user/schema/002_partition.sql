-- One account an e-mail, whatever its spelling: email_key is the e-mail in small letters. On
-- PostgreSQL accounts are partitioned, and no constraint holds across partitions but the one on
-- their key.
CREATE TABLE user_email (
    email_key TEXT PRIMARY KEY,
    user_id UUID NOT NULL UNIQUE
);
INSERT INTO user_email (email_key, user_id) SELECT email_key, id FROM user_account;
