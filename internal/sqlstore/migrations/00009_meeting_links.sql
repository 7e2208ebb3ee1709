-- +goose Up
-- Invitations of meeting links are signed, not stored; these are what hosts are shown of them, and which were revoked.
CREATE TABLE meeting_links (
    link_id    TEXT   NOT NULL PRIMARY KEY,
    room_id    TEXT   NOT NULL,
    user_id    TEXT   NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL DEFAULT 0
);

-- +goose Down
DROP TABLE meeting_links;
