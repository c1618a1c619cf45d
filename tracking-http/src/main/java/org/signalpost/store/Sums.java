package org.signalpost.store;

/**
 * What happened to some tracks, added up. Immutable and safe to share.
 *
 * @param tracks how many tracks there are
 * @param opens opens by people
 * @param uniqueOpens tracks that a person opened
 * @param clicks clicks by people
 * @param uniqueClicks tracks of which a person followed a link
 * @param machineOpens opens by machines
 * @param botClicks clicks by machines
 * @param machineOnly tracks that only machines opened
 * @param botOnly tracks of which only machines followed links
 * @param delivered tracks whose mail was delivered
 * @param bounced tracks whose mail came back
 */
public record Sums(
        long tracks,
        long opens,
        long uniqueOpens,
        long clicks,
        long uniqueClicks,
        long machineOpens,
        long botClicks,
        long machineOnly,
        long botOnly,
        long delivered,
        long bounced) {
    /** Nothing. */
    public static final Sums NONE = new Sums(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Both together. */
    public Sums plus(Sums other) {
        return new Sums(
                tracks + other.tracks,
                opens + other.opens,
                uniqueOpens + other.uniqueOpens,
                clicks + other.clicks,
                uniqueClicks + other.uniqueClicks,
                machineOpens + other.machineOpens,
                botClicks + other.botClicks,
                machineOnly + other.machineOnly,
                botOnly + other.botOnly,
                delivered + other.delivered,
                bounced + other.bounced);
    }

    /** The same, with machines counted as if they were people. */
    public Sums withMachines() {
        return new Sums(
                tracks,
                opens + machineOpens,
                uniqueOpens + machineOnly,
                clicks + botClicks,
                uniqueClicks + botOnly,
                machineOpens,
                botClicks,
                machineOnly,
                botOnly,
                delivered,
                bounced);
    }
}
