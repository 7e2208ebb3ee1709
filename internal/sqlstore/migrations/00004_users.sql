-- +goose Up
-- What is kept of a user: profile, do-not-disturb, missed calls.
CREATE TABLE users (
    user_id TEXT NOT NULL PRIMARY KEY,
    body    TEXT NOT NULL
);

CREATE TABLE black_lists (
    user_id    TEXT NOT NULL,
    blocked_id TEXT NOT NULL,
    PRIMARY KEY (user_id, blocked_id)
);

-- +goose Down
DROP TABLE black_lists;
DROP TABLE users;
