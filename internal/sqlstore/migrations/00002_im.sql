-- +goose Up
CREATE TABLE messages (
    conversation TEXT   NOT NULL,
    seq          BIGINT NOT NULL,
    message_id   TEXT   NOT NULL,
    sender       TEXT   NOT NULL,
    is_excluded  BIGINT NOT NULL,
    invite_id    TEXT   NOT NULL,
    body         TEXT   NOT NULL,
    PRIMARY KEY (conversation, seq)
);
-- getSignalingInfo finds the invitation by any of its messages.
CREATE INDEX messages_signaling ON messages (message_id) WHERE invite_id <> '';

-- What a list of conversations is ordered by. shown_seq is the last message
-- that is not excluded, 0 if there is none; active_at is its time.
CREATE TABLE conversations (
    conversation TEXT   NOT NULL PRIMARY KEY,
    last_seq     BIGINT NOT NULL,
    shown_seq    BIGINT NOT NULL,
    active_at    BIGINT NOT NULL
);

-- Both people of a conversation between two have a row from its first message
-- on; a member of a group has one once they have read something.
CREATE TABLE read_marks (
    user_id      TEXT   NOT NULL,
    conversation TEXT   NOT NULL,
    is_direct    BIGINT NOT NULL,
    read_seq     BIGINT NOT NULL,
    PRIMARY KEY (user_id, conversation)
);

CREATE TABLE im_groups (
    group_id TEXT NOT NULL PRIMARY KEY,
    body     TEXT NOT NULL
);

CREATE TABLE group_members (
    group_id     TEXT   NOT NULL,
    user_id      TEXT   NOT NULL,
    conversation TEXT   NOT NULL,
    role         TEXT   NOT NULL,
    joined_at    BIGINT NOT NULL,
    since_seq    BIGINT NOT NULL,
    PRIMARY KEY (group_id, user_id)
);
CREATE INDEX group_members_user ON group_members (user_id, conversation);

-- +goose Down
DROP TABLE group_members;
DROP TABLE im_groups;
DROP TABLE read_marks;
DROP TABLE conversations;
DROP TABLE messages;
