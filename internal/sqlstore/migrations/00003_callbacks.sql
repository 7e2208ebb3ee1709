-- +goose Up
-- What other systems are told, in the order it was committed; body is the
-- callback as JSON. queued_at is when it was queued for delivery, state: 0 not
-- to be delivered (any more), 1 queued, 2 given up.
CREATE TABLE callbacks (
    seq       BIGINT NOT NULL PRIMARY KEY,
    at        BIGINT NOT NULL,
    state     BIGINT NOT NULL,
    queued_at BIGINT NOT NULL,
    error     TEXT   NOT NULL,
    body      TEXT   NOT NULL
);
CREATE INDEX callbacks_queued ON callbacks (seq) WHERE state = 1;
CREATE INDEX callbacks_dead ON callbacks (seq) WHERE state = 2;

-- +goose Down
DROP TABLE callbacks;
