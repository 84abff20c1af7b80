package io.unmask.ingest.decode;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.util.Objects;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Tells the user what a failure of Java's HTTP client means. */
final class HttpCauses {
    private HttpCauses() {}

    static String words(IOException cause) {
        if (cause instanceof SSLException) {
            return "the server's certificate or encryption is not accepted (" + cause.getMessage()
                    + "); a certificate of your own goes into Java's trust store";
        } else if (cause instanceof UnknownHostException || isUnresolved(cause)) {
            return "no such host; check the address";
        } else if (cause instanceof ConnectException) {
            return system(cause) + "; check the address, and that the server runs";
        } else if (cause instanceof HttpTimeoutException || cause instanceof SocketTimeoutException) {
            return "the server does not answer in time";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }

    /** The operating system's words for a refused connection or an unreachable host, which Java's client wraps. */
    private static String system(IOException cause) {
        return Stream.iterate((Throwable) cause, Objects::nonNull, Throwable::getCause)
                .filter(each -> each instanceof SocketException && each.getMessage() != null)
                .map(Throwable::getMessage)
                .findFirst()
                .orElse("Connection refused");
    }

    private static boolean isUnresolved(IOException cause) {
        return cause instanceof ConnectException
                && cause.getCause() != null
                && (cause.getCause() instanceof UnresolvedAddressException
                        || cause.getCause().getCause() instanceof UnresolvedAddressException);
    }

    /**
     * Whether opening the source again would fail in the same way. Only a source that has given pictures is opened again. Its
     * certificate was accepted before, so that a failed handshake is not final: the connection may just have been dropped.
     */
    static boolean isFinal(IOException cause) {
        return cause instanceof HostPolicy.RefusedException
                || (cause instanceof HttpInput.StatusException status && status.isFinal())
                || cause instanceof LastingHttpException;
    }
}
