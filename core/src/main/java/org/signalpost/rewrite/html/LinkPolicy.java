package org.signalpost.rewrite.html;

import java.util.List;
import java.util.Optional;
import org.jsoup.nodes.Element;
import org.signalpost.track.LinkToken;
import org.signalpost.track.SigningKeys;
import org.signalpost.track.TrackingUrls;

/**
 * Which links are tracked: the rules of the configuration, without looking at the network. Immutable and safe to share.
 *
 * @param bases our own tracking addresses; the first is the active one, the others are retired or for other domains
 * @param keys what tells our own links from forged ones
 * @param excludedHosts hosts that are never tracked, with everything below them
 * @param onlyHosts when not empty: only these hosts, with everything below them
 * @param unsubscribeWords words in a path or query that mark a link as unsubscribing
 * @param visibleUrl what happens to a link whose text is an address
 * @param oneTime whether links that look like credentials are left alone
 * @param utm the UTM parameters to add, per mail; empty when that is off
 */
public record LinkPolicy(
        List<TrackingUrls> bases,
        SigningKeys keys,
        List<String> excludedHosts,
        List<String> onlyHosts,
        List<String> unsubscribeWords,
        VisibleUrl visibleUrl,
        boolean oneTime,
        Optional<Utm> utm) {
    /** Copies the lists. */
    public LinkPolicy {
        bases = List.copyOf(bases);
        excludedHosts = List.copyOf(excludedHosts);
        onlyHosts = List.copyOf(onlyHosts);
        unsubscribeWords = List.copyOf(unsubscribeWords);
    }

    /** The policy with everything at its default. */
    public static LinkPolicy defaults(TrackingUrls base, SigningKeys keys) {
        return new LinkPolicy(
                List.of(base),
                keys,
                List.of(),
                List.of(),
                List.of("unsubscribe", "optout", "opt-out", "abmelden", "desabonn", "desinscri"),
                VisibleUrl.SAME_SITE,
                /* oneTime= */ true,
                Optional.empty());
    }

    /** What is to be done with one link: tracked, or the first reason that speaks against it. */
    LinkOutcome judge(String href, String visible, Element element, MailLinks mail) {
        Optional<LinkToken> own = HtmlReader.ownLink(this, href);
        if (own.isPresent() && own.get().kind() == LinkToken.Kind.RELAY) {
            // A quoted mail of ours: the link is judged by where it leads, and never points to the other's track.
            String destination = own.get().destination();
            Optional<LinkReason> reason = Links.reason(this, destination, visible, element, mail);
            return reason.<LinkOutcome>map(why -> new LinkOutcome.Replace(destination, why))
                    .orElseGet(() -> new LinkOutcome.Track(Links.destination(destination)));
        }
        int mark = href.indexOf("+notrack://");
        if (mark == 4 || mark == 5) {
            return new LinkOutcome.Replace(
                    href.substring(0, mark) + href.substring(mark + "+notrack".length()), LinkReason.OPTED_OUT);
        }
        return Links.reason(this, href, visible, element, mail)
                .<LinkOutcome>map(LinkOutcome.Skip::new)
                .orElseGet(() -> new LinkOutcome.Track(Links.destination(href)));
    }

    /** What happens to a link whose visible text is a web address. */
    public enum VisibleUrl {
        /** Tracked when the tracking host is the visible host or below it. */
        SAME_SITE,
        /** Never tracked. */
        SKIP,
        /** Always tracked. */
        WRAP
    }

    /** UTM parameters for these hosts. */
    public record Utm(List<String> hosts, String source, String medium) {
        /** Copies the list. */
        public Utm {
            hosts = List.copyOf(hosts);
        }
    }

    /**
     * What one mail says of all its links.
     *
     * @param clicks whether links are tracked at all; when not, each is skipped as {@code clicks-off}
     * @param unsubscribe the addresses of its List-Unsubscribe field
     * @param visibleUrl what the mail says in place of the configuration, if anything
     * @param campaign the campaign, for UTM
     * @param utm whether the mail switches UTM on or off, if it says
     */
    public record MailLinks(
            boolean clicks,
            List<String> unsubscribe,
            Optional<VisibleUrl> visibleUrl,
            String campaign,
            Optional<Boolean> utm) {
        /** Copies the list. */
        public MailLinks {
            unsubscribe = List.copyOf(unsubscribe);
        }
    }
}
