-- What was bought, each order once. credited_by says why it is put down to a track: message (the shop named the mail),
-- click or open (the buyer's last one before it), or none, and then track_number is 0.
CREATE TABLE purchases (
    account      BIGINT NOT NULL,
    order_id     VARCHAR(256) NOT NULL,
    email        VARCHAR(512) NOT NULL,
    revenue      DECIMAL(19, 4) NOT NULL,
    currency     VARCHAR(3) NOT NULL,
    items        TEXT NOT NULL,
    message      VARCHAR(512) NOT NULL,
    track_number BIGINT NOT NULL,
    credited_by  VARCHAR(8) NOT NULL,
    at           TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    PRIMARY KEY (account, order_id)
);
CREATE INDEX purchases_track ON purchases (track_number);

-- Sums over the purchases that are put down to tracks of one span of time, as in sums; those that are put down to none
-- stand under their own time and no campaign. revenue is in ten-thousandths.
CREATE TABLE revenue_sums (
    account     BIGINT NOT NULL,
    scope       SMALLINT NOT NULL,
    campaign    VARCHAR(256) NOT NULL,
    grain       SMALLINT NOT NULL,
    slot        INTEGER NOT NULL,
    currency    VARCHAR(3) NOT NULL,
    credited_by VARCHAR(8) NOT NULL,
    purchases   BIGINT NOT NULL,
    refunds     BIGINT NOT NULL,
    revenue     DECIMAL(38) NOT NULL,
    PRIMARY KEY (account, scope, campaign, grain, slot, currency, credited_by)
);
CREATE INDEX revenue_sums_campaigns ON revenue_sums (account, scope, grain, slot);
