-- +goose Up
CREATE TABLE invitations (
    invite_id  TEXT   NOT NULL PRIMARY KEY,
    message_id TEXT   NOT NULL,
    is_open    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    body       TEXT   NOT NULL
);
-- Start-up asks for the open ones, however many are over.
CREATE INDEX invitations_open ON invitations (created_at) WHERE is_open = 1;
CREATE INDEX invitations_message ON invitations (message_id) WHERE message_id <> '';

CREATE TABLE calls (
    call_id    TEXT   NOT NULL PRIMARY KEY,
    is_open    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    ended_at   BIGINT NOT NULL,
    group_id   TEXT   NOT NULL,
    type       TEXT   NOT NULL,
    result     TEXT   NOT NULL,
    missed     BIGINT NOT NULL,
    body       TEXT   NOT NULL
);
CREATE INDEX calls_open ON calls (created_at) WHERE is_open = 1;
CREATE INDEX calls_ended ON calls (ended_at) WHERE is_open = 0;
-- Everyone's history: the filters are in the index, so a rare result is found
-- without reading the calls it passes over.
CREATE INDEX calls_history ON calls (created_at, call_id, result, type, group_id, missed) WHERE is_open = 0;

-- One row per person and ended call. created_at is the call's, so that one
-- key both finds a person's calls in order and finds one person in one call.
CREATE TABLE participants (
    user_id    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    call_id    TEXT   NOT NULL,
    outgoing   BIGINT NOT NULL,
    missed     BIGINT NOT NULL,
    PRIMARY KEY (user_id, created_at, call_id)
);
CREATE INDEX participants_missed ON participants (user_id, created_at, call_id) WHERE missed = 1;

-- request_key is a digest of the client's own string, which may be of any
-- length and content.
CREATE TABLE requests (
    user_id     TEXT   NOT NULL,
    request_key TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    result      TEXT   NOT NULL,
    PRIMARY KEY (user_id, request_key)
);
CREATE INDEX requests_at ON requests (at);

CREATE TABLE alive (
    id BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE alive;
DROP TABLE requests;
DROP TABLE participants;
DROP TABLE calls;
DROP TABLE invitations;
