-- +goose Up
-- Until when a member may not write in the group; 0 is not muted.
ALTER TABLE group_members ADD COLUMN muted_until BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE group_members DROP COLUMN muted_until;
