package org.signalpost.rewrite.mime;

import java.util.List;
import java.util.Optional;
import org.signalpost.rewrite.Reason;

/**
 * One entity of a mail as ranges of its octets. Immutable and safe to share.
 *
 * @param path its place, such as {@code 1.2}; the whole mail is {@code 1}
 * @param header where its header begins
 * @param body where its body begins
 * @param end the octet behind its body
 * @param fields its header
 * @param type what it is
 * @param opaque why nothing in it may be edited, if so
 * @param children the parts of a multipart
 */
public record Part(
        String path,
        int header,
        int body,
        int end,
        Fields fields,
        ContentType type,
        Optional<Reason> opaque,
        List<Part> children) {
    /** Copies the list. */
    public Part {
        children = List.copyOf(children);
    }

    /** This part and all below it, in order. */
    public List<Part> all() {
        var all = new java.util.ArrayList<Part>();
        all.add(this);
        children.forEach(child -> all.addAll(child.all()));
        return all;
    }
}
