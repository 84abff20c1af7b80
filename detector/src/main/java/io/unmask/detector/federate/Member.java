package io.unmask.detector.federate;

import io.unmask.model.federate.AgreementKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A site that may take part. The coordinator's list has it as the line that {@code unmask federate keys} prints at the
 * site: pseudonym, signing key and agreement key, separated by blanks.
 *
 * @param site pseudonym
 * @param signingKey Ed25519, X.509 in Base64
 * @param agreementKey X25519, X.509 in Base64: others encrypt to it
 */
public record Member(String site, String signingKey, String agreementKey) {
    /** Names of sites and federations, which may become names of folders. */
    private static final String NAME = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}";

    public static boolean isName(String name) {
        return name.matches(NAME);
    }

    /** Reads a register of sites; blank lines and those that begin with # are left out. */
    public static List<Member> readAll(Path file) throws IOException {
        List<Member> members = new ArrayList<>();
        Set<String> names = new HashSet<>();
        Set<String> keys = new HashSet<>();
        List<String> lines = Files.readAllLines(file);
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String where = file + ":" + (i + 1);
            Member member = parse(line, where);
            if (!names.add(member.site()) || !keys.add(member.signingKey())) {
                throw new FederationException.Refused(
                        where + ": " + member.site() + " or its key is registered twice; give each site one line");
            }
            members.add(member);
        }
        return members;
    }

    private static Member parse(String line, String where) {
        String[] words = line.split("\\s+", -1);
        String expected = where + ": must be PSEUDONYM SIGNING-KEY AGREEMENT-KEY, as 'unmask federate keys' prints it";
        if (words.length != 3 || !isName(words[0])) {
            throw new FederationException.Refused(expected);
        }
        Member member = new Member(words[0], words[1], words[2]);
        try {
            member.signing();
            member.agreement();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new FederationException.Refused(expected + " (" + e.getMessage() + ")", e);
        }
        return member;
    }

    PublicKey signing() throws GeneralSecurityException {
        return SiteKeys.signingKey(signingKey);
    }

    PublicKey agreement() throws GeneralSecurityException {
        return AgreementKeys.publicKey(Base64.getDecoder().decode(agreementKey));
    }

    @Override
    public String toString() {
        return site + " " + signingKey + " " + agreementKey;
    }
}
