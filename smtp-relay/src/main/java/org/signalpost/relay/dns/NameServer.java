package org.signalpost.relay.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.SimpleResolver;

/** One name server. What it can't tell counts as no answer, so that another is asked, as resolv.conf(5) readers do. */
final class NameServer extends SimpleResolver {
    private static final Set<Integer> CANNOT_TELL = Set.of(Rcode.SERVFAIL, Rcode.REFUSED, Rcode.NOTIMP);

    NameServer(InetSocketAddress address) {
        super(address);
    }

    @Override
    public CompletionStage<Message> sendAsync(Message query, Executor executor) {
        return super.sendAsync(query, executor).thenApply(answer -> {
            if (CANNOT_TELL.contains(answer.getRcode())) {
                throw new CompletionException(new IOException(Rcode.string(answer.getRcode())));
            }
            return answer;
        });
    }
}
