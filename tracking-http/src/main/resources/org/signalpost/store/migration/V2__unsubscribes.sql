-- Who wants no more mail of the kind that a track belongs to, and since when.
CREATE TABLE unsubscribes (
    track VARCHAR(26) NOT NULL PRIMARY KEY,
    at    TIMESTAMP(3) WITH TIME ZONE NOT NULL
);
