-- +goose Up
-- Credentials of that user issued before that moment are refused.
CREATE TABLE revocations (
    user_id    TEXT   NOT NULL PRIMARY KEY,
    revoked_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE revocations;
