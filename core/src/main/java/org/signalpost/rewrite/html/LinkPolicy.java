package org.signalpost.rewrite.html;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
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
 * @param utm the UTM parameters to add
 */
public record LinkPolicy(
        List<TrackingUrls> bases,
        SigningKeys keys,
        List<String> excludedHosts,
        List<String> onlyHosts,
        List<String> unsubscribeWords,
        VisibleUrl visibleUrl,
        boolean oneTime,
        Utm utm) {
    /** Words that mark a link as unsubscribing, unless the operator has others. */
    public static final List<String> UNSUBSCRIBE_WORDS =
            List.of("unsubscribe", "optout", "opt-out", "abmelden", "desabonn", "desinscri");

    private static final Tag NO_TAG = new Tag(new byte[0], 0, 0, "text", new int[0]);

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
                UNSUBSCRIBE_WORDS,
                VisibleUrl.SAME_SITE,
                /* oneTime= */ true,
                new Utm(List.of(), "", ""));
    }

    /** What is to be done with one link: tracked, or the first reason that speaks against it. */
    LinkOutcome judge(String href, String visible, Tag tag, MailLinks mail) {
        Optional<LinkToken> own = HtmlReader.ownLink(this, href);
        if (own.isPresent() && own.get().kind() == LinkToken.Kind.RELAY) {
            // A quoted mail of ours: the link is judged by where it leads, and never points to the other's track.
            String destination = own.get().destination();
            return switch (judged(destination, visible, tag, mail)) {
                case LinkOutcome.Track track -> track;
                case LinkOutcome.Replace replace -> replace;
                case LinkOutcome.Skip(LinkReason reason) -> new LinkOutcome.Replace(destination, reason);
            };
        }
        int mark = href.indexOf("+notrack://");
        if (mark == 4 || mark == 5) {
            return new LinkOutcome.Replace(
                    href.substring(0, mark) + href.substring(mark + "+notrack".length()), LinkReason.OPTED_OUT);
        }
        return judged(href, visible, tag, mail);
    }

    /** The same for an address in text, which has no attributes and is its own visible text. */
    public LinkOutcome judgeText(String href, MailLinks mail) {
        return judge(href, "", NO_TAG, mail);
    }

    private LinkOutcome judged(String href, String visible, Tag tag, MailLinks mail) {
        Optional<LinkReason> reason = Links.reason(this, href, visible, tag, mail);
        if (reason.isPresent()) {
            return new LinkOutcome.Skip(mail.clicks() ? reason.get() : LinkReason.CLICKS_OFF);
        }
        String destination = Links.destination(href);
        String marked = Utms.add(utm, destination, mail);
        boolean added = marked.length() > destination.length();
        if (added && marked.getBytes(StandardCharsets.UTF_8).length > LinkToken.LONGEST_DESTINATION) {
            marked = destination;
        }
        if (mail.clicks()) {
            return new LinkOutcome.Track(marked);
        }
        return marked.equals(destination)
                ? new LinkOutcome.Skip(LinkReason.CLICKS_OFF)
                : new LinkOutcome.Replace(marked, LinkReason.CLICKS_OFF);
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
