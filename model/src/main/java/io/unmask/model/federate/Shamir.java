package io.unmask.model.federate;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;

/**
 * Shares of a secret, any {@code threshold} of which restore it and fewer of which say nothing about it (Shamir, CACM
 * 1979). Arithmetic modulo the Mersenne prime 2^521 - 1.
 */
public final class Shamir {
    private static final BigInteger PRIME = BigInteger.ONE.shiftLeft(521).subtract(BigInteger.ONE);
    private static final int MAX_SECRET_BYTES = 64;

    private Shamir() {}

    /**
     * A point of the polynomial.
     *
     * @param x from 1
     */
    public record Share(int x, BigInteger y) {}

    /** Splits a secret of at most 64 bytes into shares for {@code x} from 1 to {@code count}. */
    public static List<Share> split(byte[] secret, int count, int threshold, SecureRandom random) {
        if (secret.length > MAX_SECRET_BYTES || threshold < 1 || threshold > count) {
            throw new IllegalArgumentException(
                    "cannot split " + secret.length + " bytes into " + count + " shares, " + threshold + " needed");
        }
        var coefficients = new ArrayList<BigInteger>();
        coefficients.add(new BigInteger(1, secret));
        while (coefficients.size() < threshold) {
            coefficients.add(below(random));
        }
        var shares = new ArrayList<Share>();
        for (int x = 1; x <= count; x++) {
            var y = BigInteger.ZERO;
            for (int i = threshold - 1; i >= 0; i--) {
                y = y.multiply(BigInteger.valueOf(x)).add(coefficients.get(i)).mod(PRIME);
            }
            shares.add(new Share(x, y));
        }
        return shares;
    }

    /**
     * Restores a secret from as many shares as were needed, or more.
     *
     * @throws IllegalArgumentException when the shares are not of one secret of that length
     */
    public static byte[] combine(List<Share> shares, int secretBytes) {
        var secret = BigInteger.ZERO;
        for (var share : shares) {
            var numerator = BigInteger.ONE;
            var denominator = BigInteger.ONE;
            for (var other : shares) {
                if (other.x() != share.x()) {
                    numerator =
                            numerator.multiply(BigInteger.valueOf(-other.x())).mod(PRIME);
                    denominator = denominator
                            .multiply(BigInteger.valueOf((long) share.x() - other.x()))
                            .mod(PRIME);
                }
            }
            secret = secret.add(share.y().multiply(numerator).multiply(denominator.modInverse(PRIME)))
                    .mod(PRIME);
        }
        if (secret.bitLength() > secretBytes * 8) {
            throw new IllegalArgumentException("the shares are not of one secret of " + secretBytes + " bytes");
        }
        var bytes = new byte[secretBytes];
        byte[] magnitude = secret.toByteArray();
        int length = Math.min(magnitude.length, secretBytes);
        System.arraycopy(magnitude, magnitude.length - length, bytes, secretBytes - length, length);
        return bytes;
    }

    private static BigInteger below(SecureRandom random) {
        while (true) {
            var candidate = new BigInteger(521, random);
            if (candidate.compareTo(PRIME) < 0) {
                return candidate;
            }
        }
    }
}
