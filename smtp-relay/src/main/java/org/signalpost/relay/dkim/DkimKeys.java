package org.signalpost.relay.dkim;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.signalpost.relay.smtp.AsciiDomain;
import org.signalpost.settings.ConfigurationException;

/**
 * The keys to sign with, by domain; one RSA and one Ed25519 key for each at most. Immutable and safe to share.
 *
 * <p>Their file has lines {@code domain selector key.pem}; {@code #} begins a comment line, and a relative path starts
 * from the file's directory.
 */
public final class DkimKeys {
    private static final Pattern SELECTOR =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*");

    private final Map<String, List<DkimKey>> keys;

    private DkimKeys(Map<String, List<DkimKey>> keys) {
        this.keys = keys;
    }

    /** No key: nothing is signed. */
    public static DkimKeys none() {
        return new DkimKeys(Map.of());
    }

    /** These keys, the RSA keys first. */
    static DkimKeys of(List<DkimKey> keys) {
        var byDomain = new HashMap<String, List<DkimKey>>();
        keys.stream()
                .sorted(Comparator.comparing(DkimKey::algorithm))
                .forEach(key -> byDomain.computeIfAbsent(key.domain(), domain -> new ArrayList<>())
                        .add(key));
        byDomain.replaceAll((domain, own) -> List.copyOf(own));
        return new DkimKeys(Map.copyOf(byDomain));
    }

    /**
     * Reads the file and every key that it names.
     *
     * @throws ConfigurationException naming the file, the line and what is wrong
     */
    public static DkimKeys read(Path file) {
        try {
            var keys = new ArrayList<DkimKey>();
            int number = 0;
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                number++;
                if (!line.isBlank() && !line.strip().startsWith("#")) {
                    add(keys, file, number, line);
                }
            }
            return of(keys);
        } catch (IOException e) {
            throw new ConfigurationException(file + " can't be read: " + e, e);
        }
    }

    private static void add(List<DkimKey> keys, Path file, int number, String line) {
        try {
            DkimKey key = key(file, line.strip());
            boolean twice = keys.stream()
                    .anyMatch(other -> other.domain().equals(key.domain()) && other.algorithm() == key.algorithm());
            if (twice) {
                throw new IllegalArgumentException(
                        key.domain() + " has a key for " + key.algorithm().tag() + " already");
            }
            keys.add(key);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(file + ", line " + number + ": " + e.getMessage(), e);
        }
    }

    private static DkimKey key(Path file, String line) {
        String[] words = line.split("\\s+", 3);
        if (words.length != 3) {
            throw new IllegalArgumentException("domain, selector and key file are wanted");
        }
        String domain = AsciiDomain.of(words[0])
                .orElseThrow(() -> new IllegalArgumentException(words[0] + " is not a domain that can be signed for"));
        if (!SELECTOR.matcher(words[1]).matches()) {
            throw new IllegalArgumentException(words[1] + " is not a selector");
        }
        KeyPair pair = PrivateKeyFile.read(file.resolveSibling(words[2]));
        boolean rsa = pair.getPrivate().getAlgorithm().equals("RSA");
        return new DkimKey(domain, words[1], rsa ? DkimAlgorithm.RSA : DkimAlgorithm.ED25519, pair);
    }

    /** The keys of this domain, or else of the nearest domain above that has any; {@code domain} is an A-label. */
    List<DkimKey> of(String domain) {
        String at = domain;
        while (!keys.containsKey(at) && at.indexOf('.') >= 0) {
            at = at.substring(at.indexOf('.') + 1);
        }
        return keys.getOrDefault(at, List.of());
    }

    /** Whether there is a key for exactly this d=. */
    public boolean has(String domain) {
        Optional<String> name = AsciiDomain.of(domain);
        return name.isPresent() && keys.containsKey(name.get());
    }

    /** The domains that have a key. */
    public Set<String> domains() {
        return keys.keySet();
    }

    @Override
    public String toString() {
        return "DkimKeys" + keys.keySet();
    }
}
