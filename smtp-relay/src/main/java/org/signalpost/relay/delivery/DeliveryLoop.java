package org.signalpost.relay.delivery;

import java.time.InstantSource;
import org.signalpost.relay.spool.Spool;
import org.signalpost.retry.RetrySchedule;

/** Takes what is due from the spool and has it dispatched. */
public final class DeliveryLoop implements AutoCloseable {
    /** At most {@code connections} copies go out at once. */
    public DeliveryLoop(Spool spool, Dispatch dispatch, RetrySchedule schedule, InstantSource clock, int connections) {}

    /** Begins. */
    public void start() {}

    /** Takes nothing new; waits, at most 25 s, for the attempts in flight. */
    @Override
    public void close() {}
}
