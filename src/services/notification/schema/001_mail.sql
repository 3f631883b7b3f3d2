-- Every mail the shop has made. `sent_at` is null for those that are only kept, because no mail
-- server is set, and for those on their way.
CREATE TABLE mail (
    id UUID PRIMARY KEY,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    html TEXT,
    created_at BIGINT NOT NULL,
    sent_at BIGINT
);
CREATE INDEX mail_created ON mail (created_at);
