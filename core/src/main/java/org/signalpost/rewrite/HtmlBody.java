package org.signalpost.rewrite;

import java.util.Optional;
import org.signalpost.rewrite.mime.MimeScanner;
import org.signalpost.rewrite.mime.Part;
import org.signalpost.rewrite.mime.TransferEncoding;

/** The HTML that a reader of a mail would see, for looking at; rewriting does not use it. */
public final class HtmlBody {
    private HtmlBody() {}

    /** The decoded text of the first HTML body; empty when there is none that can be read. */
    public static Optional<String> of(RawMessage message) {
        try {
            for (Part part : PlanMaker.bodies(MimeScanner.scan(message.octets()))) {
                Optional<TransferEncoding> body = TransferEncoding.of(message.octets(), part);
                if (part.opaque().isEmpty() && body.isPresent()) {
                    byte[] decoded = body.get().decoded();
                    String label = part.type().parameter("charset").orElse("");
                    return Optional.of(new String(decoded, Charsets.of(label, decoded)));
                }
            }
            return Optional.empty();
        } catch (MimeScanner.Refused broken) {
            return Optional.empty();
        }
    }
}
