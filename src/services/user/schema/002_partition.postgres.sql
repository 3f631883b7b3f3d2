-- Accounts partitioned by the year of their registration (data/schema/002_partition.postgres.sql),
-- split by their id, which is made then. They are never detached: who registered long ago may log
-- in today.

-- One account an e-mail, whatever its spelling: email_key is the e-mail in small letters.
CREATE TABLE user_email (
    email_key TEXT PRIMARY KEY,
    user_id UUID NOT NULL,
    UNIQUE (user_id, email_key)
);
INSERT INTO user_email (email_key, user_id) SELECT email_key, id FROM user_account;

-- The names of indexes go to the table that is made anew.
ALTER TABLE user_account RENAME TO user_account_before;
ALTER TABLE user_account_before DROP CONSTRAINT user_account_pkey,
    DROP CONSTRAINT user_account_email_key_key;

-- Together with the primary keys of both: no two accounts have the same email_key.
CREATE TABLE user_account (
    LIKE user_account_before INCLUDING DEFAULTS INCLUDING CONSTRAINTS,
    PRIMARY KEY (id),
    FOREIGN KEY (id, email_key) REFERENCES user_email (user_id, email_key)
) PARTITION BY RANGE (id);

INSERT INTO partition_config (parent, step, detach_position) VALUES ('user_account', 'year', 1);
SELECT partition_begin('user_account', 'year',
    (SELECT id FROM user_account_before ORDER BY id LIMIT 1));
INSERT INTO user_account SELECT * FROM user_account_before;
DROP TABLE user_account_before;
