-- +goose Up
-- The answers to the requests of one commit, in one row: every request adds to
-- them and hardly any reads them. What finds a request's row is held in memory.
-- at is when the newest of them was given, body a JSON array of all.
CREATE TABLE answers (
    seq  BIGINT NOT NULL PRIMARY KEY,
    at   BIGINT NOT NULL,
    body TEXT   NOT NULL
);
INSERT INTO answers (seq, at, body)
SELECT ROW_NUMBER() OVER (ORDER BY at), at,
    '[{"user":"' || user_id || '","request":"' || request_key || '","at":' || at || ',"result":' || result || '}]'
FROM requests;
DROP TABLE requests;

-- +goose Down
CREATE TABLE requests (
    user_id     TEXT   NOT NULL,
    request_key TEXT   NOT NULL,
    at          BIGINT NOT NULL,
    result      TEXT   NOT NULL,
    PRIMARY KEY (user_id, request_key)
);
CREATE INDEX requests_at ON requests (at);
DROP TABLE answers;
